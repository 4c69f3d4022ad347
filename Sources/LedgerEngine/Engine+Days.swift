import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// What the time of an event ends and begins: trading days, pauses, cooldowns.
extension Engine {
    mutating func passBoundary(
        _ step: inout Step
    ) throws(EngineError) {
        guard rules.needsCalendar else {
            vigil.days.neverExpire()
            return
        }
        if step.time > vigil.days.ends { try beginDay(&step) }
        if step.time >= vigil.days.resetAt {
            vigil.days.reset(at: step.time, hour: rules.risk.resetHour)
            vigil.entries.beginDay()
        }
        if let until = vigil.days.pauseUntil, step.time >= until {
            try endPause(&step)
        }
        if rules.data.isEnabled { try watchData(&step) }
        vigil.days.expireNext(
            or: stop.phase != .normal && stop.until > step.time ? stop.until : nil)
        vigil.equity.lookAgain()
    }

    /// A day lasts from its session's open to the next one's; a bar that is stamped with the open
    /// itself still belongs to the day before.
    private mutating func beginDay(
        _ step: inout Step
    ) throws(EngineError) {
        do throws(CalendarError) {
            let session = try calendar.lastSession(openedBefore: step.time)
            let next = try calendar.session(1, after: session.day)
            vigil.days.name(session.day.daysSinceEpoch, endsAt: next.opens)
        } catch {
            try engage(
                LatchEngaged(
                    .calendar, clears: .automatic, actor: "engine", reason: error.description),
                &step)
            vigil.days.name(step.time.utcDay, endsAt: .startOfDay(step.time.utcDay + 1))
            return
        }
        vigil.days.begin()
        judgeRegime()
        try raiseDailyAlerts(&step)
        for slot in slots.indices { slots[slot].beginSignals() }
        try findEnd(&step)
        // A cooldown that the calendar did not know the end of has none yet.
        if stop.until.nanoseconds != .max {
            try clear(
                LatchCleared(.calendar, actor: "engine", reason: "the calendar knows the day"),
                &step)
        }
        try clear(
            LatchCleared(.dailyLoss, actor: "engine", reason: "a new trading day"), &step)
    }

    /// Strategies whose signals are stopped, once a day; an account that does not trade, once until it
    /// does.
    private mutating func raiseDailyAlerts(
        _ step: inout Step
    ) throws(EngineError) {
        guard !slots.isEmpty else { return }
        let one = Int128(FixedPoint.one)
        for (place, slot) in slots.enumerated()
        where !slots[..<place].contains(where: { $0.id == slot.id }) {
            let (decided, refused) = slots.reduce((Int128(0), Int128(0))) {
                $1.id == slot.id
                    ? ($0.0 + Int128($1.decidedToday), $0.1 + Int128($1.refusedToday)) : $0
            }
            guard refused * one > Int128(rules.rejectionRate.raw) * decided else { continue }
            try step.emit(
                AlertRaised(
                    .warning, .rejectionRate, strategy: slot.id,
                    value: Measure(raw: refused * one / decided),
                    threshold: .share(rules.rejectionRate),
                    text: "\(refused) of \(decided) entry signals of \(slot.name) were stopped"))
        }
        for place in slots.indices {
            slots[place].beginDecisions()
        }
        guard let (last, days) = vigil.trades.quiet(at: step.time, after: rules.quietDays) else {
            return
        }
        try step.emit(
            AlertRaised(
                .warning, .noTrades, value: .count(days),
                threshold: .count(rules.quietDays),
                text: "no trade since \(last), \(days) days ago"))
    }

    /// The trading day that an event begins; its UTC day where the calendar does not know it.
    func nextDay(_ time: Timestamp) -> Int64 {
        (try? calendar.lastSession(openedBefore: time))?.day.daysSinceEpoch ?? time.utcDay
    }

    /// Judged once a day, from the days before.
    private mutating func judgeRegime() {
        guard rules.filters.usesRegime else { return }
        let index = names.instruments.first { $0.symbol == rules.filters.volatilitySymbol }
        let mark = index.map { books.equity.mark($0.id) } ?? .zero
        vigil.regime.judge(
            mark.raw > 0
                ? mark.double : history.marketVolatility(days: EntryFilters.shortWindow),
            by: rules.filters)
    }

    /// A pause goes on as long as the loss does.
    private mutating func endPause(
        _ step: inout Step
    ) throws(EngineError) {
        let one = Int128(FixedPoint.one)
        if rules.risk.dailyLossLimit.raw > 0, let worth = books.equity[account],
            worth.equityValue
                <= vigil.days.resetStart.basis(worth) - rules.risk.dailyLossLimit.raw * one
        {
            vigil.days.pause(until: step.time.advanced(by: rules.risk.pause))
            return
        }
        vigil.days.endPause()
        try clear(
            LatchCleared(.lossPause, actor: "engine", reason: "the pause is over"), &step)
    }

    // MARK: Data

    /// Whether there were data lately; open time counts alone.
    func hasFreshData(_ time: Timestamp) -> Bool { !isStale(since: vigil.feeds.last, at: time) }

    /// More than the limit of open time since `last`. An age that the calendar cannot tell is stale.
    func isStale(since last: Timestamp, at time: Timestamp) -> Bool {
        let limit = rules.data.staleness.count
        guard time.nanoseconds - last.nanoseconds > limit else { return false }
        guard let age = try? calendar.openTime(from: last, to: time) else { return true }
        return age.count > limit
    }

    /// Notes data of an instrument; documents a gap and ends what waited for them.
    mutating func note(
        _ instrument: InstrumentID, on day: Int64, _ step: inout Step
    ) throws(EngineError) {
        let before = vigil.feeds.note(instrument, on: day, at: step.time)
        if before.day != day { try tellGap(instrument, since: before, until: day, &step) }
        let timeout = rules.data.feedTimeout.count
        if timeout > 0 { try noteFeed(instrument, before.last, timeout, &step) }
        guard !gate.isOpen, gate.latch(.dataQuality, .symbol, instrument: instrument) != nil,
            !books.equity.held.contains(where: { $0.instrument == instrument })
        else { return }
        try clear(
            LatchCleared(
                .dataQuality, scope: .symbol, instrument: instrument, actor: "engine",
                reason: "good data"), &step)
    }

    /// Documents the sessions without data between the last ones and `day`.
    private mutating func tellGap(
        _ instrument: InstrumentID, since before: (last: Timestamp, day: Int64),
        until day: Int64,
        _ step: inout Step
    ) throws(EngineError) {
        guard before.day != .min, day - before.day > 1,
            let sessions = try? calendar.sessions(
                from: CivilDate(daysSinceEpoch: before.day + 1),
                through: CivilDate(daysSinceEpoch: day - 1)), !sessions.isEmpty
        else { return }
        try step.emit(
            GapDetected(
                instrument: instrument, sessions: UInt32(sessions.count), from: before.last,
                to: step.time))
    }

    private mutating func noteFeed(
        _ instrument: InstrumentID, _ last: Timestamp, _ timeout: Int64, _ step: inout Step
    ) throws(EngineError) {
        let isLate =
            last != .zero && step.time.nanoseconds - last.nanoseconds > timeout
            && openTime(from: last, to: step.time) > timeout
        if isLate {
            if vigil.feeds[instrument].pausedAt == nil { try pause(instrument, last, &step) }
            vigil.feeds.beLate(instrument)
            try step.emit(
                GapDetected(instrument: instrument, sessions: 0, from: last, to: step.time))
        }
        guard let pausedAt = vigil.feeds.resume(instrument, after: rules.data.feedStable) else {
            return
        }
        try step.emit(
            FeedResumed(instrument: instrument, pausedAt: pausedAt))
        try clear(
            LatchCleared(
                .feed, scope: .symbol, instrument: instrument, actor: "engine",
                reason: "\(rules.data.feedStable) data in a row came in time"), &step)
    }

    /// Time in open hours between two moments; all of it where the calendar does not know.
    private func openTime(from: Timestamp, to: Timestamp) -> Int64 {
        guard (try? calendar.isOpen(at: to)) != false else { return 0 }
        guard let session = try? calendar.lastSession(openedBefore: to) else {
            return to.nanoseconds - from.nanoseconds
        }
        return to.nanoseconds - max(from, session.opens).nanoseconds
    }

    private mutating func pause(
        _ instrument: InstrumentID, _ last: Timestamp, _ step: inout Step
    ) throws(EngineError) {
        vigil.feeds.pause(instrument, at: step.time)
        let reason = "no data since \(last)"
        try step.emit(
            FeedPaused(instrument: instrument, lastSeen: last, reason: reason))
        try engage(
            LatchEngaged(
                .feed, scope: .symbol, instrument: instrument, clears: .automatic, actor: "engine",
                reason: reason), &step)
    }

    /// Looks for instruments whose data stopped: at a new day and at each tick of the clock.
    mutating func watchData(
        _ step: inout Step
    ) throws(EngineError) {
        let timeout = rules.data.feedTimeout.count
        for slot in slots.indices where slots[slot].instrument != .none {
            let instrument = slots[slot].instrument
            let last = vigil.feeds[instrument].last
            guard last != .zero else { continue }
            if isStale(since: last, at: step.time) {
                let hours = (step.time.nanoseconds - last.nanoseconds) / 3_600_000_000_000
                try engage(
                    LatchEngaged(
                        .dataQuality, scope: .symbol, instrument: instrument, clears: .automatic,
                        limit: .duration(rules.data.staleness, in: .hour),
                        value: .count(hours), actor: "engine",
                        reason: "STALE_DATA: the last data are of \(last), \(hours) hours ago"),
                    &step)
            }
            if timeout > 0, vigil.feeds[instrument].pausedAt == nil,
                step.time.nanoseconds - last.nanoseconds > timeout,
                openTime(from: last, to: step.time) > timeout
            {
                try pause(instrument, last, &step)
            }
        }
    }
}
