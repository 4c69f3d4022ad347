import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Orders that the venue refused temporarily. An order that reduces risk stays open and is sent again under
/// another client order id, until the venue confirms it, it is no longer needed or an operator withdraws it.
/// An entry ends.
extension AccountEngine {
    mutating func handle(
        _ report: VenueDeferralReported, _ step: inout Step
    ) throws(EngineError) {
        guard desk.isRemote, var order = desk.register.order(report.order),
            desk.remote[order.id]?.end == nil
        else { return }
        let generation = UInt32(report.generation)
        if let replace = desk.remote[order.id]?.replace, replace.generation == generation {
            // The venue has cancelled the order and did not take its replacement.
            guard order.intended.purpose != .entry else { return try keepTerms(order, &step) }
            try replaced(order, replace, &step)
            guard let changed = desk.register.order(order.id) else { return }
            order = changed
        } else if order.state != .intended {
            return
        }
        guard order.generation == generation, !isHeldBack(order.id) else { return }
        if let reason = desk.remote[order.id]?.cancel {
            return try endAtHome(order, reason, &step)
        }
        guard order.intended.purpose != .entry else { return try giveUp(order, report, &step) }
        guard order.generation < DeferredOrders.lastGeneration else {
            desk.remote.change(order.id) {
                $0.end = RemoteOrders.End(
                    status: .rejected, filled: order.filled, reason: report.reason)
            }
            return try finish(order.id, &step)
        }
        try postpone(order, report, &step)
    }

    private mutating func postpone(
        _ order: Order, _ report: VenueDeferralReported, _ step: inout Step
    ) throws(EngineError) {
        let terms = order.intended
        let isNew = !desk.deferred.concerns(terms.strategy, terms.instrument)
        let deferral = desk.deferred.add(report, terms, at: step.time)
        // The venue treats each attempt as a separate order.
        let next = OrderReplaced(
            instrument: terms.instrument, generation: order.generation + 1, order: order.id,
            quantity: order.filled + order.remaining, limitPrice: terms.limitPrice,
            stopPrice: terms.stopPrice, remaining: order.remaining)
        try apply(next, order, &step)
        try step.emit(
            RetryScheduled(
                instrument: terms.instrument, cause: deferral.cause, attempt: deferral.attempt,
                order: order.id, since: deferral.since, due: deferral.due),
            correlation: order.correlation)
        guard isNew else { return }
        let level = terms.stopPrice.raw > 0 ? " at \(terms.stopPrice)" : ""
        try step.emit(
            AlertRaised(
                .warning, .unprotected, instrument: terms.instrument, strategy: terms.strategy,
                value: .quantity(order.remaining), threshold: .price(terms.stopPrice),
                text:
                    "the \(terms.purpose) of \(order.remaining)\(level) is not at the venue and is sent "
                    + "again from \(deferral.due) on: \(report.cause): \(report.reason)"))
    }

    /// Ends an entry. Its strategy may decide again after a pause.
    private mutating func giveUp(
        _ order: Order, _ report: VenueDeferralReported, _ step: inout Step
    ) throws(EngineError) {
        guard let working = desk.venue.remove(order.id, order.intended.instrument) else { return }
        desk.forget(order.id)
        try step.emit(
            OrderRejected(
                instrument: order.intended.instrument, order: order.id,
                reason: "\(report.cause): \(report.reason)"), correlation: order.correlation)
        try desk.move(order.id, to: .rejected, step)
        if let slot = desk.slot(of: order.intended) { desk.slots[slot].close(working.terms) }
        desk.deferred.pauseEntries(
            order.intended.strategy, order.intended.instrument, for: report.wait, at: step.time)
        try afterEnd(working, nil, &step)
    }

    /// Ends an order that certainly is not at the venue.
    private mutating func endAtHome(
        _ order: Order, _ reason: EndReason, _ step: inout Step
    ) throws(EngineError) {
        guard let working = desk.venue.remove(order.id, order.intended.instrument) else { return }
        desk.forget(order.id)
        try end(working, reason, expired: false, &step)
        try afterEnd(working, reason, &step)
    }

    // MARK: Another attempt

    /// Sends what is due again.
    mutating func retry(_ step: inout Step) throws(EngineError) {
        for deferral in desk.deferred.due(at: step.time) {
            guard let order = desk.register.order(deferral.order) else {
                desk.deferred.forget(deferral.order)
                continue
            }
            try retry(order, &step)
        }
    }

    private mutating func retry(_ order: Order, _ step: inout Step) throws(EngineError) {
        let terms = order.intended
        guard safeguards.gate.block(terms.strategy, terms.instrument, isReducing: true) == nil
        else { return }
        let held =
            profit.positions.position(account, terms.strategy, terms.instrument)?.quantity ?? .zero
        let left =
            held.raw * terms.side.sign < 0 ? min(order.remaining, held.magnitude) : .zero
        guard left.raw > 0 else { return try endAtHome(order, .positionClosed, &step) }
        if terms.parent != .none {
            // Both might fill.
            guard closer(terms.strategy, terms.instrument, terms.side) == nil else { return }
        } else {
            let blocking = protectors(of: terms).filter { !isHeldBack($0.id) }
            guard blocking.isEmpty else {
                desk.deferred.letGo(order.id)
                desk.remote.hold(order.id, behind: blocking.map(\.terms))
                for protector in blocking { try withdraw(protector, .positionClosed, &step) }
                return
            }
        }
        desk.deferred.letGo(order.id)
        if left < order.remaining {
            let smaller = OrderReplaced(
                instrument: terms.instrument, generation: order.generation + 1, order: order.id,
                quantity: order.filled + left, limitPrice: terms.limitPrice,
                stopPrice: terms.stopPrice, remaining: left)
            try apply(smaller, order, &step)
        }
        try step.emit(
            IntentReleased(instrument: terms.instrument, order: order.id),
            correlation: order.correlation)
    }

    // MARK: Cancels

    /// Tells a person once of each cancel that the venue does not answer. The run keeps asking.
    mutating func tellLateCancels(_ step: inout Step) throws(EngineError) {
        for late in desk.deferred.takeLateCancels(at: step.time) {
            guard let order = desk.register.order(late.order) else { continue }
            let terms = order.intended
            try step.emit(
                AlertRaised(
                    .warning, .cancelPending, instrument: terms.instrument,
                    strategy: terms.strategy, value: .quantity(order.remaining),
                    text:
                        "the venue has not answered the cancel of order \(order.id), asked for at "
                        + "\(late.since); it is asked again"))
        }
    }

    // MARK: Levels

    /// Turns stops that are not at the venue into orders at the market when their level is reached.
    mutating func reachDeferredStops(
        _ instrument: InstrumentID, low: Price, high: Price, of side: Side?, _ step: inout Step
    ) throws(EngineError) {
        for deferral in desk.deferred.orders
        where deferral.isHome && deferral.instrument == instrument {
            guard let order = desk.register.order(deferral.order), order.intended.parent != .none,
                order.intended.purpose == .stopLoss, order.intended.stopPrice.raw > 0,
                (side ?? order.intended.side) == order.intended.side,
                order.intended.side == .buy
                    ? high >= order.intended.stopPrice : low <= order.intended.stopPrice,
                closer(deferral.strategy, instrument, order.intended.side) == nil,
                safeguards.gate.block(deferral.strategy, instrument, isReducing: true) == nil,
                let working = desk.venue.remove(order.id, instrument)
            else { continue }
            desk.forget(order.id)
            try end(working, .positionClosed, expired: false, &step)
            guard let slot = desk.slot(of: working.terms),
                desk.slots[slot].position.raw * working.terms.side.sign < 0
            else { continue }
            let terms = OrderIntended(
                instrument: instrument, strategy: working.terms.strategy, side: working.terms.side,
                orderType: .market,
                intent: desk.slots[slot].identity(working.terms.side, at: step.time),
                quantity: min(working.remaining, desk.slots[slot].position.magnitude),
                referencePrice: working.terms.stopPrice, timeInForce: .goodTillCancelled,
                purpose: .stopLoss)
            step.chain = order.correlation
            try send(terms, &step)
        }
    }
}
