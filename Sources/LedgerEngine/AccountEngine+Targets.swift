import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Levels that the engine watches itself for an external venue: take profits, and stops that the venue
/// refused.
extension AccountEngine {
    /// The part of a position that no order closes and no exit of this purpose protects. A partial fill that was
    /// too small for a stop of its own is protected with the next one.
    func unguarded(_ slot: Int, _ entry: OrderIntended, _ purpose: Purpose) -> Quantity {
        var left = desk.slots[slot].position.magnitude
        for order in desk.venue.orders(entry.instrument)
        where order.terms.strategy == entry.strategy && order.terms.side != entry.side
            && order.terms.purpose != .entry
            && (order.terms.purpose == purpose || order.terms.parent == .none)
        { left = left - order.remaining }
        for target in desk.remote.targets
        where target.strategy == entry.strategy && target.instrument == entry.instrument
            && target.side != entry.side && target.purpose == purpose
        { left = left - target.quantity }
        return left
    }

    /// Watches a stop that the venue refused, as far as there is something to protect. Also watches a stop again
    /// whose market order the venue refused.
    mutating func watchStop(
        _ terms: OrderIntended, _ quantity: Quantity, _ reason: String, _ step: inout Step
    ) throws(EngineError) {
        guard desk.isRemote, terms.purpose == .stopLoss,
            let slot = desk.slot(of: terms), desk.slots[slot].position.raw * terms.side.sign < 0
        else { return }
        var rest = terms
        rest.quantity = quantity
        desk.remote.watch(rest, correlation: step.chain)
        trimTargets(slot)
        // Some venues do not accept this kind of stop.
        guard
            !rulesVersion.tellEpisodes
                || safeguards.alerts.note(
                    .stopRefused, strategy: terms.strategy, instrument: terms.instrument, level: 1)
        else { return }
        try step.emit(
            AlertRaised(
                .warning, .stopRefused, instrument: terms.instrument, strategy: terms.strategy,
                value: .quantity(quantity), threshold: .price(terms.level),
                text:
                    "the venue did not take a stop of \(quantity) at \(terms.level), which is "
                    + "watched here: \(reason)"))
    }

    /// Reduces levels so that they close no more than is held.
    mutating func trimTargets(_ slot: Int) {
        desk.remote.trim(
            desk.slots[slot].id, desk.slots[slot].instrument, to: desk.slots[slot].position)
    }

    mutating func reachTargets(
        _ quote: Quote, _ step: inout Step
    ) throws(EngineError) {
        // Sells execute at the bid and buys at the ask, so each side has its own price.
        if quote.bid.raw > 0 {
            try reachTargets(
                quote.instrument, low: quote.bid, high: quote.bid, of: .sell, &step)
        }
        if quote.ask.raw > 0 {
            try reachTargets(
                quote.instrument, low: quote.ask, high: quote.ask, of: .buy, &step)
        }
    }

    /// Closes at the market what reached its level. If a market order already closes the position, sends no
    /// second one, because both might fill.
    ///
    /// - Parameters:
    ///   - low: the lowest price of the event at hand.
    ///   - high: the highest.
    ///   - side: of the orders that levels become; both where it is nil.
    mutating func reachTargets(
        _ instrument: InstrumentID, low: Price, high: Price, of side: Side? = nil,
        _ step: inout Step
    ) throws(EngineError) {
        // A single unconfirmed price must not sell anything.
        guard low.raw > 0, high.raw > 0,
            !profit.equity.held.contains(where: { $0.instrument == instrument })
        else { return }
        if !desk.deferred.orders.isEmpty {
            try reachDeferredStops(instrument, low: low, high: high, of: side, &step)
        }
        while let target = takeTarget(instrument, low: low, high: high, of: side, at: step.time) {
            guard
                let slot = desk.slot(of: target.strategy, in: instrument),
                desk.slots[slot].position.raw * target.side.sign < 0
            else { continue }
            let terms = OrderIntended(
                instrument: instrument, strategy: target.strategy, side: target.side,
                orderType: .market, intent: desk.slots[slot].identity(target.side, at: step.time),
                quantity: min(target.quantity, desk.slots[slot].position.magnitude),
                referencePrice: target.price, timeInForce: .goodTillCancelled,
                purpose: target.purpose)
            step.chain = target.correlation
            try send(terms, &step)
        }
    }

    /// Removes the next level that is reached and may be acted upon.
    private mutating func takeTarget(
        _ instrument: InstrumentID, low: Price, high: Price, of side: Side?, at time: Timestamp
    ) -> RemoteOrders.Target? {
        let place = desk.remote.targets.firstIndex { target in
            guard target.instrument == instrument, (side ?? target.side) == target.side,
                !desk.remote.isRefused(target.strategy, instrument, at: time),
                closer(target.strategy, instrument, target.side) == nil,
                safeguards.gate.block(target.strategy, instrument, isReducing: true) == nil
            else { return false }
            let isAbove = (target.purpose == .stopLoss) == (target.side == .buy)
            return isAbove ? high >= target.price : low <= target.price
        }
        return place.map { desk.remote.takeTarget(at: $0) }
    }

    /// The market order that already closes a strategy's position. An order with a pending cancel counts,
    /// because a cancel seldom overtakes it.
    func closer(
        _ strategy: StrategyID, _ instrument: InstrumentID, _ side: Side
    ) -> WorkingOrder? {
        desk.venue.orders(instrument).first {
            $0.terms.strategy == strategy && $0.terms.purpose != .entry
                && $0.terms.orderType == .market && $0.terms.side == side
        }
    }
}
