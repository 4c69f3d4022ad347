import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Orders from an operator or from a client of the local exchange, not from a strategy. They pass the gate
/// and the limits like any other order. A refused request becomes an `IntentRejected`.
extension AccountEngine {
    /// Takes a client's request: an order, a cancel or a replacement.
    mutating func takeRequest(_ record: Record, _ step: inout Step) throws(EngineError) {
        switch record.type {
        case .orderRequested: try handle(try decode(record) as OrderRequested, &step)
        case .orderCancelRequested: try handle(try decode(record) as OrderCancelRequested, &step)
        case .orderReplaceRequested: try handle(try decode(record) as OrderReplaceRequested, &step)
        default: return
        }
    }

    mutating func handle(
        _ request: OrderRequested, _ step: inout Step
    ) throws(EngineError) {
        guard configuration != nil else { throw .unconfigured("an order") }
        guard let instrument = names[request.instrument] else {
            return try refuse(request, Refusal(.unknownInstrument), &step)
        }
        let held =
            profit.positions.position(account, request.strategy, request.instrument)?.quantity
            ?? .zero
        let growth = increase(request.side, request.quantity, of: held)
        let decision = decision(request, instrument, isEntry: growth.raw > 0)
        if let refusal = refusal(
            request, decision, instrument, held: held, growth: growth, at: step.time)
        {
            return try refuse(request, refusal, &step)
        }
        let decider = IntentID.Decider(
            account: configuration?.accountName ?? "", strategy: names.name(request.strategy),
            symbol: instrument.symbol)
        let terms = OrderIntended(
            instrument: request.instrument, strategy: request.strategy, side: request.side,
            orderType: request.orderType,
            intent: IntentID(
                decider: decider, side: request.side, decidedAt: step.time,
                ordinal: UInt32(truncatingIfNeeded: step.sequence.number)),
            quantity: request.quantity, limitPrice: request.limitPrice,
            stopPrice: request.stopPrice, referencePrice: decision.price,
            timeInForce: request.timeInForce, purpose: decision.purpose)
        if growth.raw > 0 { countEntry(at: step.time) }
        step.chain = step.sequence
        try send(terms, &step)
    }

    private func decision(
        _ request: OrderRequested, _ instrument: Instrument, isEntry: Bool
    ) -> Decision {
        let mark = profit.equity.mark(instrument.id)
        let level = request.stopPrice.raw > 0 ? request.stopPrice : mark
        var decision = Decision(
            side: request.side, purpose: isEntry ? .entry : .exit, size: .units(request.quantity),
            price: request.limitPrice.raw > 0 ? request.limitPrice : level, indicator: 0,
            threshold: 0)
        decision.limitPrice = request.limitPrice
        decision.stopPrice = request.stopPrice
        decision.orderType = request.orderType
        return decision
    }

    /// The first rule that the request breaks: its own numbers, the gate, the funds, the limits.
    private func refusal(
        _ request: OrderRequested, _ decision: Decision, _ instrument: Instrument,
        held: Quantity, growth: Quantity, at time: Timestamp
    ) -> Refusal? {
        if let refusal = malformed(request, instrument) { return refusal }
        let latch = safeguards.gate.block(
            request.strategy, request.instrument, isReducing: growth.raw == 0)
        if let latch {
            return Refusal(latch.source.rejection, limit: latch.limit, value: latch.value)
        }
        guard decision.price.raw > 0 else { return Refusal(.badPrice) }
        if let refusal = currencyRefusal(instrument, isExit: growth.raw == 0) { return refusal }
        let free =
            request.side == .sell ? held - promised(request.strategy, request.instrument) : held
        if let refusal = fundsRefusal(decision, request.quantity, instrument.id, position: free) {
            return refusal
        }
        guard growth.raw > 0, safeguards.rules.risk.isEnabled else { return nil }
        guard let candidate = try? candidate(decision, growth, instrument) else {
            return Refusal(.overflow)
        }
        let verdict = safeguards.rules.risk.verdict(candidate)
        // A request is never made smaller; it is refused if it exceeds a limit.
        return verdict.refusal ?? verdict.adjustments.first?.rule ?? rateRefusal(at: time)
    }

    /// The units that open sells have reserved. They cannot be sold twice.
    private func promised(_ strategy: StrategyID, _ instrument: InstrumentID) -> Quantity {
        desk.register.open.reduce(Quantity.zero) { sum, order in
            let terms = order.intended
            let isRival =
                order.account == account && terms.side == .sell && terms.strategy == strategy
                && terms.instrument == instrument
            return isRival ? sum + order.remaining : sum
        }
    }

    private func malformed(_ request: OrderRequested, _ instrument: Instrument) -> Refusal? {
        guard request.quantity.raw > 0 else { return Refusal(.sizeZero) }
        guard request.quantity.truncated(to: instrument.lot) == request.quantity else {
            return Refusal(
                .belowLot, limit: .quantity(instrument.lot),
                value: .quantity(request.quantity))
        }
        let needsLimit = request.orderType == .limit || request.orderType == .stopLimit
        let needsStop = request.orderType == .stop || request.orderType == .stopLimit
        return levelRefusal(request.limitPrice, needsLimit, instrument)
            ?? levelRefusal(request.stopPrice, needsStop, instrument)
    }

    /// A level must be present if the type needs one, and on the tick.
    private func levelRefusal(
        _ price: Price, _ isNeeded: Bool, _ instrument: Instrument
    ) -> Refusal? {
        let isGood =
            isNeeded
            ? price.raw > 0 && (try? price.rounded(to: instrument.tick, .down)) == price
            : price.raw == 0
        return isGood
            ? nil
            : Refusal(
                .badPrice, limit: .price(instrument.tick),
                value: .price(price))
    }

    private mutating func refuse(
        _ request: OrderRequested, _ refusal: Refusal, _ step: inout Step
    ) throws(EngineError) {
        try step.emit(
            IntentRejected(
                instrument: request.instrument, strategy: request.strategy, side: request.side,
                refusal: refusal), correlation: step.sequence)
        desk.countRejectedIntent()
    }

    // MARK: Cancel and replace

    /// Derives nothing if the order is no longer open.
    mutating func handle(
        _ request: OrderCancelRequested, _ step: inout Step
    ) throws(EngineError) {
        guard let order = desk.venue.order(request.order) else { return }
        try withdraw(order, .operatorCancelled, &step)
    }

    mutating func handle(
        _ request: OrderReplaceRequested, _ step: inout Step
    ) throws(EngineError) {
        guard desk.venue.order(request.order) != nil,
            let order = desk.register.order(request.order),
            let instrument = names[order.intended.instrument]
        else { return }
        var terms = order.intended
        if request.quantity.raw > 0 { terms.quantity = request.quantity }
        if request.limitPrice.raw > 0 { terms.limitPrice = request.limitPrice }
        if request.stopPrice.raw > 0 { terms.stopPrice = request.stopPrice }
        if let refusal = replaceRefusal(order, terms, instrument) {
            try step.emit(
                IntentRejected(
                    instrument: terms.instrument, strategy: terms.strategy, side: terms.side,
                    refusal: refusal), correlation: order.correlation)
            return desk.countRejectedIntent()
        }
        try change(order, to: terms, &step)
    }

    private func replaceRefusal(
        _ order: Order, _ terms: OrderIntended, _ instrument: Instrument
    ) -> Refusal? {
        guard terms.quantity > order.filled else {
            return Refusal(
                .sizeZero, limit: .quantity(order.filled),
                value: .quantity(terms.quantity))
        }
        var request = OrderRequested(
            instrument: terms.instrument, strategy: terms.strategy, side: terms.side,
            orderType: terms.orderType, quantity: terms.quantity, limitPrice: terms.limitPrice,
            stopPrice: terms.stopPrice, timeInForce: terms.timeInForce, clientOrder: "", actor: "")
        if let refusal = malformed(request, instrument) { return refusal }
        switch verdict(of: terms) {
        case .pass: break
        case .refused(let refusal): return refusal
        case .adjusted(_, let changes): if let refusal = changes.first { return refusal }
        }
        // The increase is checked like a new order.
        let more = terms.quantity - order.intended.quantity
        let old =
            order.intended.limitPrice.raw > 0 ? order.intended.limitPrice : terms.referencePrice
        let new = terms.limitPrice.raw > 0 ? terms.limitPrice : terms.referencePrice
        guard terms.side == .buy ? more.raw > 0 || new > old : more.raw > 0 else { return nil }
        let held =
            profit.positions.position(account, terms.strategy, terms.instrument)?.quantity ?? .zero
        request.quantity = terms.quantity - order.filled
        let decision = decision(request, instrument, isEntry: terms.purpose == .entry)
        if hasMargin, configuration?.margin?.kind == .margin {
            return marginRefusal(
                decision, request.quantity, terms.instrument, position: held, replacing: order.id)
        }
        guard terms.side == .sell else {
            let room = (try? Money.notional(old, order.remaining)) ?? .zero
            guard let cost = try? Money.notional(new, request.quantity) else {
                return Refusal(.overflow)
            }
            let reserved = (try? reserved(for: terms.instrument)) ?? .zero
            let free = balance(payingFor: terms.instrument) - reserved + room
            return cost <= free
                ? nil : Refusal(.insufficientCash, limit: .money(free), value: .money(cost))
        }
        return fundsRefusal(
            decision, more, terms.instrument,
            position: held - promised(terms.strategy, terms.instrument))
    }

    /// Changes an order's terms: at once at the simulated venue, after its report at an external venue.
    private mutating func change(
        _ order: Order, to terms: OrderIntended, _ step: inout Step
    ) throws(EngineError) {
        let generation = order.generation + 1
        if desk.isRemote {
            guard desk.remote[order.id]?.replace == nil, desk.remote[order.id]?.cancel == nil else {
                return
            }
            let event = ReplaceIntended(
                instrument: terms.instrument, generation: generation, order: order.id,
                quantity: terms.quantity, limitPrice: terms.limitPrice, stopPrice: terms.stopPrice)
            desk.remote.change(order.id) { $0.replace = event }
            try step.emit(event, correlation: order.correlation)
            return
        }
        let event = OrderReplaced(
            instrument: terms.instrument, generation: generation, order: order.id,
            quantity: terms.quantity, limitPrice: terms.limitPrice, stopPrice: terms.stopPrice,
            remaining: terms.quantity - order.filled)
        try apply(event, order, &step)
    }
}
