import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// From a decision to an order, and from the venue's reports to bookings.
extension Engine {
    @discardableResult
    mutating func emit(
        _ event: some Event, _ context: StepContext, account: AccountID? = nil,
        correlation: SequenceNumber = .none, into batch: inout Batch
    ) throws(EngineError) -> SequenceNumber {
        do {
            return try batch.append(
                event,
                Envelope(
                    account: account ?? self.account, time: context.time, cause: context.sequence,
                    correlation: correlation, recordTime: context.recordTime))
        } catch { throw .number(error) }
    }

    /// Journals the signal, then either the intent that came of it or why none did.
    mutating func decide(
        _ decision: Decision, _ slot: Int, _ context: StepContext, barInterval: UInt32? = nil,
        into batch: inout Batch
    ) throws(EngineError) {
        guard let instrument = names[slots[slot].instrument] else { return }
        var size = size(decision, slot, instrument)
        let signal = SignalGenerated(
            instrument: instrument.id, strategy: slots[slot].id, side: decision.side,
            purpose: decision.purpose, price: decision.price, quantity: size,
            indicator: decision.indicator, threshold: decision.threshold)
        let chain = try emit(signal, context, into: &batch)
        orders.countSignal()
        if decision.purpose == .entry { slots[slot].decidedToday &+= 1 }
        switch try permit(
            decision, size, slot, instrument, context, correlation: chain, into: &batch)
        {
        case .granted(let quantity): size = quantity
        case .signalRejected(let refusal):
            let event = SignalRejected(
                instrument: instrument.id, strategy: slots[slot].id, side: decision.side,
                refusal: refusal)
            try emit(event, context, correlation: chain, into: &batch)
            orders.countRejectedSignal()
            if decision.purpose == .entry { slots[slot].refusedToday &+= 1 }
            return
        case .intentRejected(let refusal):
            return try reject(refusal, decision, slot, context, correlation: chain, into: &batch)
        }
        if let refusal = refusal(decision, size, slot, instrument) {
            return try reject(refusal, decision, slot, context, correlation: chain, into: &batch)
        }
        if let barInterval {
            // A bar decides once: the same decision from it again is the same intent (C9, K06).
            let decided = BarDecision(
                time: context.time, interval: barInterval, side: decision.side)
            guard slots[slot].lastBar != decided else {
                return try refuseDuplicate(
                    decision, slot, context, correlation: chain, into: &batch)
            }
            slots[slot].lastBar = decided
        }
        var terms = OrderIntended(
            instrument: instrument.id, strategy: slots[slot].id, side: decision.side,
            orderType: decision.orderType, intent: identity(slot, decision.side, context),
            quantity: size, limitPrice: decision.limitPrice, stopPrice: decision.stopPrice,
            stopLossDistance: decision.stopLossDistance,
            takeProfitDistance: decision.takeProfitDistance, referencePrice: decision.price,
            timeInForce: decision.timeInForce, purpose: decision.purpose)
        if terms.purpose == .entry, terms.stopLossDistance.raw == 0 {
            terms.stopLossDistance = catastropheDistance(instrument)
        }
        slots[slot].workingOrders += 1
        if increase(decision.side, size, slots[slot].position).raw > 0 { countEntry(context) }
        try send(terms, context, correlation: chain, into: &batch)
    }

    private mutating func refuseDuplicate(
        _ decision: Decision, _ slot: Int, _ context: StepContext, correlation: SequenceNumber,
        into batch: inout Batch
    ) throws(EngineError) {
        try reject(
            Refusal(.duplicateIntent), decision, slot, context, correlation: correlation,
            into: &batch)
        let symbol = slots[slot].symbol
        try take(
            FaultReported(
                .duplicateIntent, origin: "engine",
                detail: "\(slots[slot].name) decided \(decision.side) \(symbol) twice from one bar"),
            context, into: &batch)
    }

    private mutating func reject(
        _ refusal: Refusal, _ decision: Decision, _ slot: Int, _ context: StepContext,
        correlation: SequenceNumber, into batch: inout Batch
    ) throws(EngineError) {
        let event = IntentRejected(
            instrument: slots[slot].instrument, strategy: slots[slot].id, side: decision.side,
            refusal: refusal)
        try emit(event, context, correlation: correlation, into: &batch)
        orders.countRejectedIntent()
        if decision.purpose == .entry { slots[slot].refusedToday &+= 1 }
    }

    /// - Returns: why the order could not be brought into a form that its venue takes; nil when it went.
    @discardableResult
    mutating func send(
        _ terms: OrderIntended, _ context: StepContext, correlation: SequenceNumber,
        into batch: inout Batch
    ) throws(EngineError) -> Refusal? {
        var terms = terms
        let refusal = try conform(&terms, context, correlation: correlation, into: &batch)
        guard refusal == nil else { return refusal }
        let id = try emit(terms, context, correlation: correlation, into: &batch)
        vigil.counters.submitOrder()
        sent?.append(SentIntent(intent: terms.intent, sequence: id))
        try fold { (engine) throws(FoldError) in
            try engine.orders.intend(
                terms, account: engine.account, at: context.time, id: id, correlation: correlation)
        }
        if isRemote {
            // The venue's own report says that it left and was taken.
            _ = venue.accept(terms, id: id, account: account, at: context.time)
            try holdBack(id, terms, context, into: &batch)
            return nil
        }
        try emit(
            OrderSubmitted(instrument: terms.instrument, order: id), context,
            correlation: correlation, into: &batch)
        let dayEnds =
            terms.timeInForce == .day
            ? (try? calendar.session(closingAfter: context.time))?.closes : nil
        let activeFrom = venue.accept(
            terms, id: id, account: account, at: context.time, dayEnds: dayEnds)
        try emit(
            OrderAccepted(instrument: terms.instrument, order: id, activeFrom: activeFrom), context,
            correlation: correlation, into: &batch)
        try fold { (engine) throws(FoldError) in
            try engine.orders.move(
                id, to: .submitted, at: context.time, sequence: context.sequence)
            try engine.orders.move(id, to: .accepted, at: context.time, sequence: context.sequence)
        }
        return nil
    }

    mutating func identity(
        _ slot: Int, _ side: Side, _ context: StepContext
    ) -> IntentID {
        if slots[slot].lastDecision == context.time {
            slots[slot].ordinal += 1
        } else {
            slots[slot].lastDecision = context.time
            slots[slot].ordinal = 0
        }
        return IntentID(
            decider: slots[slot].decider, side: side, decidedAt: context.time,
            ordinal: slots[slot].ordinal)
    }

    // MARK: Size and refusal

    /// Units, rounded down to whole lots and to what a record can hold; 0 when there is nothing to do.
    private func size(_ decision: Decision, _ slot: Int, _ instrument: Instrument) -> Quantity {
        let wanted = wanted(decision, slot).written
        // A position may hold less than a lot after a split, and goes as a whole.
        return decision.size == .position ? wanted : wanted.truncated(to: instrument.lot)
    }

    private func wanted(_ decision: Decision, _ slot: Int) -> Quantity {
        let worth = books.equity[account]
        let wanted: Double
        switch decision.size {
        case .units(let quantity): return quantity
        case .position: return slots[slot].position.magnitude
        case .risk(let share, let distance):
            wanted = (worth?.equity.double ?? 0) * share / distance.double
        case .cash(let share):
            let free = (worth?.cash ?? .zero) - ((try? orders.reservedCash(account)) ?? .zero)
            wanted = free.double * share / decision.price.double
        }
        guard wanted.isFinite, wanted > 0, wanted < Quantity.limit.double else { return .zero }
        return Quantity(raw: Int128(wanted * 1e9))
    }

    /// The first rule that the order breaks; nil when it may go.
    private func refusal(
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
        guard instrument.currency == configuration?.currency else {
            return Refusal(.currencyMismatch)
        }
        return fundsRefusal(decision, quantity, slots[slot].position)
    }

    /// Whether the account can pay for a buy, or has what a sell gives away.
    func fundsRefusal(
        _ decision: Decision, _ quantity: Quantity, _ position: Quantity
    ) -> Refusal? {
        do {
            return decision.side == .buy
                ? try cashRefusal(decision, quantity, position)
                : try shortRefusal(decision, quantity, position)
        } catch { return Refusal(.overflow) }
    }

    private func cashRefusal(
        _ decision: Decision, _ quantity: Quantity, _ position: Quantity
    ) throws(NumberError) -> Refusal? {
        // Buying back what was sold short frees more than it costs.
        if position.raw <= -quantity.raw { return nil }
        let price = decision.limitPrice.raw > 0 ? decision.limitPrice : decision.price
        let fee = try venue.settings.fees.fee(price: price, quantity: quantity, isFirst: true)
        let cost = try Money.notional(price, quantity) + fee
        let cash = books.equity[account]?.cash ?? .zero
        let free = cash - (try orders.reservedCash(account))
        return cost <= free
            ? nil : Refusal(.insufficientCash, limit: .money(free), value: .money(cost))
    }

    private func shortRefusal(
        _ decision: Decision, _ quantity: Quantity, _ position: Quantity
    ) throws(NumberError) -> Refusal? {
        if quantity <= position { return nil }
        guard configuration?.allowShort == true else {
            return Refusal(
                .noPosition, limit: .quantity(position), value: .quantity(quantity))
        }
        // A short may not be worth more than the account.
        let value = try Money.notional(decision.price, quantity - position)
        let equity = books.equity[account]?.equity ?? .zero
        return value <= equity
            ? nil : Refusal(.insufficientCash, limit: .money(equity), value: .money(value))
    }

    // MARK: Reports

    /// Takes everything that the venue has to say about the market event begun.
    mutating func settle(_ context: StepContext, into batch: inout Batch) throws(EngineError) {
        while let report = try nextReport() { try take(report, context, into: &batch) }
    }

    private mutating func nextReport() throws(EngineError) -> VenueReport? {
        do { return try venue.next() } catch { throw .number(error) }
    }

    mutating func take(
        _ report: VenueReport, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        switch report {
        case .filled(let order, let price, let quantity, let fee, let liquidity):
            let fill = OrderFilled(
                instrument: order.terms.instrument, strategy: order.terms.strategy,
                side: order.terms.side, liquidity: liquidity, order: order.id,
                execution: order.fills, price: price, quantity: quantity, fee: fee,
                remaining: order.remaining)
            try book(fill, order, context, into: &batch)
        case .cancelled(let order, let reason):
            try end(order, reason, expired: false, context, into: &batch)
        case .expired(let order, let reason):
            try end(order, reason, expired: true, context, into: &batch)
        }
    }

    mutating func book(
        _ fill: OrderFilled, _ order: WorkingOrder, paying commission: Commission = Commission(),
        _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        let correlation = orders.order(order.id)?.correlation ?? .none
        let sequence = try emit(fill, context, correlation: correlation, into: &batch)
        try fold { (engine) throws(FoldError) in
            try engine.books.book(
                fill, account: engine.account, at: context.time, sequence: sequence)
            try engine.orders.fill(fill, at: context.time, sequence: sequence)
        }
        try pay(commission, of: order.id, context, correlation: correlation, into: &batch)
        if commission.units.raw != 0, commission.instrument != fill.instrument {
            try trim(commission, context, into: &batch)
        }
        vigil.lastTrade = context.time
        vigil.hasToldQuiet = false
        guard let slot = slot(of: order.terms) else { return }
        let before = slots[slot].position
        var after = Quantity(raw: before.raw + fill.quantity.raw * fill.side.sign)
        if commission.instrument == fill.instrument { after = after - commission.units }
        slots[slot].position = after
        if order.remaining.raw == 0 { release(order, slot) }
        let reduces = after.magnitude < before.magnitude
        let turns = before.raw.signum() * after.raw.signum() < 0
        if reduces || turns { trimTargets(slot) }
        if reduces || turns, slots[slot].protecting + slots[slot].workingOrders > 0 {
            try trimExits(slot, context, into: &batch)
        }
        if order.terms.purpose == .entry, !reduces || turns {
            var opened = fill
            opened.quantity = min(fill.quantity, after.magnitude)
            try protect(order.terms, opened, sequence, slot, correlation, context, into: &batch)
        }
    }

    func slot(of terms: OrderIntended) -> Int? {
        slots.firstIndex { $0.id == terms.strategy && $0.instrument == terms.instrument }
    }

    mutating func release(_ order: WorkingOrder, _ slot: Int) {
        if order.terms.parent == .none {
            slots[slot].workingOrders -= 1
        } else {
            slots[slot].protecting -= 1
        }
    }

    /// Places the exits that the entry asked for, at their distances from the fill, rounded away from
    /// it to the tick.
    private mutating func protect(
        _ entry: OrderIntended, _ fill: OrderFilled, _ sequence: SequenceNumber, _ slot: Int,
        _ correlation: SequenceNumber, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        let tick = names[entry.instrument]?.tick ?? Price(raw: 1)
        for (distance, purpose) in [
            (entry.stopLossDistance, Purpose.stopLoss), (entry.takeProfitDistance, .takeProfit),
        ] where distance.raw > 0 {
            let isUp = (purpose == .takeProfit) == (entry.side == .buy)
            let raw = Int128(fill.price.raw) + Int128(distance.raw) * (isUp ? 1 : -1)
            // Below zero and above what a price can be nothing trades: no such level is reached.
            guard let exact = Int64(exactly: raw),
                let price = try? Price(raw: exact).rounded(to: tick, isUp ? .up : .down),
                price.raw > 0
            else { continue }
            let quantity = isRemote ? unguarded(slot, entry, purpose) : fill.quantity
            guard quantity.raw > 0 else { continue }
            var terms = OrderIntended(
                instrument: entry.instrument, strategy: entry.strategy, side: entry.side.opposite,
                orderType: purpose == .stopLoss ? .stop : .limit,
                intent: identity(slot, entry.side.opposite, context), quantity: quantity,
                referencePrice: fill.price, parent: sequence, timeInForce: .goodTillCancelled,
                purpose: purpose)
            if purpose == .stopLoss { terms.stopPrice = price } else { terms.limitPrice = price }
            if isRemote, purpose == .takeProfit {
                watchTarget(terms, correlation: correlation)
                continue
            }
            slots[slot].protecting += 1
            try sendProtecting(terms, context, correlation: correlation, into: &batch)
        }
    }

    /// Exits must not exceed what they close, nor stand where they would enlarge it: those beyond the
    /// position go, the newest first. A protecting one that still has some position to protect is
    /// placed anew for that much; an exit that the strategy ordered is left to the strategy.
    mutating func trimExits(
        _ slot: Int, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        let position = slots[slot].position
        let closing: Side = position.raw > 0 ? .sell : .buy
        var room = [Quantity](repeating: position.magnitude, count: Purpose.allCases.count + 1)
        for order in venue.orders(slots[slot].instrument)
        where order.terms.purpose != .entry && order.terms.strategy == slots[slot].id
            && order.remaining.raw > 0 && remote[order.id]?.cancel == nil
        {
            let kind = Int(order.terms.purpose.rawValue)
            let left = order.terms.side == closing ? room[kind] : .zero
            if order.remaining <= left {
                room[kind] = left - order.remaining
                continue
            }
            let correlation = orders.order(order.id)?.correlation ?? .none
            try withdraw(order, .positionClosed, context, into: &batch)
            guard !isRemote, left.raw > 0, order.terms.parent != .none else { continue }
            var terms = order.terms
            terms.quantity = left
            terms.intent = identity(slot, terms.side, context)
            room[kind] = .zero
            slots[slot].protecting += 1
            try send(terms, context, correlation: correlation, into: &batch)
        }
    }

    mutating func end(
        _ order: WorkingOrder, _ reason: EndReason, expired: Bool, _ context: StepContext,
        into batch: inout Batch
    ) throws(EngineError) {
        let correlation = orders.order(order.id)?.correlation ?? .none
        if expired {
            let event = OrderExpired(
                instrument: order.terms.instrument, order: order.id, reason: reason,
                remaining: order.remaining)
            try emit(event, context, correlation: correlation, into: &batch)
        } else {
            let event = OrderCancelled(
                instrument: order.terms.instrument, order: order.id, reason: reason,
                remaining: order.remaining)
            try emit(event, context, correlation: correlation, into: &batch)
        }
        try fold { (engine) throws(FoldError) in
            try engine.orders.move(
                order.id, to: expired ? .expired : .cancelled, at: context.time,
                sequence: context.sequence)
        }
        if let slot = slot(of: order.terms) { release(order, slot) }
    }

    mutating func cancelAll(
        _ reason: EndReason, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        for order in venue.allOrders { try withdraw(order, reason, context, into: &batch) }
    }

    /// Takes a working order back: at the simulated venue at once, outside by asking for it.
    mutating func withdraw(
        _ order: WorkingOrder, _ reason: EndReason, _ context: StepContext,
        into batch: inout Batch
    ) throws(EngineError) {
        if isRemote, !remote.isWaiting(order.id) {
            guard remote[order.id]?.cancel == nil else { return }
            remote.change(order.id) { $0.cancel = reason }
            try emit(
                CancelIntended(
                    instrument: order.terms.instrument, reason: reason, order: order.id), context,
                correlation: orders.order(order.id)?.correlation ?? .none, into: &batch)
            return
        }
        guard let removed = venue.remove(order.id, order.terms.instrument) else { return }
        remote.exits.removeAll { $0.order == order.id }
        try end(removed, reason, expired: false, context, into: &batch)
    }
}
