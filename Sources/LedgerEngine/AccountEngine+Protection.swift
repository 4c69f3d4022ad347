import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What protects a position, and what has not reached the venue yet.
extension AccountEngine {
    /// How much of a position each kind of protection covers.
    public struct Protection: Hashable, Sendable {
        /// Stops that the venue has accepted.
        public var resting = Quantity.zero
        /// Stops that the engine watches itself. They need a running process.
        public var watched = Quantity.zero
        /// Market orders that close the position.
        public var closing = Quantity.zero
    }

    public func protection(of position: Position) -> Protection {
        var found = Protection()
        for order in desk.venue.orders(position.instrument)
        where order.terms.strategy == position.strategy
            && position.quantity.raw * order.terms.side.sign < 0
        {
            if order.terms.purpose == .stopLoss {
                if hasArrived(order.id) {
                    found.resting = found.resting + order.remaining
                } else if desk.deferred.isHome(order.id) {
                    found.watched = found.watched + order.remaining
                }
            } else if order.terms.orderType == .market, !desk.deferred.isHome(order.id) {
                found.closing = found.closing + order.remaining
            }
        }
        for target in desk.remote.targets
        where target.strategy == position.strategy && target.instrument == position.instrument
            && target.purpose == .stopLoss
        { found.watched = found.watched + target.quantity }
        return found
    }

    /// Whether the venue has the order; the simulated venue has every order at once.
    private func hasArrived(_ id: OrderID) -> Bool {
        guard desk.isRemote else { return true }
        return [.accepted, .partiallyFilled].contains(desk.register.order(id)?.state)
    }

    /// How many orders the venue has not confirmed, and how many cancels it has not answered. If no process
    /// runs the journal, these were not sent or nobody receives the answer.
    public var unanswered: (orders: Int, cancels: Int) {
        guard desk.isRemote else { return (0, 0) }
        let open = desk.register.open
        return (
            open.count { $0.state == .intended || $0.state == .submitted },
            open.count { desk.remote[$0.id]?.cancel != nil }
        )
    }
}
