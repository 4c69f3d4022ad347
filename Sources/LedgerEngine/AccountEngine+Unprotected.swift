import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Orders that close or protect a position, should be at the venue, and are not. A person hears of each once.
extension AccountEngine {
    /// An order that reduces risk and is not at the venue, as far as the ledger knows.
    public struct Unprotected: Hashable, Sendable {
        public var terms: OrderIntended
        public var remaining: Quantity
        public var causeText: String
        /// Consecutive refusals.
        public var attempt: UInt32
        public var since: Timestamp
        /// When it may be sent or decided again; nil while an attempt has no answer.
        public var due: Timestamp?
    }

    public var unprotected: [Unprotected] {
        let deferred = desk.deferred.orders.compactMap { deferral -> Unprotected? in
            guard let order = desk.register.order(deferral.order) else { return nil }
            return Unprotected(
                terms: order.intended, remaining: order.remaining,
                causeText: "\(deferral.cause)", attempt: UInt32(deferral.attempt),
                since: deferral.since, due: deferral.isHome ? deferral.due : nil)
        }
        let unanswered = desk.remote.unanswered.compactMap { id -> Unprotected? in
            guard let order = desk.register.order(id), isUnanswered(order) else { return nil }
            return Unprotected(
                terms: order.intended, remaining: order.remaining, causeText: "no answer",
                attempt: 0, since: order.intendedAt)
        }
        return deferred + unanswered + desk.remote.refusals.compactMap(refusedExit)
    }

    /// The exit that the venue refused permanently; nil once its position is closed, or while a stop at the
    /// venue protects all of it.
    private func refusedExit(_ refusal: RemoteOrders.Refusal) -> Unprotected? {
        let (strategy, instrument) = (refusal.strategy, refusal.instrument)
        guard let position = profit.positions.position(account, strategy, instrument),
            position.quantity.raw != 0, !isDust(instrument, position.quantity)
        else { return nil }
        let protection = protection(of: position)
        guard protection.resting < position.quantity.magnitude else { return nil }
        let terms = OrderIntended(
            instrument: instrument, strategy: strategy,
            side: position.quantity.raw > 0 ? .sell : .buy, orderType: .market,
            intent: IntentID(high: 0, low: 0), quantity: position.quantity.magnitude,
            referencePrice: profit.equity.mark(instrument), timeInForce: .goodTillCancelled,
            purpose: .exit)
        return Unprotected(
            terms: terms, remaining: position.quantity.magnitude, causeText: "refused",
            attempt: refusal.count, since: refusal.since,
            due: protection.closing.raw > 0 ? nil : refusal.until)
    }

    // MARK: Refused

    /// Raises one alert for an exit that the venue refused permanently. From rules 5 on the second refusal
    /// raises it: after the first one, the venue's own figures often give a size that it takes.
    mutating func tellRefusal(
        of order: Order, _ reason: String, _ step: inout Step
    ) throws(EngineError) {
        let terms = order.intended
        guard rulesVersion.tellRefusedExits,
            let refusal = desk.remote.refusal(terms.strategy, terms.instrument),
            refusal.count == (rulesVersion.pauseEachExit ? 2 : 1), !refusal.isTold
        else { return }
        desk.remote.tell(terms.strategy, terms.instrument)
        try step.emit(
            AlertRaised(
                .warning, .unprotected, instrument: terms.instrument, strategy: terms.strategy,
                value: .quantity(order.remaining),
                text:
                    "the venue refused the \(terms.purpose) of \(order.remaining) for good; it is "
                    + "decided again from \(refusal.until) on, later each time: \(reason)"))
    }

    /// Raises one alert for an exit that the venue refused once and that was not decided again for ten seconds.
    mutating func tellLastingRefusals(_ step: inout Step) throws(EngineError) {
        for refusal in desk.remote.refusals
        where !refusal.isTold
            && step.time.nanoseconds(since: refusal.since) >= RemoteOrders.refusalPatience.count
        {
            guard let shown = refusedExit(refusal), shown.due != nil else { continue }
            desk.remote.tell(refusal.strategy, refusal.instrument)
            try step.emit(
                AlertRaised(
                    .warning, .unprotected, instrument: refusal.instrument,
                    strategy: refusal.strategy, value: .quantity(shown.remaining),
                    text:
                        "the venue refused the exit of \(shown.remaining) at \(refusal.since), and it "
                        + "is not decided again yet"))
        }
    }

    // MARK: Unanswered

    private func isUnanswered(_ order: Order) -> Bool {
        order.state == .intended && order.intended.purpose != .entry
            && desk.deferred[order.id] == nil && !desk.remote.isWaiting(order.id)
    }

    /// Raises one alert for each order that closes or protects a position and has had no answer for a minute.
    /// The run keeps asking the venue about it.
    mutating func tellUnanswered(_ step: inout Step) throws(EngineError) {
        for order in desk.register.open
        where isUnanswered(order)
            && step.time.nanoseconds(since: order.intendedAt) >= DeferredOrders.cancelPatience.count
        {
            guard desk.remote.tellUnanswered(order.id) else { continue }
            try step.emit(
                AlertRaised(
                    .warning, .unprotected, instrument: order.intended.instrument,
                    strategy: order.intended.strategy, value: .quantity(order.remaining),
                    text:
                        "the venue has not answered order \(order.id), the "
                        + "\(order.intended.purpose) of \(order.remaining), decided at "
                        + "\(order.intendedAt); the venue may or may not have it"))
        }
    }
}
