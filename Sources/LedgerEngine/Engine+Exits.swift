import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Exits at a venue outside. It locks what an order may sell, so one that reduces a position waits until the
/// orders that protect it are back, and a take profit is watched here instead of resting there.
extension Engine {
    /// Whether an order has been decided and may not leave yet.
    public func isHeldBack(_ order: OrderID) -> Bool { remote.isWaiting(order) }

    /// Keeps an order that was just decided until what protects the position is back from the venue.
    mutating func holdBack(
        _ id: OrderID, _ terms: OrderIntended, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        guard terms.parent == .none else { return }
        let blocking = protectors(of: terms)
        guard !blocking.isEmpty else { return }
        remote.exits.append(
            RemoteOrders.Exit(order: id, isWaiting: true, protectors: blocking.map(\.terms)))
        for order in blocking { try withdraw(order, .positionClosed, context, into: &batch) }
    }

    private func protectors(of terms: OrderIntended) -> [WorkingOrder] {
        venue.orders(terms.instrument).filter {
            $0.terms.parent != .none && $0.terms.strategy == terms.strategy
                && $0.terms.side == terms.side
        }
    }

    /// The orders of a strategy that wait, in an instrument.
    func waiting(_ strategy: StrategyID, _ instrument: InstrumentID) -> [WorkingOrder] {
        guard !remote.exits.isEmpty else { return [] }
        return venue.orders(instrument).filter {
            $0.terms.strategy == strategy && remote.isWaiting($0.id)
        }
    }

    /// Lets go what waited for orders that are gone, for what is still there to close.
    mutating func release(
        _ strategy: StrategyID, _ instrument: InstrumentID, _ context: StepContext,
        into batch: inout Batch
    ) throws(EngineError) {
        for order in waiting(strategy, instrument) {
            let position = books.positions.position(account, strategy, instrument)
            let held = position?.quantity ?? .zero
            let left =
                held.raw * order.terms.side.sign < 0
                ? min(order.remaining, held.magnitude) : .zero
            let locked = protectors(of: order.terms).reduce(Int128(0)) { $0 + $1.remaining.raw }
            guard left.raw <= held.magnitude.raw - locked || left.raw == 0 else { continue }
            guard left.raw > 0 else {
                remote.exits.removeAll { $0.order == order.id }
                guard let removed = venue.remove(order.id, instrument) else { continue }
                try end(removed, .positionClosed, expired: false, context, into: &batch)
                continue
            }
            for place in remote.exits.indices where remote.exits[place].order == order.id {
                remote.exits[place].isWaiting = false
            }
            if left < order.remaining, let known = orders.order(order.id) {
                let event = OrderReplaced(
                    instrument: instrument, generation: known.generation + 1, order: order.id,
                    quantity: left, limitPrice: order.terms.limitPrice,
                    stopPrice: order.terms.stopPrice, remaining: left)
                try apply(event, known, context, into: &batch)
            }
            try emit(
                IntentReleased(instrument: instrument, order: order.id), context,
                correlation: orders.order(order.id)?.correlation ?? .none, into: &batch)
        }
    }

    /// Places anew what made way for an exit that is over and left some of the position.
    mutating func protectAgain(
        _ exit: WorkingOrder, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        guard let place = remote.exits.firstIndex(where: { $0.order == exit.id }) else { return }
        let protectors = remote.exits.remove(at: place).protectors
        guard let slot = slot(of: exit.terms), protectors.allSatisfy({ $0.parent != .none }),
            slots[slot].workingOrders == 0
        else { return }
        for terms in protectors {
            try protectRest(terms, terms.quantity, context, into: &batch)
        }
    }

    /// Places a protecting order that was taken back anew, for what of the position nothing else protects.
    mutating func protectRest(
        _ terms: OrderIntended, _ quantity: Quantity, _ context: StepContext,
        into batch: inout Batch
    ) throws(EngineError) {
        guard let slot = slot(of: terms) else { return }
        let position = slots[slot].position
        guard position.raw * terms.side.sign < 0 else { return }
        let others = venue.orders(terms.instrument).reduce(Int128(0)) { sum, other in
            let isLike =
                other.terms.strategy == terms.strategy && other.terms.purpose == terms.purpose
            return isLike ? sum + other.remaining.raw : sum
        }
        let left = Quantity(raw: min(quantity.raw, position.magnitude.raw - others))
        guard left.raw > 0 else { return }
        var again = terms
        again.quantity = left
        again.intent = identity(slot, terms.side, context)
        slots[slot].protecting += 1
        try send(again, context, correlation: context.sequence, into: &batch)
    }

    /// What of a position no order closes and no exit of this purpose protects yet: parts of an entry that
    /// were too small for the venue to take a stop for are protected with the next part.
    func unguarded(_ slot: Int, _ entry: OrderIntended, _ purpose: Purpose) -> Quantity {
        var left = slots[slot].position.magnitude
        for order in venue.orders(entry.instrument)
        where order.terms.strategy == entry.strategy && order.terms.side != entry.side
            && order.terms.purpose != .entry
            && (order.terms.purpose == purpose || order.terms.parent == .none)
        { left = left - order.remaining }
        guard purpose == .takeProfit else { return left }
        for target in remote.targets
        where target.strategy == entry.strategy && target.instrument == entry.instrument
            && target.side != entry.side
        { left = left - target.quantity }
        return left
    }

    // MARK: Targets

    /// Watches a take profit here.
    mutating func watchTarget(_ terms: OrderIntended, correlation: SequenceNumber) {
        remote.targets.append(
            RemoteOrders.Target(
                strategy: terms.strategy, instrument: terms.instrument, side: terms.side,
                price: terms.limitPrice, quantity: terms.quantity, correlation: correlation))
    }

    /// Targets must not close more than is held.
    mutating func trimTargets(_ slot: Int) {
        guard !remote.targets.isEmpty else { return }
        let position = slots[slot].position
        var room = position.magnitude
        for place in remote.targets.indices
        where remote.targets[place].strategy == slots[slot].id
            && remote.targets[place].instrument == slots[slot].instrument
        {
            let isClosing = position.raw * remote.targets[place].side.sign < 0
            let left = isClosing ? min(room, remote.targets[place].quantity) : .zero
            remote.targets[place].quantity = left
            room = room - left
        }
        remote.targets.removeAll { $0.quantity.raw == 0 }
    }

    /// Closes at the market what reached its target.
    ///
    /// - Parameters:
    ///   - sold: the best price at which something could be sold in the event at hand.
    ///   - bought: the best at which something could be bought.
    mutating func takeProfits(
        _ instrument: InstrumentID, sold: Price, bought: Price, _ context: StepContext,
        into batch: inout Batch
    ) throws(EngineError) {
        while let place = remote.targets.firstIndex(where: { target in
            guard target.instrument == instrument else { return false }
            return target.side == .sell
                ? sold.raw > 0 && sold >= target.price : bought.raw > 0 && bought <= target.price
        }) {
            let target = remote.targets.remove(at: place)
            guard
                let slot = slots.firstIndex(where: {
                    $0.id == target.strategy && $0.instrument == instrument
                }), slots[slot].position.raw * target.side.sign < 0,
                gate.block(target.strategy, instrument, isReducing: true) == nil
            else { continue }
            let terms = OrderIntended(
                instrument: instrument, strategy: target.strategy, side: target.side,
                orderType: .market, intent: identity(slot, target.side, context),
                quantity: min(target.quantity, slots[slot].position.magnitude),
                referencePrice: target.price, timeInForce: .goodTillCancelled,
                purpose: .takeProfit)
            slots[slot].workingOrders += 1
            try send(terms, context, correlation: target.correlation, into: &batch)
        }
    }
}
