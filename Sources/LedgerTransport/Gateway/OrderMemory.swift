import LedgerDomain
import LedgerVenues

/// The ids of recent orders. Venue histories name an order only by the venue's id, and some venues
/// accept cancels only by that id. An id that is not here is queried.
struct OrderMemory {
    private static let limit = 16_384

    private var byClient: [String: GatewayCore.KnownOrder] = [:]
    private var byVenue: [String: String] = [:]
    /// Client ids, oldest first.
    private var ages: [String] = []

    func known(_ clientOrder: String) -> GatewayCore.KnownOrder? { byClient[clientOrder] }
    func clientOrder(of venueOrder: String) -> String? { byVenue[venueOrder] }

    mutating func learn(_ order: VenueOrder) {
        learn(order.clientOrder, as: order.venueOrder, filled: order.filled)
    }

    mutating func learn(_ fill: VenueFill) {
        learn(fill.clientOrder, as: fill.venueOrder, filled: fill.cumulative)
    }

    private mutating func learn(_ client: String, as venue: String, filled: Quantity) {
        guard !client.isEmpty, !venue.isEmpty else { return }
        if byClient[client] == nil { ages.append(client) }
        let before = byClient[client]?.filled ?? .zero
        byClient[client] = GatewayCore.KnownOrder(venueOrder: venue, filled: max(before, filled))
        byVenue[venue] = client
        guard ages.count > Self.limit else { return }
        for old in ages.prefix(Self.limit / 2) {
            if let known = byClient.removeValue(forKey: old) {
                byVenue.removeValue(forKey: known.venueOrder)
            }
        }
        ages.removeFirst(Self.limit / 2)
    }
}
