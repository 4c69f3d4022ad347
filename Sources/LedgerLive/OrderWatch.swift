import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerTransport
import LedgerVenues

/// Queries the venue for orders without news. It decides nothing about what happened; it only asks,
/// and not too often.
struct OrderWatch {
    private struct Entry {
        var order: OrderID
        var asked: Int64
        /// When it was sent again; an answer to an earlier query must not cause another sending.
        var sent = Int64.min
    }

    /// Longer than any pending query can take.
    private static let quiet: Int64 = 30_000_000_000

    private var entries: [Entry] = []

    mutating func heard(_ order: OrderID) {
        guard let place = place(order) else { return }
        entries[place].asked = .min
    }

    mutating func sent(_ order: OrderID, at steady: Int64) {
        change(order) { $0.sent = steady }
    }

    func mayConclude(_ order: OrderID, at steady: Int64) -> Bool {
        guard let place = place(order), entries[place].sent > .min else { return true }
        return steady - entries[place].sent > Self.quiet
    }

    private func place(_ order: OrderID) -> Int? { entries.firstIndex { $0.order == order } }

    private mutating func change(_ order: OrderID, _ body: (inout Entry) -> Void) {
        if let place = place(order) {
            body(&entries[place])
        } else {
            var entry = Entry(order: order, asked: .min)
            body(&entry)
            entries.append(entry)
        }
    }

    /// Queries what is overdue.
    mutating func look(
        _ engine: borrowing AccountEngine, _ gateway: any VenueGateway, _ options: LiveOptions,
        _ steady: Int64
    ) throws {
        let open = engine.orders.open
        entries.removeAll { entry in !open.contains { $0.id == entry.order } }
        let missing = engine.ordersMissingFills
        for order in open where !engine.isHeldBack(order.id) {
            let awaited = engine.awaited(order.id)
            let isOverdue =
                order.state == .intended || order.state == .submitted || awaited.cancel != nil
                || awaited.replace != nil || missing.contains { $0.id == order.id }
                // If a market order does not fill at once, a fill report was probably lost.
                || order.intended.orderType == .market
            let patience = isOverdue ? options.acknowledgement.count : options.poll.count
            let known = place(order.id).map { entries[$0] }
            guard let known, known.asked > .min else {
                // The wait starts when it is first seen.
                change(order.id) { $0.asked = steady }
                continue
            }
            guard steady - known.asked >= patience else { continue }
            change(order.id) { $0.asked = steady }
            ask(order, awaited, engine, gateway)
        }
    }

    private func ask(
        _ order: Order, _ awaited: (cancel: EndReason?, replace: ReplaceIntended?),
        _ engine: borrowing AccountEngine, _ gateway: any VenueGateway
    ) {
        let symbol = engine.names.venueSymbol(order.intended.instrument)
        if let replace = awaited.replace {
            gateway.query(order.reference(symbol, generation: replace.generation))
        }
        let reference = order.reference(symbol)
        gateway.query(reference)
        gateway.queryFills(reference)
        // Repeating a cancel is harmless.
        if awaited.cancel != nil { gateway.cancel(reference) }
    }
}
