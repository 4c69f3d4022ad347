import LedgerDomain
import LedgerEvents
import LedgerSafety

/// Alerts about conditions that block nothing. Each condition raises one alert an episode.
extension AccountEngine {
    /// Compares the venue's response time with `alerts.latency_ms`.
    ///
    /// - Parameter wait: milliseconds.
    mutating func watchLatency(
        _ wait: Price, of subject: String, _ step: inout Step
    ) throws(EngineError) {
        guard rulesVersion.tellEpisodes else { return }
        let limit = safeguards.rules.faults.latency * FixedPoint.one
        let isLong = limit > 0 && wait.raw > limit
        guard safeguards.alerts.note(.latency, level: isLong ? 1 : 0) else { return }
        try step.emit(
            AlertRaised(
                .warning, .latency, value: .metric(wait),
                threshold: .milliseconds(safeguards.rules.faults.latency),
                text: "\(subject): the venue took \(wait) ms"))
    }

    /// Compares the drawdown at the beginning of a trading day with `alerts.drawdown_threshold`.
    mutating func tellDrawdown(_ step: inout Step) throws(EngineError) {
        let limit = safeguards.rules.drawdown.alert
        guard rulesVersion.tellEpisodes, let worth = knownWorth else { return }
        let fall = Self.fall(worth)
        let isDeep = limit.raw > 0 && fall >= limit
        guard safeguards.alerts.note(.drawdownWarning, level: isDeep ? 1 : 0) else { return }
        try step.emit(
            AlertRaised(
                .warning, .drawdownWarning, value: .share(fall), threshold: .share(limit),
                text: "the trading day begins with equity \(fall) of its peak below it"))
    }

    /// Compares the age of an instrument's data with `quality.validator_max_age_hours`.
    mutating func tellAge(
        _ instrument: InstrumentID, since last: Timestamp, _ step: inout Step
    ) throws(EngineError) {
        let age = step.time.nanoseconds(since: last)
        guard rulesVersion.tellEpisodes, age > safeguards.rules.data.validatorAge.count,
            safeguards.alerts.note(.dataQuality, instrument: instrument, level: 1)
        else { return }
        let hours = age / 3_600_000_000_000
        try step.emit(
            AlertRaised(
                .warning, .dataQuality, instrument: instrument, value: .count(hours),
                threshold: .duration(safeguards.rules.data.validatorAge, in: .hour),
                text: "the last data are of \(last), \(hours) hours ago"))
    }
}

/// The health of strategies, for accounts whose orders reach a venue.
extension AccountEngine {
    private var watchesHealth: Bool {
        rulesVersion.tellEpisodes && account.kind != .simulated
            && safeguards.monitors.days.day != .min
    }

    /// Books a fill and notes what it did for its strategy.
    mutating func bookWatched(
        _ fill: OrderFilled, as event: SequenceNumber, _ step: borrowing Step
    ) throws(EngineError) {
        guard watchesHealth else { return try accounts.book(fill, as: event, step) }
        let before = realised(by: fill)
        let held =
            profit.positions.position(account, fill.strategy, fill.instrument)?.quantity ?? .zero
        try accounts.book(fill, as: event, step)
        // The fill may be the first event of a day.
        let ends = safeguards.monitors.days.ends
        let day = step.time > ends ? nextDay(step.time) : safeguards.monitors.days.day
        safeguards.health.record.move(to: day)
        safeguards.health.record.fill(
            fill, realised: realised(by: fill) - before, held: held, on: day)
    }

    private func realised(by fill: OrderFilled) -> Money {
        profit.positions.position(account, fill.strategy, fill.instrument)?.realised ?? .zero
    }

    /// Judges each strategy on the trading day that ended, and raises an alert for each that became worse.
    mutating func judgeHealth(on ended: Int64, _ step: inout Step) throws(EngineError) {
        guard watchesHealth, ended != .min else { return }
        // The state of a watch without strategies is not saved, so it must equal that of a new watch.
        guard !safeguards.health.isEmpty || desk.slots.contains(where: { $0.decidedToday > 0 })
        else { return }
        safeguards.health.record.rules.read(settings)
        safeguards.health.record.capital = profit.equity[account]?.netDeposits ?? .zero
        for slot in desk.slots where slot.decidedToday > 0 {
            safeguards.health.record.move(to: ended)
            safeguards.health.record.count(
                signals: slot.decidedToday, rejections: slot.refusedToday, slot.id, on: ended)
        }
        for strategy in safeguards.health.record.strategies {
            let report = safeguards.health.record.report(strategy, on: ended)
            let (level, isTold) = safeguards.health.judge(report)
            let isWorse = safeguards.alerts.note(
                .strategyHealth, strategy: strategy, level: level)
            guard isWorse, isTold else { continue }
            let name = names.strategies.first { $0.strategy == strategy }?.name ?? ""
            try step.emit(
                AlertRaised(
                    level > 1 ? .critical : .warning, .strategyHealth, strategy: strategy,
                    value: .count(report.score), threshold: .count(80),
                    text: "\(name) is \(report.status.rawValue), score \(report.score) of 100"))
        }
    }
}
