import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Watches equity and trading days: the drawdown stop and the losses of a day.
extension AccountEngine {
    /// The account's trading days.
    var calendar: TradingCalendar {
        safeguards.rules.calendar
            ?? (names.instruments.contains { $0.kind == .equity } ? .nyse : .crypto)
    }

    /// Remembers equity as it was before the event that begins a new day.
    mutating func approachBoundary() {
        noteFinancing()
        let worth = profit.equity[account]
        safeguards.monitors.days.cross(
            worth != nil && knownWorth == nil ? .unknown : worth.map { DayStart($0) } ?? DayStart())
    }

    /// Carries out what time and equity require. Called after the event was booked and the venue's reports
    /// were taken.
    mutating func watch(
        _ step: inout Step
    ) throws(EngineError) {
        if safeguards.monitors.days.takeDue() { try passBoundary(&step) }
        guard safeguards.rules.watchesEquity, let worth = knownWorth else {
            safeguards.monitors.equity.look(at: .min)
            return
        }
        safeguards.monitors.equity.see(worth)
        if profit.converts { safeguards.monitors.days.learn(worth) }
        try watchDrawdown(worth, &step)
        try watchDay(worth, &step)
        safeguards.monitors.equity.look(at: lookLine(worth))
    }

    /// The highest equity at which a rule must act.
    private func lookLine(_ worth: AccountEquity) -> Int128 {
        var line = Int128.min
        if safeguards.rules.drawdown.isEnabled {
            line = safeguards.stop.line(
                safeguards.rules.drawdown, safeguards.monitors.equity.peak,
                warns: !safeguards.monitors.equity.hasWarned)
        }
        guard safeguards.rules.risk.isEnabled else { return line }
        let limits = dayLines(worth)
        for (latch, limit) in [
            (LatchSource.dailyLoss, limits.loss), (.dailyDrawdown, limits.drawdown),
            (.lossPause, limits.pause),
        ] where safeguards.gate.latch(latch) == nil { line = max(line, limit) }
        return line
    }

    // MARK: The stop

    private mutating func watchDrawdown(
        _ worth: AccountEquity, _ step: inout Step
    ) throws(EngineError) {
        guard safeguards.rules.drawdown.isEnabled else { return }
        let level = safeguards.rules.drawdown.level(
            worth.equityValue, below: safeguards.monitors.equity.peak)
        let isOver = safeguards.stop.phase != .normal && step.time >= safeguards.stop.until
        switch DrawdownStop.step(safeguards.stop.phase, level, isOver: isOver) {
        case .stay:
            guard level >= .warning, !safeguards.monitors.equity.hasWarned,
                safeguards.stop.allowsEntries
            else { return }
            safeguards.monitors.equity.warn()
            let fall = Self.fall(worth)
            try step.emit(
                AlertRaised(
                    .warning, .drawdownWarning, value: .share(fall),
                    threshold: .share(safeguards.rules.drawdown.warning),
                    text: "equity is \(fall) of its peak below it: review the positions"))
        case .halt: try trigger(.halt, worth, &step)
        case .panic: try trigger(.panic, worth, &step)
        case .check:
            try checkHealth(
                actor: "engine", reason: "the cooldown is over", &step)
        case .finish:
            try move(
                to: .normal, days: 0, until: .zero, actor: "engine",
                reason: "the ramp-up is over", &step)
        case .resume, .extend: return
        }
    }

    public static func fall(_ worth: AccountEquity) -> Price {
        fall(worth.equityValue, below: worth.peakEquityValue)
    }

    /// (peak − equity) / peak, rounded half to even to 10^-9.
    static func fall(_ equity: Int128, below peak: Int128) -> Price {
        guard peak > 0 else { return .zero }
        let depth = 1 - FixedPoint.double(equity) / FixedPoint.double(peak)
        return Price(rounding: (depth * 1e9).rounded(.toNearestOrEven) / 1e9) ?? .zero
    }

    private mutating func trigger(
        _ phase: DrawdownPhase, _ worth: AccountEquity, _ step: inout Step
    ) throws(EngineError) {
        let rules = safeguards.rules.drawdown
        safeguards.monitors.equity.warn()
        try trigger(
            phase, "equity", Self.fall(worth), below: phase == .panic ? rules.panic : rules.halt,
            &step)
    }

    /// Goes to a phase because the sum of all accounts fell, unless the account is there or beyond.
    mutating func follow(
        _ phase: DrawdownPhase, _ fall: Price, below threshold: Price, _ step: inout Step
    ) throws(EngineError) {
        let level: DrawdownLevel = phase == .panic ? .panic : .halt
        switch DrawdownStop.step(safeguards.stop.phase, level, isOver: false) {
        case .halt, .panic:
            try trigger(phase, "equity of all accounts", fall, below: threshold, &step)
            safeguards.monitors.equity.lookAgain()
        default: return
        }
    }

    private mutating func trigger(
        _ phase: DrawdownPhase, _ what: String, _ fall: Price, below threshold: Price,
        _ step: inout Step
    ) throws(EngineError) {
        let isPanic = phase == .panic
        let days =
            isPanic ? safeguards.rules.drawdown.panicDays : safeguards.rules.drawdown.haltDays
        let until = try open(after: days, today(at: step.time), &step)
        let reason = "\(what) is \(fall) below its peak, the threshold is \(threshold)"
        let cause = try move(
            to: phase, days: days, until: until, actor: "engine", reason: reason, &step)
        let flattens = isPanic && safeguards.rules.drawdown.flattensOnPanic
        try step.emit(
            AlertRaised(
                .critical, isPanic ? .drawdownPanic : .drawdownHalt,
                value: .share(fall),
                threshold: .share(threshold),
                text: "\(reason); entries wait until \(until)"))
        try engage(
            LatchEngaged(
                .drawdown, effect: flattens ? .flatten : .blockEntries, clears: .automatic,
                limit: .share(threshold), value: .share(fall),
                actor: "engine", reason: "\(phase): \(reason)"), &step)
        if flattens { try flatten(nil, nil, because: cause, &step) }
    }

    /// The open of the n-th session after a day. If the calendar does not know it, the end of time; entries are
    /// then blocked until another calendar is configured.
    private mutating func open(
        after days: Int, _ day: CivilDate, _ step: inout Step
    ) throws(EngineError) -> Timestamp {
        guard days > 0 else { return step.time }
        do {
            return try calendar.session(days, after: day).opens
        } catch {
            try engage(
                LatchEngaged(
                    .calendar, clears: .automatic, actor: "engine", reason: error.description),
                &step)
            return Timestamp(nanoseconds: .max)
        }
    }

    /// Sets the end of a phase as soon as a calendar knows it. Days are counted from the day on which the phase
    /// began.
    mutating func findEnd(
        _ step: inout Step
    ) throws(EngineError) {
        guard safeguards.stop.phase != .normal, safeguards.stop.until.nanoseconds == .max,
            safeguards.stop.days > 0,
            let began = try? calendar.lastSession(openedBefore: safeguards.stop.since),
            let end = try? calendar.session(Int(safeguards.stop.days), after: began.day)
        else { return }
        try move(
            to: safeguards.stop.phase, days: Int(safeguards.stop.days), until: end.opens,
            actor: "engine",
            reason: "the \(calendar) calendar knows the end", &step)
    }

    /// The trading day; the UTC day if the calendar does not know it.
    private func today(at time: Timestamp) -> CivilDate {
        CivilDate(
            daysSinceEpoch: safeguards.monitors.days.day == .min
                ? time.utcDay : safeguards.monitors.days.day)
    }

    /// The first day after a cooldown: the day that opens at this moment, otherwise today.
    private func resumeDay(at time: Timestamp) -> CivilDate {
        let day = today(at: time)
        guard time >= safeguards.monitors.days.ends, let next = try? calendar.session(1, after: day)
        else {
            return day
        }
        return next.day
    }

    @discardableResult
    private mutating func move(
        to phase: DrawdownPhase, days: Int, until: Timestamp, actor: String, reason: String,
        _ step: inout Step
    ) throws(EngineError) -> SequenceNumber {
        let worth = profit.equity[account]
        let event = DrawdownChanged(
            from: safeguards.stop.phase, to: phase, days: UInt16(clamping: days),
            equity: worth?.equity ?? .zero, peak: worth?.peak ?? .zero,
            drawdown: worth.map { Self.fall($0) } ?? .zero, until: until,
            day: today(at: step.time).description, actor: actor, reason: reason)
        let sequence = try step.emit(event)
        safeguards.change(event, at: step.time)
        return sequence
    }

    /// Runs the checks of D05. Their result decides whether an elapsed cooldown ends.
    mutating func checkHealth(
        actor: String, reason: String, _ step: inout Step
    ) throws(EngineError) {
        let event = healthChecks(actor: actor, reason: reason, at: step.time)
        try step.emit(event)
        safeguards.check(event, at: step.time)
        guard safeguards.stop.phase == .halt || safeguards.stop.phase == .panic,
            step.time >= safeguards.stop.until
        else {
            return
        }
        let day = resumeDay(at: step.time)
        switch DrawdownStop.step(
            safeguards.stop.phase, .none, isOver: true, isHealthy: event.canResume)
        {
        case .resume:
            let until = try open(
                after: safeguards.rules.drawdown.rampupDays, day, &step)
            try move(
                to: .rampup, days: safeguards.rules.drawdown.rampupDays, until: until, actor: actor,
                reason: "the health checks passed", &step)
            try rebasePeak(actor: actor, reason: "trading resumes", &step)
            try clear(
                LatchCleared(.drawdown, actor: actor, reason: "the health checks passed"), &step)
        case .extend:
            let more = safeguards.rules.drawdown.extensionDays
            let until = try open(after: more, day, &step)
            try move(
                to: safeguards.stop.phase, days: Int(safeguards.stop.days) + more, until: until,
                actor: actor,
                reason: "the health checks failed", &step)
        default: return
        }
    }

    /// Runs the health checks without journaling the result.
    public func healthChecks(
        actor: String, reason: String, at time: Timestamp
    ) -> HealthChecked {
        let day = Nanoseconds.day.count
        let last = safeguards.monitors.counters.lastDuplicate
        let enabled = desk.slots.contains {
            safeguards.gate.latch(.strategyList, .strategy, strategy: $0.id) == nil
        }
        return HealthChecked(
            reconciliation: safeguards.gate.latch(.reconciliation) == nil,
            dataQuality: hasFreshData(time),
            noDuplicateIntents: last.map { time.nanoseconds(since: $0) > day }
                ?? true,
            strategiesEnabled: enabled, actor: actor, reason: reason)
    }

    mutating func rebasePeak(
        actor: String, reason: String, _ step: inout Step
    ) throws(EngineError) {
        guard let worth = knownWorth else { return }
        let event = PeakRebased(from: worth.peak, to: worth.equity, actor: actor, reason: reason)
        let sequence = try step.emit(event)
        try accounts.rebase(as: sequence, step)
        safeguards.monitors.equity.rebase()
    }

    /// An operator's resume (D06): NORMAL at once, with the peak at the present equity.
    mutating func overrideDrawdown(
        actor: String, reason: String, _ step: inout Step
    ) throws(EngineError) {
        guard safeguards.stop.phase != .normal else { return }
        try move(
            to: .normal, days: 0, until: .zero, actor: actor,
            reason: "override, cooldown and health checks passed over: \(reason)", &step)
        try rebasePeak(actor: actor, reason: "override: \(reason)", &step)
        try clear(
            LatchCleared(.drawdown, actor: actor, reason: "override: \(reason)"), &step)
    }

    // MARK: The day's losses

    private func dayLines(
        _ worth: AccountEquity
    ) -> (loss: Int128, drawdown: Int128, pause: Int128) {
        let risk = safeguards.rules.risk
        let basis = safeguards.monitors.days.start.basis(worth)
        let one = Int128(FixedPoint.one)
        // More than the share: one unit below the line that is reached.
        func below(_ share: Price) -> Int128 {
            guard share.raw > 0, basis > 0 else { return .min }
            return basis - basis / one * Int128(share.raw) - basis % one * Int128(share.raw) / one
                - 1
        }
        let pause =
            risk.dailyLossLimit.raw > 0
            ? safeguards.monitors.days.resetStart.basis(worth) - risk.dailyLossLimit.raw * one
            : .min
        return (below(risk.dailyLoss), below(risk.dailyDrawdown), pause)
    }

    private mutating func watchDay(
        _ worth: AccountEquity, _ step: inout Step
    ) throws(EngineError) {
        guard safeguards.rules.risk.isEnabled else { return }
        let lines = dayLines(worth)
        let now = worth.equityValue
        let risk = safeguards.rules.risk
        let basis = safeguards.monitors.days.start.basis(worth)
        if now <= lines.drawdown {
            try engageLoss(
                .dailyDrawdown, .operator, risk.dailyDrawdown, basis: basis, now: now, &step)
        }
        if now <= lines.loss {
            try engageLoss(
                .dailyLoss, .automatic, risk.dailyLoss, basis: basis, now: now, &step)
        }
        guard now <= lines.pause, safeguards.gate.latch(.lossPause) == nil else { return }
        let lost = AccountEquity.amount(safeguards.monitors.days.resetStart.basis(worth) - now)
        let until = step.time.advanced(by: risk.pause)
        safeguards.monitors.days.pause(until: until)
        safeguards.monitors.days.expire(noLaterThan: until)
        try engage(
            LatchEngaged(
                .lossPause, clears: .automatic, limit: .money(risk.dailyLossLimit),
                value: .money(lost), actor: "engine",
                reason: "\(lost) lost since \(risk.resetHour):00 UTC, the limit is "
                    + "\(risk.dailyLossLimit)"), &step)
    }

    private mutating func engageLoss(
        _ source: LatchSource, _ rule: ClearRule, _ limit: Price, basis: Int128, now: Int128,
        _ step: inout Step
    ) throws(EngineError) {
        guard safeguards.gate.latch(source) == nil else { return }
        let share = 1 - FixedPoint.double(now) / FixedPoint.double(basis)
        let lost = Price(rounding: (share * 1e9).rounded(.toNearestOrEven) / 1e9) ?? .zero
        try engage(
            LatchEngaged(
                source, clears: rule, limit: .share(limit),
                value: .share(lost), actor: "engine",
                reason: "\(lost) of the day's first equity is lost, the limit is \(limit)"), &step)
    }
}
