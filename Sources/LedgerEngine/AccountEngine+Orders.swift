import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// From an order to the venue, and from the venue's reports to bookings.
extension AccountEngine {
    /// - Returns: why the venue's filters refuse the order; nil if it was sent.
    @discardableResult
    mutating func send(
        _ terms: OrderIntended, _ step: inout Step
    ) throws(EngineError) -> Refusal? {
        var terms = terms
        let refusal = try conform(&terms, &step)
        guard refusal == nil else { return refusal }
        if let slot = desk.slot(of: terms) { desk.slots[slot].open(terms) }
        let id = try step.emitInChain(terms)
        safeguards.monitors.counters.submitOrder()
        step.sent.append(SentIntent(intent: terms.intent, sequence: id))
        try desk.intend(terms, account, as: id, step)
        if desk.isRemote {
            // The venue's report says when it was submitted and accepted.
            _ = desk.venue.accept(terms, id: id, account: account, at: step.time)
            try holdBack(id, terms, &step)
            return nil
        }
        try step.emitInChain(OrderSubmitted(instrument: terms.instrument, order: id))
        let dayEnds =
            terms.timeInForce == .day
            ? (try? calendar.session(closingAfter: step.time))?.closes : nil
        let activeFrom = desk.venue.accept(
            terms, id: id, account: account, at: step.time, dayEnds: dayEnds)
        try step.emitInChain(
            OrderAccepted(instrument: terms.instrument, order: id, activeFrom: activeFrom))
        try desk.move(id, to: .submitted, step)
        try desk.move(id, to: .accepted, step)
        return nil
    }

    // MARK: Size and refusal

    /// Units, rounded down to whole lots and to what a record can hold; 0 if there is nothing to do.
    func size(_ decision: Decision, _ slot: Int, _ instrument: Instrument) -> Quantity {
        let wanted = wanted(decision, slot).written
        // After a split a position may hold less than a lot, so it is sold as a whole.
        return decision.size == .position ? wanted : wanted.truncated(to: instrument.lot)
    }

    private func wanted(_ decision: Decision, _ slot: Int) -> Quantity {
        let worth = knownWorth
        let instrument = desk.slots[slot].instrument
        let wanted: Double
        switch decision.size {
        case .units(let quantity): return quantity
        case .position: return desk.slots[slot].position.magnitude
        case .risk(let share, let distance):
            let unit = conversion(of: instrument)?.double ?? 1
            wanted = (worth?.equity.double ?? 0) * share / (distance.double * unit)
        case .cash(let share):
            let free =
                balance(payingFor: instrument) - ((try? reserved(for: instrument)) ?? .zero)
            wanted = free.double * share / decision.price.double
        }
        guard wanted.isFinite, wanted > 0, wanted < Quantity.limit.double else { return .zero }
        return Quantity(raw: Int128(wanted * 1e9))
    }

    /// The first rule that the order breaks; nil if it may be sent.
    func refusal(
        _ decision: Decision, _ quantity: Quantity, _ slot: Int, _ instrument: Instrument
    ) -> Refusal? {
        guard quantity.raw > 0 else {
            return Refusal(.sizeZero, limit: .quantity(instrument.lot))
        }
        guard quantity <= Quantity.limit else {
            return Refusal(
                .overflow, limit: .quantity(.limit), value: .quantity(quantity))
        }
        guard decision.price.raw > 0 else {
            return Refusal(.badPrice, value: .price(decision.price))
        }
        let position = desk.slots[slot].position
        let isExit = increase(decision.side, quantity, of: position).raw == 0
        if let refusal = currencyRefusal(instrument, isExit: isExit) { return refusal }
        return fundsRefusal(decision, quantity, instrument.id, position: position)
    }

    /// Whether the account can pay for a buy, or holds what it sells.
    func fundsRefusal(
        _ decision: Decision, _ quantity: Quantity, _ instrument: InstrumentID, position: Quantity
    ) -> Refusal? {
        if hasMargin {
            let refusal = marginRefusal(decision, quantity, instrument, position: position)
            // What is paid in full must be there in the currency that pays it.
            if refusal != nil || configuration?.margin?.kind == .margin { return refusal }
        }
        do {
            return decision.side == .buy
                ? try cashRefusal(decision, quantity, instrument, position: position)
                : try shortRefusal(decision, quantity, instrument, position: position)
        } catch { return Refusal(.overflow) }
    }

    private func cashRefusal(
        _ decision: Decision, _ quantity: Quantity, _ instrument: InstrumentID, position: Quantity
    ) throws(NumberError) -> Refusal? {
        // Covering a short frees more cash than it costs.
        if position.raw <= -quantity.raw { return nil }
        let price = decision.limitPrice.raw > 0 ? decision.limitPrice : decision.price
        let fee = try desk.venue.settings.fees.fee(price: price, quantity: quantity, isFirst: true)
        let cost = try Money.notional(price, quantity) + fee
        let free = balance(payingFor: instrument) - (try reserved(for: instrument))
        return cost <= free
            ? nil : Refusal(.insufficientCash, limit: .money(free), value: .money(cost))
    }

    private func shortRefusal(
        _ decision: Decision, _ quantity: Quantity, _ instrument: InstrumentID, position: Quantity
    ) throws(NumberError) -> Refusal? {
        if quantity <= position { return nil }
        guard configuration?.allowShort == true else {
            return Refusal(
                .noPosition, limit: .quantity(position), value: .quantity(quantity))
        }
        // A short may not be worth more than the account.
        let value = try worth(
            of: Money.notional(decision.price, quantity - position), in: instrument)
        let equity = knownWorth?.equity ?? .zero
        return value <= equity
            ? nil : Refusal(.insufficientCash, limit: .money(equity), value: .money(value))
    }

    // MARK: Reports

    /// Takes all of the venue's reports about the current market event.
    mutating func settle(_ step: inout Step) throws(EngineError) {
        while let report = try nextReport() { try handle(report, &step) }
    }

    private mutating func nextReport() throws(EngineError) -> VenueReport? {
        do { return try desk.venue.next() } catch { throw .number(error) }
    }

    mutating func handle(
        _ report: VenueReport, _ step: inout Step
    ) throws(EngineError) {
        switch report {
        case .filled(let order, let price, let quantity, let fee, let liquidity):
            let fill = OrderFilled(
                instrument: order.terms.instrument, strategy: order.terms.strategy,
                side: order.terms.side, liquidity: liquidity, order: order.id,
                execution: order.fills, price: price, quantity: quantity, fee: fee,
                remaining: order.remaining)
            try book(fill, order, &step)
        case .cancelled(let order, let reason):
            try end(order, reason, expired: false, &step)
        case .expired(let order, let reason):
            try end(order, reason, expired: true, &step)
        }
    }

    mutating func book(
        _ fill: OrderFilled, _ order: WorkingOrder, paying commission: Commission = Commission(),
        _ step: inout Step
    ) throws(EngineError) {
        let correlation = desk.register.order(order.id)?.correlation ?? .none
        let sequence = try step.emit(fill, correlation: correlation)
        try bookWatched(fill, as: sequence, step)
        try desk.fill(fill, as: sequence, step)
        step.chain = correlation
        try pay(commission, of: order.id, &step)
        if commission.units.raw != 0, commission.instrument != fill.instrument {
            try trim(commission, &step)
        }
        safeguards.monitors.trades.trade(at: step.time)
        guard let slot = desk.slot(of: order.terms) else { return }
        let before = desk.slots[slot].position
        var after = Quantity(raw: before.raw + fill.quantity.raw * fill.side.sign)
        if commission.instrument == fill.instrument { after = after - commission.units }
        desk.slots[slot].hold(after)
        if order.remaining.raw == 0 { desk.slots[slot].close(order.terms) }
        let reduces = after.magnitude < before.magnitude
        let turns = before.raw.signum() * after.raw.signum() < 0
        if reduces || turns { trimTargets(slot) }
        if reduces || turns, desk.slots[slot].protecting + desk.slots[slot].workingOrders > 0 {
            try trimExits(slot, &step)
        }
        if order.terms.purpose == .entry, !reduces || turns {
            var opened = fill
            opened.quantity = min(fill.quantity, after.magnitude)
            step.chain = correlation
            try protect(order.terms, opened, sequence, slot, &step)
        }
        desk.slots[slot].filled(fill, view(slot, at: step.time))
    }

    /// Places the exits that the entry asked for, at their distances from the fill, rounded away from
    /// it to the tick.
    private mutating func protect(
        _ entry: OrderIntended, _ fill: OrderFilled, _ sequence: SequenceNumber, _ slot: Int,
        _ step: inout Step
    ) throws(EngineError) {
        let tick = names[entry.instrument]?.tick ?? Price(raw: 1)
        for (distance, purpose) in [
            (entry.stopLossDistance, Purpose.stopLoss), (entry.takeProfitDistance, .takeProfit),
        ] where distance.raw > 0 {
            let isUp = (purpose == .takeProfit) == (entry.side == .buy)
            let raw = Int128(fill.price.raw) + Int128(distance.raw) * (isUp ? 1 : -1)
            // A level below zero or above the largest price is never reached.
            guard let exact = Int64(exactly: raw),
                let price = try? Price(raw: exact).rounded(to: tick, isUp ? .up : .down),
                price.raw > 0
            else { continue }
            let quantity = desk.isRemote ? unguarded(slot, entry, purpose) : fill.quantity
            guard quantity.raw > 0 else { continue }
            var terms = OrderIntended(
                instrument: entry.instrument, strategy: entry.strategy, side: entry.side.opposite,
                orderType: purpose == .stopLoss ? .stop : .limit,
                intent: desk.slots[slot].identity(entry.side.opposite, at: step.time),
                quantity: quantity,
                referencePrice: fill.price, parent: sequence, timeInForce: .goodTillCancelled,
                purpose: purpose)
            if purpose == .stopLoss { terms.stopPrice = price } else { terms.limitPrice = price }
            if desk.isRemote, purpose == .takeProfit {
                desk.remote.watch(terms, correlation: step.chain)
                continue
            }
            try sendProtecting(terms, &step)
        }
    }

    /// Cancels exits that exceed the position or would enlarge it, the newest first. Places a protecting exit
    /// again for what it still has to protect. An exit that the strategy ordered is left to the strategy.
    mutating func trimExits(
        _ slot: Int, _ step: inout Step
    ) throws(EngineError) {
        let position = desk.slots[slot].position
        let closing: Side = position.raw > 0 ? .sell : .buy
        var room = [Quantity](repeating: position.magnitude, count: Purpose.allCases.count + 1)
        for order in desk.venue.orders(desk.slots[slot].instrument)
        where order.terms.purpose != .entry && order.terms.strategy == desk.slots[slot].id
            && order.remaining.raw > 0 && desk.remote[order.id]?.cancel == nil
        {
            let kind = Int(order.terms.purpose.rawValue)
            let left = order.terms.side == closing ? room[kind] : .zero
            if order.remaining <= left {
                room[kind] = left - order.remaining
                continue
            }
            let chain = desk.register.order(order.id)?.correlation ?? .none
            try withdraw(order, .positionClosed, &step)
            guard !desk.isRemote, left.raw > 0, order.terms.parent != .none else { continue }
            var terms = order.terms
            terms.quantity = left
            terms.intent = desk.slots[slot].identity(terms.side, at: step.time)
            room[kind] = .zero
            step.chain = chain
            try send(terms, &step)
        }
    }

    mutating func end(
        _ order: WorkingOrder, _ reason: EndReason, expired: Bool, _ step: inout Step
    ) throws(EngineError) {
        let correlation = desk.register.order(order.id)?.correlation ?? .none
        if expired {
            let event = OrderExpired(
                instrument: order.terms.instrument, order: order.id, reason: reason,
                remaining: order.remaining)
            try step.emit(event, correlation: correlation)
        } else {
            let event = OrderCancelled(
                instrument: order.terms.instrument, order: order.id, reason: reason,
                remaining: order.remaining)
            try step.emit(event, correlation: correlation)
        }
        try desk.move(order.id, to: expired ? .expired : .cancelled, step)
        if let slot = desk.slot(of: order.terms) { desk.slots[slot].close(order.terms) }
    }

    mutating func cancelAll(
        _ reason: EndReason, _ step: inout Step
    ) throws(EngineError) {
        for order in desk.venue.allOrders { try withdraw(order, reason, &step) }
    }

    /// Cancels a working order: at once at the simulated venue, by request at an external venue.
    mutating func withdraw(
        _ order: WorkingOrder, _ reason: EndReason, _ step: inout Step
    ) throws(EngineError) {
        if desk.isRemote, !isHeldBack(order.id) {
            guard desk.remote[order.id]?.cancel == nil else { return }
            desk.remote.change(order.id) { $0.cancel = reason }
            if rulesVersion.tellPendingCancels {
                desk.deferred.awaitCancel(of: order.id, since: step.time)
            }
            try step.emit(
                CancelIntended(
                    instrument: order.terms.instrument, reason: reason, order: order.id),
                correlation: desk.register.order(order.id)?.correlation ?? .none)
            return
        }
        guard let removed = desk.venue.remove(order.id, order.terms.instrument) else { return }
        let wasDeferred = desk.deferred.isHome(order.id)
        if !wasDeferred { desk.remote.dropExit(order.id) }
        desk.deferred.forget(order.id)
        try end(removed, reason, expired: false, &step)
        // It was withdrawn for other orders, or other orders waited for it.
        if wasDeferred, reason != .halted { try afterEnd(removed, reason, &step) }
    }
}
