import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerProjections
import LedgerTransport
import LedgerVenues

/// Turns gateway reports into inputs of the journal. What cannot be an input becomes a counted
/// fault; no venue message ends the run.
extension AccountTrader {
    func handle(_ report: GatewayReport) throws {
        switch report {
        case .recordedAt: return
        case .quote, .trade, .bar: try takeMarket(report)
        case .order(let order): try handle(order)
        case .fill(let fill): try handle(fill)
        case .correction(let correction): try handle(correction)
        case .account(let account): try takeAccount(account)
        case .activities(let activities): try take(activities)
        case .link(let link, let isUp, let reason): try handle(link, isUp, reason)
        case .clock:
            if let skew = report.clockSkew(gateway.name) { try attempt(skew, at: .zero) }
        case .fault(let fault, let context): try self.report(fault, context)
        }
    }

    private func takeMarket(_ report: GatewayReport) throws {
        // A recording's clock is the one of its receiver.
        if let stale = wire.note(report, at: clock.now) {
            try record(
                FaultReported(.staleData, origin: "\(gateway.name) market stream", detail: stale))
        }
        switch report.market({ brought($0) }) {
        case .quote(let quote, let time): try attempt(quote, at: time)
        case .trade(let trade, let time): try attempt(trade, at: time)
        case .bar(let bar, let time): try attempt(bar, at: time)
        default: return
        }
    }

    /// Prices of one venue that come over two accounts' connections are taken from one of them.
    private func brought(_ symbol: String) -> InstrumentID? {
        guard let found = instrument(symbol), let brings = options.brings else {
            return instrument(symbol)
        }
        return brings.contains(sequencer.engine.names.symbol(found)) ? found : nil
    }

    private func instrument(_ symbol: String) -> InstrumentID? {
        names.instrument(symbol, engine)
    }

    /// Journals an input at the venue's time if it is near ours, else at ours; never earlier than
    /// the last.
    func attempt(_ event: some Event, at venueTime: Timestamp) throws {
        let ours = clock.now
        let distance = venueTime.nanoseconds.subtractingReportingOverflow(ours.nanoseconds)
        let isNear =
            !distance.overflow
            && distance.partialValue.magnitude <= options.timeTolerance.count.magnitude
        let time = max(isNear ? venueTime : ours, sequencer.engine.lastTime)
        // Prices are for all accounts.
        let isOfAll = [.bar, .quote, .trade].contains(type(of: event).type)
        let envelope = Envelope(account: isOfAll ? .none : account, time: time, recordTime: ours)
        if let error = try sequencer.attempt(event, envelope) {
            try report(.malformed("\(error)"), "\(type(of: event).type.name)")
        }
    }

    func report(_ fault: VenueFault, _ context: String) throws {
        let origin = context.isEmpty ? gateway.name : "\(gateway.name) \(context)"
        let steady = MachineTime.steady
        let isOfSocket = GatewayStream.names.contains(context)
        if isOfSocket { wire.failSocket(at: steady) }
        let event = faults.count(fault, origin, isOfSocket: isOfSocket, at: steady)
        if let event { try record(event) }
    }

    private func record(_ fault: FaultReported) throws {
        _ = try sequencer.attempt(
            fault, Envelope(account: account, time: now, recordTime: clock.now))
    }

    /// Journals what the clock tick finds: counted faults, and metrics beyond their limits (K16).
    func reportWire(at steady: Int64) throws {
        for fault in faults.due(at: steady) { try record(fault) }
        let rules = engine.rules.faults
        let metrics = wire.due(
            at: steady, gateway.requests, isOutage: options.sendsOrders && !isOrderStreamUp, rules,
            origin: gateway.name)
        for metric in metrics {
            _ = try sequencer.attempt(
                metric, Envelope(account: account, time: now, recordTime: clock.now))
        }
    }

    // MARK: Orders

    private func handle(_ order: VenueOrder) throws {
        guard
            let (id, client) = try names.order(order.clientOrder, engine, journal)
        else { return }
        watch.heard(id)
        recovery.heard(id, client.generation)
        guard let open = engine.orders.order(id) else { return }
        if order.status == .unknown, try sendAgain(open, client) { return }
        if let deferral = order.deferral {
            return try report(deferral, of: open, client, because: order)
        }
        guard isNews(order, open, client) else { return }
        let report = VenueStatusReported(
            instrument: open.intended.instrument, status: order.status,
            generation: client.generation, order: id, quantity: order.quantity,
            filled: whole(order, of: open).filled, clientOrder: order.clientOrder,
            venueOrder: order.venueOrder, reason: order.reason)
        try attempt(report, at: order.updatedAt)
        if order.status.isEnd {
            try askForFills(id)
            try bookWaitingCorrections(of: id)
        }
        // A venue that refuses an exit may have less than the books.
        if order.status == .rejected, open.intended.purpose != .entry { recovery.reconcileSoon() }
    }

    /// An order request that had no effect for now. A cancel is sent again by the watch, and a
    /// replacement that was refused leaves the old terms.
    private func report(
        _ deferral: VenueOrder.Deferral, of open: Order, _ client: ClientOrderID,
        because order: VenueOrder
    ) throws {
        switch order.status {
        case .cancelRefused: return
        case .replaceRefused:
            try attempt(
                VenueStatusReported(
                    instrument: open.intended.instrument, status: order.status,
                    generation: client.generation, order: open.id,
                    clientOrder: order.clientOrder, reason: order.reason), at: .zero)
        default:
            try attempt(
                VenueDeferralReported(
                    instrument: open.intended.instrument, cause: deferral.cause,
                    generation: client.generation, order: open.id, wait: deferral.wait,
                    clientOrder: order.clientOrder, reason: order.reason), at: .zero)
        }
    }

    /// If a venue treats a replacement as a new order, it counts only that order's quantities.
    func whole(_ report: VenueOrder, of order: Order) -> VenueOrder {
        guard gateway.countsFillsByReplacement else { return report }
        let replaced = engine.awaited(order.id).replace
        return report.whole(of: replaced?.quantity ?? order.intended.quantity)
    }

    /// Whether a report is new to the ledger: queries are answered more than once.
    private func isNews(_ report: VenueOrder, _ order: Order, _ client: ClientOrderID) -> Bool {
        let awaited = engine.awaited(order.id)
        if UInt32(client.generation) != order.generation { return true }
        switch report.status {
        case .pending: return order.state == .intended
        case .accepted, .partiallyFilled:
            return order.state == .intended || order.state == .submitted
        case .cancelRefused: return awaited.cancel != nil
        case .replaceRefused: return awaited.replace != nil
        default: return true
        }
    }

    private func askForFills(_ id: OrderID) throws {
        guard let order = engine.ordersMissingFills.first(where: { $0.id == id }) else {
            return
        }
        gateway.queryFills(
            order.reference(sequencer.engine.names.venueSymbol(order.intended.instrument)))
    }

    /// The venue does not have the order and it can no longer arrive. If it was never sent, send it
    /// once, unless it is an entry that is too old.
    private func sendAgain(_ order: Order, _ client: ClientOrderID) throws -> Bool {
        guard order.state == .intended, UInt32(client.generation) == order.generation else {
            return false
        }
        guard watch.mayConclude(order.id, at: MachineTime.steady) else { return true }
        let age = now.nanoseconds(since: order.intendedAt)
        let isStale = order.intended.purpose == .entry && age > options.entryAge.count
        guard !isStale, engine.awaited(order.id).cancel == nil else { return false }
        guard gateway.isOrderStreamUp else { return true }
        watch.sent(order.id, at: MachineTime.steady)
        executor.sendAgain(
            order, sequencer.engine.names.venueSymbol(order.intended.instrument), gateway)
        return true
    }

    /// The same key however the fill arrives: the venue's own id, at the time of the decision.
    func key(
        of execution: String, _ symbol: String, _ client: ClientOrderID?
    ) -> DeduplicationKey {
        let at = client.map { Timestamp(nanoseconds: Int64(bitPattern: $0.intent.low)) }
        return .identifier("\(origin) \(symbol) \(execution)", at: at ?? .zero)
    }

    private func handle(_ fill: VenueFill) throws {
        let known = try names.order(fill.clientOrder, engine, journal)
        guard let instrument = instrument(fill.symbol) else {
            // Somebody else's trade in an instrument that is not ours moves no position here.
            if known == nil { return }
            return try report(.malformed("a fill in \(fill.symbol)"), "fill")
        }
        if let known { watch.heard(known.order) }
        let report = VenueFillReported(
            instrument: instrument, side: fill.side, liquidity: fill.liquidity,
            generation: known?.id.generation ?? 0, order: known?.order ?? .none, price: fill.price,
            quantity: fill.quantity, fee: fill.fee, cumulative: fill.cumulative,
            clientOrder: fill.clientOrder, venueOrder: fill.venueOrder,
            execution: fill.execution, feeAsset: fill.feeAsset)
        let key = key(of: fill.execution, fill.symbol, known?.id)
        let isNew = try sequencer.append(
            report, Envelope(account: account, time: now, recordTime: clock.now), key: key)
        if isNew {
            wire.remember(key, isStreamed: fill.isStreamed)
            if let known { try bookWaitingCorrections(of: known.order) }
            return
        }
        recovery.countDuplicate()
        // A query repeats what the stream has brought, but a stream repeats nothing.
        if fill.isStreamed, wire.isRepeated(key) {
            try record(
                FaultReported(
                    .duplicateReport, origin: "\(gateway.name) order stream",
                    detail: "execution \(fill.execution) of \(fill.clientOrder) came again"))
        }
    }
}
