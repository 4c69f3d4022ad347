import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// The trading gate: events engage and clear latches, each with an actor and a reason.
extension AccountEngine {
    /// Engages a latch. A latch that is already engaged with the same or a stricter effect stays as it is.
    ///
    /// - Parameter withdraws: whether to cancel working entries within its scope.
    mutating func engage(
        _ event: LatchEngaged, withdraws: Bool = true, _ step: inout Step
    ) throws(EngineError) {
        let standing = safeguards.gate.latch(
            event.source, event.scope, strategy: event.strategy, instrument: event.instrument)
        if let standing, standing.effect.rawValue >= event.effect.rawValue { return }
        let sequence = try step.emit(event)
        safeguards.engage(event, as: sequence, at: step.time)
        if let alert = Self.alert(event) { try step.emit(alert) }
        guard withdraws else { return }
        let latch = Latch(event, at: step.time, sequence: sequence)
        for order in desk.venue.allOrders
        where order.terms.purpose == .entry
            && latch.concerns(order.terms.strategy, order.terms.instrument)
        {
            try withdraw(order, .halted, &step)
        }
    }

    /// Clears a latch if it is engaged.
    mutating func clear(
        _ event: LatchCleared, _ step: inout Step
    ) throws(EngineError) {
        let standing = safeguards.gate.latch(
            event.source, event.scope, strategy: event.strategy, instrument: event.instrument)
        guard let standing else { return }
        try step.emit(event)
        safeguards.clear(event)
        if standing.effect == .blockAll { try flattenAgain(&step) }
    }

    /// The alert for a latch; nil for latches that are routine or have an alert of their own.
    private static func alert(_ event: LatchEngaged) -> AlertRaised? {
        let severity: AlertSeverity
        let kind: AlertKind
        switch event.source {
        case .drawdown, .reconciliation, .lossPause: return nil
        case .duplicateIntents: (severity, kind) = (.critical, .duplicateIntents)
        case .orderRejections, .dailyLoss: (severity, kind) = (.warning, .killSwitch)
        case .dataQuality, .feed, .rates: (severity, kind) = (.warning, .dataQuality)
        case .clock: (severity, kind) = (.critical, .clockSkew)
        case .margin: (severity, kind) = (.critical, .marginDeficit)
        default: (severity, kind) = (.critical, .killSwitch)
        }
        return AlertRaised(
            severity, kind, instrument: event.instrument, strategy: event.strategy,
            value: event.value, threshold: event.limit, text: "\(event.source): \(event.reason)")
    }

    // MARK: Configuration and mode

    /// Takes over what an operator stopped in every account before this one was added: each latch that stands in
    /// all of them, the mode that all have, and a stop of everything however each was stopped.
    mutating func inherit(_ gates: [TradingGate], _ step: inout Step) throws(EngineError) {
        guard let first = gates.first else { return }
        func engage(_ latch: Latch, _ step: inout Step) throws(EngineError) {
            try self.engage(
                LatchEngaged(
                    .killSwitch, scope: latch.scope, instrument: latch.instrument,
                    strategy: latch.strategy, effect: latch.effect, clears: .operator,
                    actor: latch.actor, reason: latch.reason), &step)
        }
        for latch in first.latches where latch.source == .killSwitch {
            let stands = gates.allSatisfy {
                $0.latch(
                    .killSwitch, latch.scope, strategy: latch.strategy,
                    instrument: latch.instrument) != nil
            }
            if stands { try engage(latch, &step) }
        }
        if first.mode.blocksEntries, gates.allSatisfy({ $0.mode == first.mode }),
            let latch = first.latch(.mode)
        {
            guard safeguards.gate.mode != first.mode else { return }
            return try change(
                to: first.mode, isHard: latch.effect == .blockAll, actor: latch.actor,
                reason: latch.reason, &step)
        }
        let stops = gates.map { $0.latch(.killSwitch) ?? $0.latch(.mode) }
        guard safeguards.gate.latch(.killSwitch) == nil, !stops.contains(nil),
            let stop = stops.compactMap({ $0 }).first
        else { return }
        try engage(stop, &step)
    }

    /// Engages and clears the latches that the configuration states; other latches stay (K01, K03).
    mutating func applyGateSettings(
        isFirst: Bool, _ step: inout Step
    ) throws(EngineError) {
        if isFirst, safeguards.rules.mode != safeguards.gate.mode {
            try change(
                to: safeguards.rules.mode, isHard: false, actor: "configuration",
                reason: "gate.mode", &step)
        }
        if safeguards.rules.isTradingDisabled {
            try engage(
                LatchEngaged(
                    .configuration, clears: .automatic, actor: "configuration",
                    reason: "gate.trading_disabled"), &step)
        } else {
            try clear(
                LatchCleared(
                    .configuration, actor: "configuration",
                    reason: "gate.trading_disabled is false"), &step)
        }
        var seen = StrategyID.none
        for slot in desk.slots where slot.id != seen {
            seen = slot.id
            if safeguards.rules.disabledStrategies.contains(slot.name.lowercased()) {
                try engage(
                    LatchEngaged(
                        .strategyList, scope: .strategy, strategy: slot.id, clears: .automatic,
                        actor: "configuration",
                        reason: "\(slot.name) is in gate.strategy_disabled_list"), &step)
            }
        }
        for latch in safeguards.gate.latches where latch.source == .strategyList {
            let name = desk.slots.first { $0.id == latch.strategy }?.name.lowercased()
            if let name, safeguards.rules.disabledStrategies.contains(name) { continue }
            try clear(
                LatchCleared(
                    .strategyList, scope: .strategy, strategy: latch.strategy,
                    actor: "configuration", reason: "not in gate.strategy_disabled_list"), &step)
        }
        try clearWhatIsOff(&step)
    }

    /// Clears the automatic latches of rules that the settings turned off, because nothing else would.
    private mutating func clearWhatIsOff(
        _ step: inout Step
    ) throws(EngineError) {
        var off: [LatchSource] = []
        if !safeguards.rules.risk.isEnabled {
            off += [.dailyLoss, .lossPause]
            safeguards.monitors.days.endPause()
        }
        if !safeguards.rules.data.isEnabled { off.append(.dataQuality) }
        if !safeguards.rules.data.isEnabled || safeguards.rules.data.feedTimeout.count == 0 {
            off.append(.feed)
            safeguards.monitors.feeds.resumeAll()
        }
        if !safeguards.rules.reconciliation.isEnabled { off.append(.reconciliation) }
        if !safeguards.rules.needsCalendar { off.append(.calendar) }
        for latch in safeguards.gate.latches
        where off.contains(latch.source) && !awaitsPrice(latch) {
            try clear(
                LatchCleared(
                    latch.source, scope: latch.scope, instrument: latch.instrument,
                    strategy: latch.strategy, actor: "configuration", reason: "turned off"), &step)
        }
    }

    /// Whether a held price engaged the latch. The next price then clears it, whatever the settings are.
    private func awaitsPrice(_ latch: Latch) -> Bool {
        rulesVersion.holdOnePrice && latch.source == .dataQuality
            && profit.equity.held.contains { $0.instrument == latch.instrument }
    }

    /// Changes the mode, and engages or clears its latch.
    mutating func change(
        to mode: TradingMode, isHard: Bool, actor: String, reason: String, _ step: inout Step
    ) throws(EngineError) {
        let event = ModeChanged(
            from: safeguards.gate.mode, to: mode, isHard: isHard, actor: actor, reason: reason)
        try step.emit(event)
        safeguards.change(event, at: step.time)
        if mode.blocksEntries {
            try engage(
                LatchEngaged(
                    .mode, effect: isHard ? .blockAll : .blockEntries, clears: .operator,
                    actor: actor, reason: reason.isEmpty ? "mode \(mode)" : reason), &step)
        } else {
            try clear(
                LatchCleared(.mode, actor: actor, reason: "mode \(mode)"), &step)
        }
    }

    // MARK: Faults outside

    mutating func handle(
        _ fault: FaultReported, _ step: inout Step
    ) throws(EngineError) {
        if fault.kind == .orderRejected {
            guard safeguards.monitors.counters.rejectOrder(safeguards.rules.faults) else { return }
            let (refused, all) = (
                safeguards.monitors.counters.rejections, safeguards.monitors.counters.orders
            )
            return try engage(
                LatchEngaged(
                    .orderRejections, clears: .operator,
                    limit: .share(safeguards.rules.faults.rejectionRate),
                    value: .count(refused),
                    actor: fault.origin,
                    reason: "\(refused) of \(max(all, refused)) orders refused: \(fault.detail)"),
                &step)
        }
        guard
            safeguards.monitors.counters.count(fault.kind, at: step.time, safeguards.rules.faults),
            let source = fault.kind.source
        else { return }
        let count = safeguards.monitors.counters.count(fault.kind)
        try engage(
            LatchEngaged(
                source, clears: .operator,
                value: .count(count), actor: fault.origin,
                reason: "\(count) times \(fault.kind): \(fault.detail)"), &step)
    }

    mutating func handle(
        _ metric: MetricReported, _ step: inout Step
    ) throws(EngineError) {
        let value = Measure.metric(metric.value)
        if metric.metric == .latency {
            return try watchLatency(metric.value, of: metric.origin, &step)
        }
        let isClock = metric.metric == .clockSkew
        let warn = safeguards.rules.faults.clockWarn * FixedPoint.one
        let isFar = isClock && safeguards.monitors.clock.note(metric.value, limit: warn)
        if let limit = safeguards.rules.faults.breach(metric.metric, metric.value) {
            return try engage(
                LatchEngaged(
                    isClock ? .clock : .metrics, clears: .operator,
                    limit: .metric(limit), value: value, actor: metric.origin,
                    reason: "\(metric.metric) is \(metric.value), the limit \(limit)"), &step)
        }
        guard isFar else { return }
        try step.emit(
            AlertRaised(
                .warning, .clockSkew, value: value,
                threshold: .milliseconds(safeguards.rules.faults.clockWarn),
                text: "the venue's clock and ours are \(metric.value) ms apart"))
    }

    mutating func handle(
        _ flag: FlagFileObserved, _ step: inout Step
    ) throws(EngineError) {
        if flag.isPresent {
            try engage(
                LatchEngaged(
                    .flagFile, clears: .automatic, actor: "flag file",
                    reason: "\(flag.path) exists"), &step)
        } else {
            try clear(
                LatchCleared(.flagFile, actor: "flag file", reason: "\(flag.path) was removed"),
                &step)
        }
    }

    mutating func endRun(_ step: inout Step) throws(EngineError) {
        safeguards.monitors.counters.succeedRun()
        try endRepeats(&step)
        // Orders at an external venue stay, because stops protect the position between runs.
        if !desk.isRemote { try cancelAll(.runEnded, &step) }
    }

    mutating func beginRun(
        _ step: inout Step
    ) throws(EngineError) {
        safeguards.monitors.counters.beginRun()
        if desk.isRemote, rulesVersion.timeReachableOrders { desk.remote.reach(since: nil) }
        // A killed run did not journal its counts.
        try endRepeats(&step)
        try awaitReconciliation(&step)
        try flattenAgain(&step)
        guard safeguards.monitors.counters.hasFailedRuns(safeguards.rules.faults) else { return }
        let count = safeguards.monitors.counters.runFailures
        try engage(
            LatchEngaged(
                .runFailures, clears: .operator,
                limit: .count(safeguards.rules.faults.runFailures),
                value: .count(count), actor: "engine",
                reason: "\(count) runs in a row failed"), &step)
    }
}
