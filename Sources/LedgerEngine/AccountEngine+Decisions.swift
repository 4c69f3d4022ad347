import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// From a strategy's decision to an order, or to the reason why there is none.
extension AccountEngine {
    /// Carries out what a strategy decided, in its order.
    ///
    /// - Parameter barInterval: the interval of the bar, where the event is a bar.
    mutating func decide(
        _ slot: Int, barInterval: UInt32? = nil, _ step: inout Step
    ) throws(EngineError) {
        // A bar decides once: the same decision from it again is the same intent (C9, K06). Several
        // decisions at once are several intents; the first of them is remembered for the bar.
        var source = barInterval.map { DecisionSource.bar(interval: $0) } ?? .other
        while let decision = step.decisions.removeFirst() {
            try decide(decision, slot, &source, &step)
        }
    }

    /// Where a decision comes from, which determines whether it may come again.
    private enum DecisionSource {
        case bar(interval: UInt32)
        /// One of its decisions became an order.
        case decidedBar
        /// It decided before.
        case repeatedBar
        case other
    }

    /// Journals the signal, then either the intent that came of it or why none did. A refusal that repeats
    /// the one before is only counted.
    private mutating func decide(
        _ decision: Decision, _ slot: Int, _ source: inout DecisionSource, _ step: inout Step
    ) throws(EngineError) {
        guard let instrument = names[desk.slots[slot].instrument],
            let wanted = unpaused(size(decision, slot, instrument), decision, slot, at: step.time)
        else { return }
        desk.slots[slot].countDecision(decision.purpose)
        step.reductions.removeAll(keepingCapacity: true)
        let permit = checked(
            try permit(decision, wanted, slot, instrument, &step), decision, slot, instrument)
        if try repeats(permit, decision, slot, &step) { return }
        let signal = SignalGenerated(
            instrument: instrument.id, strategy: desk.slots[slot].id, side: decision.side,
            purpose: decision.purpose, price: decision.price, quantity: wanted,
            indicator: decision.indicator, threshold: decision.threshold)
        step.chain = try step.emit(signal)
        desk.countSignal()
        for place in step.reductions.indices { try step.emitInChain(step.reductions[place]) }
        switch permit {
        case .granted(let quantity):
            try intend(decision, quantity, slot, instrument, &source, &step)
        case .signalRejected(let refusal):
            let event = SignalRejected(
                instrument: instrument.id, strategy: desk.slots[slot].id, side: decision.side,
                refusal: refusal)
            try step.emitInChain(event)
            desk.countRejectedSignal()
            desk.slots[slot].countRefusal(decision.purpose)
        case .intentRejected(let refusal): try reject(refusal, decision, slot, &step)
        }
        remember(permit, decision, slot, chain: step.chain)
    }

    /// Nil if the strategy's entries wait after a failed one. A decision that closes a position never
    /// waits.
    private func unpaused(
        _ wanted: Quantity, _ decision: Decision, _ slot: Int, at time: Timestamp
    ) -> Quantity? {
        let (id, instrument) = (desk.slots[slot].id, desk.slots[slot].instrument)
        guard rulesVersion.pauseGrowth, desk.deferred.pausesEntries(id, instrument, at: time) else {
            return wanted
        }
        let growth = increase(decision.side, wanted, of: desk.slots[slot].position)
        guard growth.raw > 0 else { return wanted }
        let closing = wanted - growth
        return closing.raw > 0 ? closing : nil
    }

    /// A permit, after the rules that every order must keep.
    private func checked(
        _ permit: Permit, _ decision: Decision, _ slot: Int, _ instrument: Instrument
    ) -> Permit {
        guard case .granted(let size) = permit else { return permit }
        if let refusal = refusal(decision, size, slot, instrument) {
            return .intentRejected(refusal)
        }
        guard rulesVersion.countRepeatedRefusals, decision.purpose == .entry,
            desk.filters[instrument.id] != nil,
            case .refused(let refusal) = verdict(
                of: terms(decision, size, slot, instrument, IntentID(high: 0, low: 0)))
        else { return permit }
        return .intentRejected(refusal)
    }

    /// Sends what the rules permitted, unless the same bar already decided it.
    private mutating func intend(
        _ decision: Decision, _ size: Quantity, _ slot: Int, _ instrument: Instrument,
        _ source: inout DecisionSource, _ step: inout Step
    ) throws(EngineError) {
        guard !isRepeated(decision, slot, &source, at: step.time) else {
            return try refuseDuplicate(decision, slot, &step)
        }
        let intent = desk.slots[slot].identity(decision.side, at: step.time)
        let terms = terms(decision, size, slot, instrument, intent)
        if increase(decision.side, size, of: desk.slots[slot].position).raw > 0 {
            countEntry(at: step.time)
        }
        try send(terms, &step)
    }

    private func terms(
        _ decision: Decision, _ size: Quantity, _ slot: Int, _ instrument: Instrument,
        _ intent: IntentID
    ) -> OrderIntended {
        var terms = OrderIntended(
            instrument: instrument.id, strategy: desk.slots[slot].id, side: decision.side,
            orderType: decision.orderType, intent: intent,
            quantity: size, limitPrice: decision.limitPrice, stopPrice: decision.stopPrice,
            stopLossDistance: decision.stopLossDistance,
            takeProfitDistance: decision.takeProfitDistance, referencePrice: decision.price,
            timeInForce: decision.timeInForce, purpose: decision.purpose)
        if terms.purpose == .entry, terms.stopLossDistance.raw == 0 {
            terms.stopLossDistance = catastropheDistance(instrument)
        }
        return terms
    }

    /// Whether the bar made this decision before; remembers the first that becomes an order.
    private mutating func isRepeated(
        _ decision: Decision, _ slot: Int, _ source: inout DecisionSource, at time: Timestamp
    ) -> Bool {
        switch source {
        case .other, .decidedBar: return false
        case .repeatedBar: return true
        case .bar(let interval):
            let decided = BarDecision(time: time, interval: interval, side: decision.side)
            let isRepeated = desk.slots[slot].repeats(decided)
            source = isRepeated ? .repeatedBar : .decidedBar
            return isRepeated
        }
    }

    private mutating func refuseDuplicate(
        _ decision: Decision, _ slot: Int, _ step: inout Step
    ) throws(EngineError) {
        try reject(
            Refusal(.duplicateIntent), decision, slot, &step)
        let symbol = desk.slots[slot].symbol
        try handle(
            FaultReported(
                .duplicateIntent, origin: "engine",
                detail:
                    "\(desk.slots[slot].name) decided \(decision.side) \(symbol) twice from one bar"
            ),
            &step)
    }

    private mutating func reject(
        _ refusal: Refusal, _ decision: Decision, _ slot: Int, _ step: inout Step
    ) throws(EngineError) {
        let event = IntentRejected(
            instrument: desk.slots[slot].instrument, strategy: desk.slots[slot].id,
            side: decision.side,
            refusal: refusal)
        try step.emitInChain(event)
        desk.countRejectedIntent()
        desk.slots[slot].countRefusal(decision.purpose)
    }
}

/// Refusals that repeat.
extension AccountEngine {
    /// Counts a refusal that repeats the one before; anything else ends the subject's episode.
    ///
    /// - Returns: whether nothing is left to do for the decision.
    private mutating func repeats(
        _ permit: Permit, _ decision: Decision, _ slot: Int, _ step: inout Step
    ) throws(EngineError) -> Bool {
        guard !desk.repeated.isEmpty else { return false }
        let subject = subject(decision, slot)
        if let (refusal, isIntent) = permit.refused,
            let due = desk.repeated.count(subject, refusal, isIntent: isIntent, at: step.time)
        {
            desk.slots[slot].countRefusal(decision.purpose)
            try journal(due, &step)
            return true
        }
        try journal(desk.repeated.end(subject), &step)
        return false
    }

    private mutating func remember(
        _ permit: Permit, _ decision: Decision, _ slot: Int, chain: SequenceNumber
    ) {
        guard rulesVersion.countRepeatedRefusals, let (refusal, isIntent) = permit.refused else {
            return
        }
        desk.repeated.begin(subject(decision, slot), refusal, isIntent: isIntent, chain: chain)
    }

    private func subject(_ decision: Decision, _ slot: Int) -> RepeatedRefusals.Subject {
        RepeatedRefusals.Subject(
            strategy: desk.slots[slot].id, instrument: desk.slots[slot].instrument,
            purpose: decision.purpose, side: decision.side)
    }

    /// Journals the counts when a run or its strategies end.
    mutating func endRepeats(_ step: inout Step) throws(EngineError) {
        guard !desk.repeated.isEmpty else { return }
        try journal(desk.repeated.endAll(), &step)
    }

    /// Journals what was counted in the trading day that ends. Its health and its reports need it, and the
    /// refusals go on being counted.
    mutating func sumUpRepeats(_ step: inout Step) throws(EngineError) {
        guard !desk.repeated.isEmpty else { return }
        try journal(desk.repeated.takeAll(), &step)
    }

    private mutating func journal(
        _ sums: [RepeatedRefusals.Sum], _ step: inout Step
    ) throws(EngineError) {
        for sum in sums {
            try step.emit(sum.event, correlation: sum.chain)
            desk.count(sum.event)
        }
    }
}

extension AccountEngine.Permit {
    /// The refusal, and whether a limit refused the order; nil if the order was permitted.
    fileprivate var refused: (refusal: Refusal, isIntent: Bool)? {
        switch self {
        case .granted: nil
        case .signalRejected(let refusal): (refusal, false)
        case .intentRejected(let refusal): (refusal, true)
        }
    }
}
