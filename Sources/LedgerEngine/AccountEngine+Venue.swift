import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Reports of an external venue about our orders. A report is an input, from which the ledger derives
/// `OrderAccepted`, `OrderFilled` and so on. Reports arrive late, twice and out of order, so an order ends
/// only when the venue has ended it and every fill that the venue counts is booked.
extension AccountEngine {
    /// Orders that ended at the venue and whose fills are incomplete. The executor asks for the rest.
    public var ordersMissingFills: [Order] {
        desk.register.open.filter { order in
            desk.remote[order.id]?.end.map { $0.filled > order.filled } ?? false
        }
    }

    /// The requests about an open order that the venue has not answered.
    public func awaited(_ order: OrderID) -> (cancel: EndReason?, replace: ReplaceIntended?) {
        (desk.remote[order]?.cancel, desk.remote[order]?.replace)
    }

    mutating func handle(
        _ report: VenueStatusReported, _ step: inout Step
    ) throws(EngineError) {
        // The order has ended here or is not ours. A reconciliation finds any difference.
        guard desk.isRemote, let order = desk.register.order(report.order) else { return }
        if let replace = desk.remote[order.id]?.replace,
            replace.generation == UInt32(report.generation)
        {
            switch report.status {
            case .rejected, .unknown, .replaceRefused:
                return try keepTerms(order, &step)
            default: try replaced(order, replace, &step)
            }
        } else if order.generation != UInt32(report.generation) {
            return
        }
        switch report.status {
        case .pending: try acknowledge(order.id, isAccepted: false, &step)
        case .accepted, .partiallyFilled:
            try acknowledge(order.id, isAccepted: true, &step)
        // The cancel may have overtaken its order, so it stays pending and is sent again.
        case .cancelRefused: break
        case .replaceRefused: try keepTerms(order, &step)
        // The replacement has its own reports. A replacement by another client is a different order.
        case .replaced where desk.remote[order.id]?.replace != nil: break
        case .filled, .cancelled, .expired, .rejected, .unknown, .replaced:
            let end = RemoteOrders.End(
                status: report.status, filled: report.filled, reason: report.reason)
            desk.remote.change(order.id) { $0.end = end }
            try finish(order.id, &step)
        }
    }

    private mutating func acknowledge(
        _ id: OrderID, isAccepted: Bool, _ step: inout Step
    ) throws(EngineError) {
        guard let order = desk.register.order(id) else { return }
        let instrument = order.intended.instrument
        let wasDeferred = desk.deferred[id] != nil
        desk.deferred.confirm(id)
        if order.state == .intended {
            try step.emit(
                OrderSubmitted(instrument: instrument, order: id), correlation: order.correlation)
            try desk.move(id, to: .submitted, step)
        }
        guard isAccepted, desk.register.order(id)?.state == .submitted else { return }
        try step.emit(
            OrderAccepted(instrument: instrument, order: id, activeFrom: step.time),
            correlation: order.correlation)
        try desk.move(id, to: .accepted, step)
        // A watched stop is sent as a market order, so its refusal does not concern stops.
        if order.intended.purpose == .stopLoss, order.intended.orderType != .market,
            !safeguards.alerts.isEmpty
        {
            _ = safeguards.alerts.note(
                .stopRefused, strategy: order.intended.strategy, instrument: instrument, level: 0)
        }
        guard !wasDeferred, let since = couldLeave(order) else { return }
        let wait = Price(raw: Int64(clamping: Int128(step.time.nanoseconds(since: since)) * 1000))
        try watchLatency(wait, of: "order \(id)", &step)
    }

    /// From when on an order could be sent; nil where nobody knows, such as after the time without a process in
    /// which the venue may have accepted it.
    private func couldLeave(_ order: Order) -> Timestamp? {
        guard rulesVersion.timeReachableOrders else { return order.intendedAt }
        guard let reachable = desk.remote.reachableSince, !desk.remote.hasWaited(order.id) else {
            return nil
        }
        return max(order.intendedAt, reachable)
    }

    // MARK: Replacements

    mutating func replaced(
        _ order: Order, _ replace: ReplaceIntended, _ step: inout Step
    ) throws(EngineError) {
        // A concurrent fill may have left nothing to replace.
        desk.remote.change(order.id) {
            $0.replace = nil
            $0.end = nil
        }
        let remaining = replace.quantity - order.filled
        guard remaining.raw > 0 else { return }
        try acknowledge(order.id, isAccepted: true, &step)
        let event = OrderReplaced(
            instrument: replace.instrument, generation: replace.generation, order: order.id,
            quantity: replace.quantity, limitPrice: replace.limitPrice,
            stopPrice: replace.stopPrice, remaining: remaining)
        try apply(event, order, &step)
    }

    /// Books a replacement and changes the working order's terms.
    mutating func apply(
        _ event: OrderReplaced, _ order: Order, _ step: inout Step
    ) throws(EngineError) {
        var terms = order.intended
        terms.quantity = event.quantity
        terms.limitPrice = event.limitPrice
        terms.stopPrice = event.stopPrice
        let sequence = try step.emit(event, correlation: order.correlation)
        _ = desk.venue.amend(order.id, terms, remaining: event.remaining)
        try desk.replace(event, as: sequence, step)
    }

    /// Ends a failed replacement. If the old order was cancelled for it, the order ends.
    mutating func keepTerms(
        _ order: Order, _ step: inout Step
    ) throws(EngineError) {
        desk.remote.change(order.id) { $0.replace = nil }
        try finish(order.id, &step)
    }

    // MARK: Fills

    mutating func handle(
        _ fill: VenueFillReported, _ step: inout Step
    ) throws(EngineError) {
        // A fill of a replacement proves that it was accepted.
        if let order = desk.register.order(fill.order),
            let replace = desk.remote[order.id]?.replace,
            replace.generation == UInt32(fill.generation)
        {
            try replaced(order, replace, &step)
        }
        guard desk.isRemote, isBookable(fill), let order = desk.register.order(fill.order),
            order.intended.instrument == fill.instrument, order.intended.side == fill.side,
            fill.quantity <= order.remaining
        else { return try unmatched(fill, &step) }
        try acknowledge(order.id, isAccepted: true, &step)
        guard let working = desk.venue.fill(order.id, fill.instrument, fill.quantity) else {
            return try unmatched(fill, &step)
        }
        let commission = commission(of: fill, order.intended.strategy)
        let booked = OrderFilled(
            instrument: fill.instrument, strategy: order.intended.strategy, side: fill.side,
            liquidity: fill.liquidity, order: order.id, execution: working.fills,
            price: fill.price, quantity: fill.quantity, fee: commission?.money ?? .zero,
            remaining: working.remaining)
        desk.remote.accepted(order.intended.strategy, order.intended.instrument)
        desk.deferred.resumeEntries(order.intended.strategy, order.intended.instrument)
        try book(booked, working, paying: commission ?? Commission(), &step)
        if commission == nil { try report(unbooked: fill, &step) }
        try finish(order.id, &step)
        if working.remaining.raw == 0 {
            desk.forget(order.id)
            try afterEnd(working, nil, &step)
            if safeguards.gate.isFlattening { try flattenAgain(&step) }
        }
    }

    /// Whether a fill has plausible numbers. Never trust a venue's numbers unchecked.
    private func isBookable(_ fill: VenueFillReported) -> Bool {
        fill.price.raw > 0 && fill.quantity.raw > 0
            && fill.fee.raw.magnitude <= Money.limit.raw.magnitude
            && (try? Money.notional(fill.price, fill.quantity)) != nil
    }

    /// Blocks entries until a reconciliation passes, because the venue filled an order that is not open here.
    private mutating func unmatched(
        _ fill: VenueFillReported, _ step: inout Step
    ) throws(EngineError) {
        let detail =
            "execution \(fill.execution) of \(fill.clientOrder) at \(fill.price) fits no open order"
        try step.emit(
            DiscrepancyFound(
                .unrecordedFill, instrument: fill.instrument, snapshot: 0, ledger: .zero,
                venue: .quantity(fill.quantity), order: fill.order,
                symbol: names.symbol(fill.instrument), detail: detail))
        try engage(
            LatchEngaged(
                .reconciliation, clears: .automatic, actor: "engine", reason: detail), &step)
    }

    // MARK: Ends

    /// Ends the order if the venue ended it and no fill is missing.
    mutating func finish(
        _ id: OrderID, _ step: inout Step
    ) throws(EngineError) {
        guard let order = desk.register.order(id), let entry = desk.remote[id], let end = entry.end,
            entry.replace == nil, order.filled >= end.filled,
            let working = desk.venue.remove(id, order.intended.instrument)
        else { return }
        let reason = entry.cancel
        desk.forget(id)
        let refused = end.status == .rejected || end.status == .unknown
        if refused, order.filled.raw == 0 {
            try step.emit(
                OrderRejected(
                    instrument: order.intended.instrument, order: id, reason: end.reason),
                correlation: order.correlation)
            try desk.move(id, to: .rejected, step)
            if let slot = desk.slot(of: order.intended) { desk.slots[slot].close(working.terms) }
            // A refused stop does not mean that a market order is refused.
            if order.intended.purpose != .entry, order.intended.parent == .none {
                desk.remote.refused(
                    order.intended.strategy, order.intended.instrument, at: step.time)
                try tellRefusal(of: order, end.reason, &step)
            }
            try handle(
                FaultReported(.orderRejected, origin: "venue", detail: end.reason), &step)
        } else {
            try self.end(
                working, reason ?? .venueCancelled, expired: end.status == .expired, &step)
        }
        // An exit that comes to nothing waits before it is decided again, however it ended.
        if rulesVersion.pauseEachExit, end.status == .expired, order.filled.raw == 0, reason == nil,
            order.intended.purpose != .entry, order.intended.parent == .none
        {
            desk.remote.refused(order.intended.strategy, order.intended.instrument, at: step.time)
            try tellRefusal(of: order, end.reason.isEmpty ? "expired" : end.reason, &step)
        }
        let isEmptyEntry =
            order.intended.purpose == .entry && order.filled.raw == 0 && reason == nil
        if isEmptyEntry, refused || end.status == .expired, rulesVersion.pauseEmptyEntries {
            desk.deferred.pauseEntries(
                order.intended.strategy, order.intended.instrument, at: step.time)
        }
        // A stop that was cancelled by hand is not wanted. A stop that the venue ended is still needed.
        if reason == nil, refused || end.status == .expired {
            step.chain = order.correlation
            try watchStop(
                order.intended, working.remaining, end.reason, &step)
        }
        try afterEnd(working, reason, &step)
    }

    /// Continues what waited for an order's end.
    mutating func afterEnd(
        _ order: WorkingOrder, _ reason: EndReason?, _ step: inout Step
    ) throws(EngineError) {
        let terms = order.terms
        try protectAgain(order, &step)
        if !waiting(terms.strategy, terms.instrument).isEmpty {
            return try release(terms.strategy, terms.instrument, &step)
        }
        if reason == .positionClosed, terms.parent != .none {
            try protectRest(terms, order.remaining, &step)
        }
        if reason == .halted { try flattenAgain(&step) }
    }

    mutating func handle(
        _ change: LinkChanged, _ step: inout Step
    ) throws(EngineError) {
        if change.link == .key, change.isUp {
            safeguards.monitors.counters.reset(.authentication)
            try clear(
                LatchCleared(.authentication, actor: change.venue, reason: change.reason), &step)
            desk.deferred.expedite(at: step.time)
        }
        guard change.link == .orders else { return }
        if rulesVersion.timeReachableOrders {
            desk.remote.reach(since: change.isUp ? step.time : nil)
        }
        if change.isUp {
            try clear(
                LatchCleared(.orderStream, actor: change.venue, reason: change.reason), &step)
            // The venue has just answered a query about every order.
            desk.deferred.expedite(at: step.time)
        } else {
            try engage(
                LatchEngaged(
                    .orderStream, clears: .automatic, actor: change.venue, reason: change.reason),
                &step)
        }
    }
}
