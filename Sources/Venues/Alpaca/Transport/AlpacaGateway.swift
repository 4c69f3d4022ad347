import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// Alpaca: orders by its trading API v2, order reports by the stream `trade_updates`, market data
/// by its data streams, one for shares and one for coins.
///
/// A client order id is valid for one order forever, so an order can never be placed twice. An
/// order on its way can still arrive: `query` says `unknown` only `processingLimit` and
/// `receiveWindow` after it was sent, or after this gateway started if an earlier process may have
/// sent it.
// Sendable unchecked: its fields are the gateway's parts, which are thread-safe; links are made
// once.
public final class AlpacaGateway: NetworkGateway, @unchecked Sendable {
    /// A replacement is an order of its own; it does not include what the previous one filled.
    public let countsFillsByReplacement = true
    public let core: GatewayCore
    public let desk: OrderDesk<AlpacaOrder>
    public let markets: [any MarketLink]
    public let orders: AlpacaOrderLink

    /// - Throws: if the settings do not belong together (K23).
    public init(_ settings: GatewaySettings) throws(GatewaySettingsError) {
        try GatewayPairing.check(settings, VenueConnection.alpaca.pairing)
        core = GatewayCore("alpaca", settings, .alpaca(settings.keys))
        desk = OrderDesk(core: core, dialect: Self.dialect)
        orders = AlpacaOrderLink(core)
        markets = [AlpacaMarketLink(core, coins: true), AlpacaMarketLink(core, coins: false)]
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

    /// Alpaca accepts a change of an order only by its own id.
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
