import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Exits at an external venue. The venue locks the units that an order may sell. An order that reduces a
/// position therefore waits until the orders that protect the position are cancelled, and the engine watches
/// a take profit itself.
extension AccountEngine {
    /// Whether an order was decided and must not be sent yet.
    public func isHeldBack(_ order: OrderID) -> Bool {
        desk.remote.isWaiting(order) || desk.deferred.isHome(order)
    }

    /// Holds a new order back until the orders that protect the position are cancelled.
    mutating func holdBack(
        _ id: OrderID, _ terms: OrderIntended, _ step: inout Step
    ) throws(EngineError) {
        guard terms.parent == .none else { return }
        let blocking = protectors(of: terms)
        guard !blocking.isEmpty else { return }
        desk.remote.hold(id, behind: blocking.map(\.terms))
        for order in blocking { try withdraw(order, .positionClosed, &step) }
    }

    func protectors(of terms: OrderIntended) -> [WorkingOrder] {
        desk.venue.orders(terms.instrument).filter {
            $0.terms.parent != .none && $0.terms.strategy == terms.strategy
                && $0.terms.side == terms.side
        }
    }

    /// The waiting orders of a strategy in an instrument.
    func waiting(_ strategy: StrategyID, _ instrument: InstrumentID) -> [WorkingOrder] {
        guard !desk.remote.exits.isEmpty else { return [] }
        return desk.venue.orders(instrument).filter {
            $0.terms.strategy == strategy && desk.remote.isWaiting($0.id)
        }
    }

    /// Releases orders that waited for protecting orders to end, sized to what is left to close.
    mutating func release(
        _ strategy: StrategyID, _ instrument: InstrumentID, _ step: inout Step
    ) throws(EngineError) {
        for order in waiting(strategy, instrument) {
            let position = profit.positions.position(account, strategy, instrument)
            let held = position?.quantity ?? .zero
            let left =
                held.raw * order.terms.side.sign < 0
                ? min(order.remaining, held.magnitude) : .zero
            let locked = protectors(of: order.terms).reduce(Int128(0)) { $0 + $1.remaining.raw }
            guard left.raw <= held.magnitude.raw - locked || left.raw == 0 else { continue }
            guard left.raw > 0 else {
                desk.remote.dropExit(order.id)
                guard let removed = desk.venue.remove(order.id, instrument) else { continue }
                try end(removed, .positionClosed, expired: false, &step)
                continue
            }
            desk.remote.letGo(order.id)
            if left < order.remaining, let known = desk.register.order(order.id) {
                let event = OrderReplaced(
                    instrument: instrument, generation: known.generation + 1, order: order.id,
                    quantity: left, limitPrice: order.terms.limitPrice,
                    stopPrice: order.terms.stopPrice, remaining: left)
                try apply(event, known, &step)
            }
            try step.emit(
                IntentReleased(instrument: instrument, order: order.id),
                correlation: desk.register.order(order.id)?.correlation ?? .none)
        }
    }

    /// Places protecting orders again that were withdrawn for an exit which left part of the position.
    mutating func protectAgain(
        _ exit: WorkingOrder, _ step: inout Step
    ) throws(EngineError) {
        guard let protectors = desk.remote.takeProtectors(of: exit.id) else { return }
        guard let slot = desk.slot(of: exit.terms), protectors.allSatisfy({ $0.parent != .none }),
            desk.slots[slot].workingOrders == 0
        else { return }
        for terms in protectors {
            try protectRest(terms, terms.quantity, &step)
        }
    }

    /// Places a withdrawn protecting order again for the unprotected part of the position.
    mutating func protectRest(
        _ terms: OrderIntended, _ quantity: Quantity, _ step: inout Step
    ) throws(EngineError) {
        guard let slot = desk.slot(of: terms) else { return }
        let position = desk.slots[slot].position
        guard position.raw * terms.side.sign < 0 else { return }
        let others = desk.venue.orders(terms.instrument).reduce(Int128(0)) { sum, other in
            let isLike =
                other.terms.strategy == terms.strategy && other.terms.purpose == terms.purpose
            return isLike ? sum + other.remaining.raw : sum
        }
        let watched = desk.remote.targets.reduce(Int128(0)) { sum, target in
            let isLike =
                target.strategy == terms.strategy && target.instrument == terms.instrument
                && target.purpose == terms.purpose
            return isLike ? sum + target.quantity.raw : sum
        }
        let left = Quantity(raw: min(quantity.raw, position.magnitude.raw - others - watched))
        guard left.raw > 0 else { return }
        var again = terms
        again.quantity = left
        again.intent = desk.slots[slot].identity(terms.side, at: step.time)
        step.chain = step.sequence
        try sendProtecting(again, &step)
    }

    /// Sends an exit that protects; a stop that fits no filter of the venue is watched here. Parts below
    /// the venue's sizes are not watched: the next part protects them too, or no order can close them.
    mutating func sendProtecting(
        _ terms: OrderIntended, _ step: inout Step
    ) throws(EngineError) {
        let refusal = try send(terms, &step)
        guard let refusal, ![.lotSize, .marketLotSize, .notional].contains(refusal.reason) else {
            return
        }
        try watchStop(
            terms, terms.quantity, "\(refusal.reason)", &step)
    }
}
