import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// Alpaca: orders by its trading API v2, their reports by the stream `trade_updates`, market data by its
/// data stream.
///
/// A client order id is good for one order for ever, so an order can never be placed twice. One that is on
/// its way can still arrive: `query` says `unknown` only `processingLimit` and `receiveWindow` after it
/// left, or after this gateway started where an earlier process may have sent it.
// Sendable unchecked: its fields are the gateway's parts, which protect themselves; links are made once.
public final class AlpacaGateway: NetworkGateway, @unchecked Sendable {
    /// A replacement is an order of its own: what the one before it filled is not part of it.
    public let countsFillsByReplacement = true
    public let core: GatewayCore
    public let desk: OrderDesk<AlpacaOrder>
    public let market: AlpacaMarketLink
    public let orders: AlpacaOrderLink

    /// - Throws: for settings that do not belong together (K23).
    public init(_ settings: GatewaySettings) throws(GatewaySettingsError) {
        try GatewayPairing.check(settings, VenueConnection.alpaca.pairing)
        core = GatewayCore("alpaca", settings, .alpaca(settings.keys))
        desk = OrderDesk(core: core, dialect: Self.dialect)
        orders = AlpacaOrderLink(core)
        market = AlpacaMarketLink(core)
        orders.undecided = { [weak self] order in self?.decide(order) }
    }

    private static let dialect = OrderDesk<AlpacaOrder>.Dialect(
        submit: { (order) throws(VenueFault) in try AlpacaRequests.submit(order) },
        order: {
            $0.clientOrder.isEmpty
                ? AlpacaRequests.order(venue: $0.venueOrder)
                : AlpacaRequests.order(client: $0.clientOrder)
        }, fault: { AlpacaErrors.fault($0, isOrder: true) },
        isNone: { AlpacaErrors.isNoSuchOrder($0) },
        read: { (body) throws(JSONFault) in try AlpacaAnswers.order(body) })

    /// Alpaca takes a change of an order by its own id alone.
    public func cancel(_ order: OrderReference) {
        guard order.venueOrder.isEmpty else { return cancel(order, order.venueOrder) }
        desk.known(order) { [self] known in
            switch known {
            case .failure(let fault): desk.refuseCancel(order, fault)
            case .success(let known): cancel(order, known.venueOrder)
            }
        }
    }

    private func cancel(_ order: OrderReference, _ id: String) {
        send(AlpacaRequests.cancel(id), of: order)
    }
}
