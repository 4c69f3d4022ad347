import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Ends and begins trading days, pauses and cooldowns as time passes.
extension AccountEngine {
    mutating func passBoundary(
        _ step: inout Step
    ) throws(EngineError) {
        guard safeguards.rules.needsCalendar || configuration?.financing != nil else {
            safeguards.monitors.days.neverExpire()
            return
        }
        if step.time > safeguards.monitors.days.ends { try beginDay(&step) }
        if step.time >= safeguards.monitors.days.resetAt {
            safeguards.monitors.days.reset(at: step.time, hour: safeguards.rules.risk.resetHour)
            safeguards.monitors.entries.beginDay()
        }
        if let until = safeguards.monitors.days.pauseUntil, step.time >= until {
            try endPause(&step)
        }
        if safeguards.rules.data.isEnabled { try watchData(&step) }
        safeguards.monitors.days.expireNext(
            or: safeguards.stop.phase != .normal && safeguards.stop.until > step.time
                ? safeguards.stop.until : nil)
        safeguards.monitors.equity.lookAgain()
    }

    /// A day lasts from its session's open to the next one's; a bar that is stamped with the open
    /// itself still belongs to the day before.
    private mutating func beginDay(
        _ step: inout Step
    ) throws(EngineError) {
        let ended = safeguards.monitors.days.day
        do throws(CalendarError) {
            let session = try calendar.lastSession(openedBefore: step.time)
            let next = try calendar.session(1, after: session.day)
            safeguards.monitors.days.name(session.day.daysSinceEpoch, endsAt: next.opens)
        } catch {
            try engage(
                LatchEngaged(
                    .calendar, clears: .automatic, actor: "engine", reason: error.description),
                &step)
            safeguards.monitors.days.name(
                step.time.utcDay, endsAt: .startOfDay(step.time.utcDay + 1))
            return
        }
        safeguards.monitors.days.begin()
        try accrue(from: ended, to: safeguards.monitors.days.day, &step)
        if rulesVersion.sumUpRefusals, account.kind != .simulated { try sumUpRepeats(&step) }
        try judgeHealth(on: ended, &step)
        judgeRegime()
        try raiseDailyAlerts(&step)
        for slot in desk.slots.indices { desk.slots[slot].beginSignals() }
        try findEnd(&step)
        // If the calendar did not know the end of a cooldown, the cooldown has no end yet.
        if safeguards.stop.until.nanoseconds != .max {
            try clear(
                LatchCleared(.calendar, actor: "engine", reason: "the calendar knows the day"),
                &step)
        }
        try clear(
            LatchCleared(.dailyLoss, actor: "engine", reason: "a new trading day"), &step)
    }

    /// Raises an alert once a day for each strategy whose signals are stopped, and once for an account that
    /// does not trade, until it trades again.
    private mutating func raiseDailyAlerts(
        _ step: inout Step
    ) throws(EngineError) {
        guard !desk.slots.isEmpty else { return }
        let one = Int128(FixedPoint.one)
        for (place, slot) in desk.slots.enumerated()
        where !desk.slots[..<place].contains(where: { $0.id == slot.id }) {
            let (decided, refused) = desk.slots.reduce((Int128(0), Int128(0))) {
                $1.id == slot.id
                    ? ($0.0 + Int128($1.decidedToday), $0.1 + Int128($1.refusedToday)) : $0
            }
            guard refused * one > Int128(safeguards.rules.rejectionRate.raw) * decided else {
                continue
            }
            try step.emit(
                AlertRaised(
                    .warning, .rejectionRate, strategy: slot.id,
                    value: .share(refused, of: decided, .down) ?? .unbounded,
                    threshold: .share(safeguards.rules.rejectionRate),
                    text: "\(refused) of \(decided) entry signals of \(slot.name) were stopped"))
        }
        for place in desk.slots.indices {
            desk.slots[place].beginDecisions()
        }
        try tellDrawdown(&step)
        guard
            let (last, days) = safeguards.monitors.trades.quiet(
                at: step.time, after: safeguards.rules.quietDays)
        else {
            return
        }
        try step.emit(
            AlertRaised(
                .warning, .noTrades, value: .count(days),
                threshold: .count(safeguards.rules.quietDays),
                text: "no trade since \(last), \(days) days ago"))
    }

    /// The trading day that an event begins; its UTC day if the calendar does not know it.
    func nextDay(_ time: Timestamp) -> Int64 {
        (try? calendar.lastSession(openedBefore: time))?.day.daysSinceEpoch ?? time.utcDay
    }

    /// Determined once a day, from the previous days.
    mutating func judgeRegime() {
        guard safeguards.rules.filters.usesRegime else { return }
        let index = names.instruments.first {
            $0.symbol == safeguards.rules.filters.volatilitySymbol
        }
        var mark = index.map { profit.equity.mark($0.id) } ?? .zero
        if mark.raw == 0, let index { mark = history[index.id].close }
        safeguards.monitors.regime.judge(
            mark.raw > 0
                ? mark.double : safeguards.history.marketVolatility(days: EntryFilters.shortWindow),
            by: safeguards.rules.filters)
    }

    /// Extends a pause for as long as the loss lasts.
    private mutating func endPause(
        _ step: inout Step
    ) throws(EngineError) {
        let one = Int128(FixedPoint.one)
        if safeguards.rules.risk.dailyLossLimit.raw > 0, let worth = profit.equity[account],
            worth.equityValue
                <= safeguards.monitors.days.resetStart.basis(worth) - safeguards.rules.risk
                .dailyLossLimit.raw * one
        {
            safeguards.monitors.days.pause(
                until: step.time.advanced(by: safeguards.rules.risk.pause))
            return
        }
        safeguards.monitors.days.endPause()
        try clear(
            LatchCleared(.lossPause, actor: "engine", reason: "the pause is over"), &step)
    }

    // MARK: Data

    /// Whether data arrived recently; only open time counts.
    func hasFreshData(_ time: Timestamp) -> Bool {
        !isStale(since: safeguards.monitors.feeds.last, at: time)
    }

    /// Whether more open time than the limit has passed since `last`. If the calendar cannot tell, the data
    /// are stale.
    func isStale(since last: Timestamp, at time: Timestamp) -> Bool {
        let limit = safeguards.rules.data.staleness.count
        guard time.nanoseconds(since: last) > limit else { return false }
        guard let age = try? calendar.openTime(from: last, to: time) else { return true }
        return age.count > limit
    }

    /// Records that data of an instrument arrived; journals a gap and ends what waited for them.
    mutating func note(
        _ instrument: InstrumentID, on day: Int64, _ step: inout Step
    ) throws(EngineError) {
        let before = safeguards.monitors.feeds.note(instrument, on: day, at: step.time)
        if !safeguards.alerts.isEmpty {
            _ = safeguards.alerts.note(.dataQuality, instrument: instrument, level: 0)
        }
        if before.day != day { try tellGap(instrument, since: before, until: day, &step) }
        let timeout = safeguards.rules.data.feedTimeout.count
        if timeout > 0 { try noteFeed(instrument, before.last, timeout, &step) }
        guard !safeguards.gate.isOpen,
            safeguards.gate.latch(.dataQuality, .symbol, instrument: instrument) != nil,
            !profit.equity.held.contains(where: { $0.instrument == instrument })
        else { return }
        try clear(
            LatchCleared(
                .dataQuality, scope: .symbol, instrument: instrument, actor: "engine",
                reason: "good data"), &step)
    }

    /// Journals the sessions without data between the last data and `day`.
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
            isOfFeed(last, instrument) && step.time.nanoseconds(since: last) > timeout
            && openTime(from: last, to: step.time) > timeout
        if isLate {
            if safeguards.monitors.feeds[instrument].pausedAt == nil {
                try pause(instrument, last, &step)
            }
            safeguards.monitors.feeds.beLate(instrument)
            try step.emit(
                GapDetected(instrument: instrument, sessions: 0, from: last, to: step.time))
        }
        guard
            let pausedAt = safeguards.monitors.feeds.resume(
                instrument, after: safeguards.rules.data.feedStable)
        else {
            return
        }
        try step.emit(
            FeedResumed(instrument: instrument, pausedAt: pausedAt))
        try clear(
            LatchCleared(
                .feed, scope: .symbol, instrument: instrument, actor: "engine",
                reason: "\(safeguards.rules.data.feedStable) data in a row came in time"), &step)
    }

    /// Open time between two moments; all of the time if the calendar does not know.
    private func openTime(from: Timestamp, to: Timestamp) -> Int64 {
        guard (try? calendar.isOpen(at: to)) != false else { return 0 }
        guard let session = try? calendar.lastSession(openedBefore: to) else {
            return to.nanoseconds(since: from)
        }
        return to.nanoseconds(since: max(from, session.opens))
    }

    private mutating func pause(
        _ instrument: InstrumentID, _ last: Timestamp, _ step: inout Step
    ) throws(EngineError) {
        safeguards.monitors.feeds.pause(instrument, at: step.time)
        let reason = "no data since \(last)"
        try step.emit(
            FeedPaused(instrument: instrument, lastSeen: last, reason: reason))
        try engage(
            LatchEngaged(
                .feed, scope: .symbol, instrument: instrument, clears: .automatic, actor: "engine",
                reason: reason), &step)
    }

    /// Finds instruments whose data stopped, at the start of a day and at each clock tick.
    mutating func watchData(
        _ step: inout Step
    ) throws(EngineError) {
        let timeout = safeguards.rules.data.feedTimeout.count
        for slot in desk.slots.indices where desk.slots[slot].instrument != .none {
            let instrument = desk.slots[slot].instrument
            let last = safeguards.monitors.feeds[instrument].last
            guard last != .zero else { continue }
            try tellAge(instrument, since: last, &step)
            if isStale(since: last, at: step.time) {
                let hours = (step.time.nanoseconds(since: last)) / 3_600_000_000_000
                try engage(
                    LatchEngaged(
                        .dataQuality, scope: .symbol, instrument: instrument, clears: .automatic,
                        limit: .duration(safeguards.rules.data.staleness, in: .hour),
                        value: .count(hours), actor: "engine",
                        reason: "STALE_DATA: the last data are of \(last), \(hours) hours ago"),
                    &step)
            }
            if timeout > 0, isOfFeed(last, instrument),
                safeguards.monitors.feeds[instrument].pausedAt == nil,
                step.time.nanoseconds(since: last) > timeout,
                openTime(from: last, to: step.time) > timeout
            {
                try pause(instrument, last, &step)
            }
        }
    }
}
