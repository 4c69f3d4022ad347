import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerVenues

/// Maps a venue's symbols to our instruments, and its client order ids to our orders.
struct VenueNames {
    private var instruments: [String: InstrumentID] = [:]
    private var known = 0

    mutating func instrument(_ symbol: String, _ engine: borrowing AccountEngine) -> InstrumentID? {
        if engine.names.instruments.count != known {
            known = engine.names.instruments.count
            instruments = [:]
        }
        if let found = instruments[symbol] { return found }
        let found = engine.instrument(venueSymbol: symbol)?.id
        if let found { instruments[symbol] = found }
        return found
    }

    /// The order for a client order id: open, or remembered by the journal.
    func order(
        _ clientOrder: String, _ engine: borrowing AccountEngine, _ journal: any Journal
    ) throws(JournalError) -> (order: OrderID, id: ClientOrderID)? {
        guard let id = ClientOrderID(clientOrder) else { return nil }
        if let order = engine.orders.open.first(where: { $0.intended.intent == id.intent }) {
            return (order.id, id)
        }
        guard
            let order = try journal.deduplicated(producer: "intent", key: .intent(id.intent))
        else { return nil }
        return (order, id)
    }
}

extension Order {
    /// What to send for the order as it is now, or for one of its replacements.
    func request(_ symbol: String, replaced by: ReplaceIntended? = nil) -> OrderRequest {
        OrderRequest(
            clientOrder:
                "\(ClientOrderID(intended.intent, generation: UInt16(clamping: by?.generation ?? generation)))",
            symbol: symbol, side: intended.side, orderType: intended.orderType,
            // Of an order of which some has filled and that is not at the venue, the rest is sent.
            timeInForce: intended.timeInForce, quantity: by?.quantity ?? remaining,
            limitPrice: by?.limitPrice ?? intended.limitPrice,
            stopPrice: by?.stopPrice ?? intended.stopPrice,
            reducesRisk: intended.purpose != .entry)
    }

    func reference(_ symbol: String, generation wanted: UInt32? = nil) -> OrderReference {
        OrderReference(
            clientOrder:
                "\(ClientOrderID(intended.intent, generation: UInt16(clamping: wanted ?? generation)))",
            symbol: symbol)
    }
}
