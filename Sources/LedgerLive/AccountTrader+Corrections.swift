import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerVenues

/// Fills that the venue took back or gave other terms. The journal says what the fill was.
extension AccountTrader {
    /// A fill as the journal has it.
    private struct Booked {
        var fill: SequenceNumber
        var correlation: SequenceNumber
        var strategy = StrategyID.none
        var price = Price.zero
        var quantity = Quantity.zero
        var fee = Money.zero
    }

    func handle(_ correction: VenueCorrection) throws {
        let fill = correction.fill
        let known = try names.order(fill.clientOrder, engine, journal)
        guard let instrument = names.instrument(fill.symbol, engine) else {
            // Somebody else's trade in an instrument that is not ours moves no position here.
            if known == nil { return }
            return try report(.malformed("a correction in \(fill.symbol)"), "fill")
        }
        // What was reported last is looked for in the journal.
        try sequencer.commit()
        let booked = try known.flatMap { try self.booked(correction, of: $0) }
        let isBust = fill.quantity.raw == 0
        // The stream and the history may name one correction differently.
        if let booked, booked.quantity == fill.quantity, isBust || booked.price == fill.price {
            return
        }
        // The engine books it only then.
        let isOpen = known.map { engine.orders.order($0.order) != nil } ?? false
        let isDue = booked != nil && !isOpen
        if !isDue, let known { waitingCorrections.wait(correction, for: known.order) }
        let event = VenueFillCorrected(
            instrument: instrument, strategy: booked?.strategy ?? .none, side: fill.side,
            order: known?.order ?? .none, fill: booked?.fill.number ?? 0,
            price: isBust ? booked?.price ?? fill.price : fill.price, quantity: fill.quantity,
            bookedPrice: booked?.price ?? .zero, bookedQuantity: booked?.quantity ?? .zero,
            fee: isBust ? -(booked?.fee ?? .zero) : .zero, clientOrder: fill.clientOrder,
            execution: fill.execution, corrected: correction.corrected,
            reason: correction.reason)
        let envelope = Envelope(
            account: engine.account, time: now,
            correlation: booked?.correlation ?? .none, recordTime: clock.now)
        // One that waits has a key of its own, because it is booked later.
        let execution = isDue ? fill.execution : "waiting \(fill.execution)"
        let isNew = try sequencer.append(
            event, envelope, key: key(of: execution, fill.symbol, known?.id))
        // The venue's account says whether the books are right now.
        if isNew { recovery.reconcileSoon() }
    }

    /// Books what waited for a fill of the order or for its end.
    func bookWaitingCorrections(of order: OrderID) throws {
        guard engine.orders.order(order) == nil else { return }
        for correction in waitingCorrections.take(order) { try handle(correction) }
    }

    /// Corrections of open orders wait across a restart too. An order without a fill has none.
    func recallWaitingCorrections() throws {
        let filled = engine.orders.open.filter { $0.filled.raw > 0 }.map(\.id)
        guard let first = filled.min() else { return }
        try journal.forEachRecord(
            from: max(first, journal.beginning), filter: EventFilter([.venueFillCorrected])
        ) { record in
            let report = try VenueFillCorrected(record)
            guard filled.contains(report.order) else { return true }
            let fill = VenueFill(
                clientOrder: report.clientOrder, venueOrder: "", execution: report.execution,
                symbol: sequencer.engine.names.venueSymbol(report.instrument), side: report.side,
                price: report.price, quantity: report.quantity, time: record.time)
            waitingCorrections.wait(
                VenueCorrection(of: report.corrected, to: fill, reason: report.reason),
                for: report.order)
            return true
        }
    }

    /// The fill that is meant, as it is now; nil where the journal has no such fill.
    private func booked(
        _ correction: VenueCorrection, of known: (order: OrderID, id: ClientOrderID)
    ) throws -> Booked? {
        // Where the venue does not say which fill it means, an order with one fill leaves no doubt.
        guard !correction.corrected.isEmpty else {
            // Of an older order other fills may have been pruned.
            guard try known.order >= journal.beginning else { return nil }
            let fills = try bookings(of: known.order)
            return fills.count == 1 ? fills.first : nil
        }
        let key = key(of: correction.corrected, correction.fill.symbol, known.id)
        // The journal no longer has a fill that was pruned.
        guard let report = try sequencer.reported(key), try report >= journal.beginning else {
            return nil
        }
        var fill: UInt64?
        try journal.forEachRecord(
            from: report.next, filter: EventFilter([.orderFilled, .fillCorrected])
        ) { record in
            if record.cause == report { fill = try Self.booked(record).fill.number }
            return false
        }
        return try bookings(of: known.order).first { $0.fill.number == fill }
    }

    /// The fills of an order with what became of them.
    private func bookings(of order: OrderID) throws -> [Booked] {
        var found: [Booked] = []
        try journal.forEachRecord(
            from: max(order, journal.beginning),
            filter: EventFilter([.orderFilled, .fillCorrected])
        ) { record in
            let isOurs =
                record.type == .orderFilled
                ? try OrderFilled(record).order == order
                : try FillCorrected(record).order == order
            guard isOurs else { return true }
            var booked = try Self.booked(record)
            if let known = found.firstIndex(where: { $0.fill == booked.fill }) {
                // A correction leaves the fee, and a bust gave it back.
                booked.fee = booked.quantity.raw == 0 ? .zero : found[known].fee
                found.remove(at: known)
            }
            found.append(booked)
            return true
        }
        return found
    }

    private static func booked(_ record: Record) throws -> Booked {
        guard record.type == .fillCorrected else {
            let fill = try OrderFilled(record)
            return Booked(
                fill: record.sequence, correlation: record.correlation, strategy: fill.strategy,
                price: fill.price, quantity: fill.quantity, fee: fill.fee)
        }
        let correction = try FillCorrected(record)
        return Booked(
            fill: SequenceNumber(correction.fill), correlation: record.correlation,
            strategy: correction.strategy, price: correction.price,
            quantity: correction.quantity)
    }
}
