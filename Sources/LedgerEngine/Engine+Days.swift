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
            vigil.boundary = Timestamp(nanoseconds: .max)
            return
        }
        if step.time > vigil.dayEnds { try beginDay(&step) }
        if step.time >= vigil.resetAt { beginReset(step.time) }
        if let until = vigil.pauseUntil, step.time >= until {
            try endPause(&step)
        }
        if rules.data.isEnabled { try watchData(&step) }
        var next = min(Timestamp(nanoseconds: vigil.dayEnds.nanoseconds &+ 1), vigil.resetAt)
        if let until = vigil.pauseUntil { next = min(next, until) }
        if stop.phase != .normal, stop.until > step.time { next = min(next, stop.until) }
        vigil.boundary = next
        vigil.lookAgain()
    }

    /// A day lasts from its session's open to the next one's; a bar that is stamped with the open
    /// itself still belongs to the day before.
    private mutating func beginDay(
        _ step: inout Step
    ) throws(EngineError) {
        do throws(CalendarError) {
            let session = try calendar.lastSession(openedBefore: step.time)
            let next = try calendar.session(1, after: session.day)
            vigil.day = session.day.daysSinceEpoch
            vigil.dayEnds = next.opens
        } catch {
            try engage(
                LatchEngaged(
                    .calendar, clears: .automatic, actor: "engine", reason: error.description),
                &step)
            vigil.day = step.time.utcDay
            vigil.dayEnds = .startOfDay(step.time.utcDay + 1)
            return
        }
        vigil.dayStart = vigil.before
        judgeRegime()
        try raiseDailyAlerts(&step)
        for slot in slots.indices { slots[slot].signalsToday = 0 }
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
            (slots[place].decidedToday, slots[place].refusedToday) = (0, 0)
        }
        let last = vigil.lastTrade ?? step.time
        vigil.lastTrade = last
        let quiet = step.time.nanoseconds - last.nanoseconds
        let limit = rules.quietDays * Nanoseconds.day.count
        guard limit > 0, quiet > limit, !vigil.hasToldQuiet else { return }
        vigil.hasToldQuiet = true
        let days = quiet / Nanoseconds.day.count
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
        vigil.volatility =
            mark.raw > 0
            ? mark.double : history.marketVolatility(days: EntryFilters.shortWindow)
        vigil.regime = rules.filters.regime(vigil.volatility)
    }

    private mutating func beginReset(_ time: Timestamp) {
        let hour = Int64(3_600_000_000_000) * rules.risk.resetHour
        let shifted = Timestamp(nanoseconds: time.nanoseconds - hour)
        vigil.resetAt = Timestamp(
            nanoseconds: Timestamp.startOfDay(shifted.utcDay + 1).nanoseconds + hour)
        vigil.resetStart = vigil.before
        vigil.entries = 0
    }

    /// A pause goes on as long as the loss does.
    private mutating func endPause(
        _ step: inout Step
    ) throws(EngineError) {
        let one = Int128(FixedPoint.one)
        if rules.risk.dailyLossLimit.raw > 0, let worth = books.equity[account],
            worth.equityValue
                <= vigil.resetStart.basis(worth) - rules.risk.dailyLossLimit.raw * one
        {
            vigil.pauseUntil = step.time.advanced(by: rules.risk.pause)
            return
        }
        vigil.pauseUntil = nil
        try clear(
            LatchCleared(.lossPause, actor: "engine", reason: "the pause is over"), &step)
    }

    // MARK: Data

    /// Whether there were data lately; open time counts alone.
    func hasFreshData(_ time: Timestamp) -> Bool { !isStale(since: vigil.lastData, at: time) }

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
        let number = Int(instrument.number)
        while vigil.data.count <= number { vigil.data.append(DataWatch()) }
        let last = vigil.data[number].last
        vigil.data[number].last = step.time
        if vigil.data[number].day != day {
            try noteDay(instrument, day, last, &step)
        }
        let timeout = rules.data.feedTimeout.count
        if timeout > 0 { try noteFeed(instrument, last, timeout, &step) }
        guard !gate.isOpen, gate.latch(.dataQuality, .symbol, instrument: instrument) != nil,
            !books.equity.held.contains(where: { $0.instrument == instrument })
        else { return }
        try clear(
            LatchCleared(
                .dataQuality, scope: .symbol, instrument: instrument, actor: "engine",
                reason: "good data"), &step)
    }

    private mutating func noteDay(
        _ instrument: InstrumentID, _ day: Int64, _ last: Timestamp, _ step: inout Step
    ) throws(EngineError) {
        let number = Int(instrument.number)
        let before = vigil.data[number].day
        vigil.data[number].day = day
        vigil.data[number].days += 1
        guard before != .min, day - before > 1,
            let sessions = try? calendar.sessions(
                from: CivilDate(daysSinceEpoch: before + 1),
                through: CivilDate(daysSinceEpoch: day - 1)), !sessions.isEmpty
        else { return }
        try step.emit(
            GapDetected(
                instrument: instrument, sessions: UInt32(sessions.count), from: last,
                to: step.time))
    }

    private mutating func noteFeed(
        _ instrument: InstrumentID, _ last: Timestamp, _ timeout: Int64, _ step: inout Step
    ) throws(EngineError) {
        let number = Int(instrument.number)
        let isLate =
            last != .zero && step.time.nanoseconds - last.nanoseconds > timeout
            && openTime(from: last, to: step.time) > timeout
        if isLate {
            if vigil.data[number].pausedAt == nil {
                try pause(instrument, last, &step)
            }
            vigil.data[number].stable = 0
            try step.emit(
                GapDetected(instrument: instrument, sessions: 0, from: last, to: step.time))
        }
        guard let pausedAt = vigil.data[number].pausedAt else { return }
        vigil.data[number].stable += 1
        guard Int(vigil.data[number].stable) > rules.data.feedStable else { return }
        vigil.data[number].pausedAt = nil
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
        vigil.data[Int(instrument.number)].pausedAt = step.time
        vigil.data[Int(instrument.number)].stable = 0
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
            let number = Int(instrument.number)
            guard number < vigil.data.count, vigil.data[number].last != .zero else { continue }
            let last = vigil.data[number].last
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
            if timeout > 0, vigil.data[number].pausedAt == nil,
                step.time.nanoseconds - last.nanoseconds > timeout,
                openTime(from: last, to: step.time) > timeout
            {
                try pause(instrument, last, &step)
            }
        }
    }
}
