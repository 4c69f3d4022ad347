import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Alpaca: orders by its trading API v2, their reports by the stream `trade_updates`, market data by its
/// data stream.
///
/// A client order id is good for one order for ever, so an order can never be placed twice. One that is on
/// its way can still arrive: `query` says `unknown` only `processingLimit` and `receiveWindow` after it
/// left, or after this gateway started where an earlier process may have sent it.
// Sendable unchecked: its fields are the gateway's parts, which protect themselves; links are made once.
public final class AlpacaGateway: VenueGateway, @unchecked Sendable {
    public let name = "alpaca"
    /// A replacement is an order of its own: what the one before it filled is not part of it.
    public let countsFillsByReplacement = true
    let core: GatewayCore
    let desk: OrderDesk<AlpacaOrder>
    private let market: AlpacaMarketLink
    private let orders: AlpacaOrderLink

    /// - Throws: for settings that do not belong together (K23).
    public init(_ settings: GatewaySettings) throws(GatewaySettingsError) {
        try GatewayPairing.check(settings, GatewayPairing.alpaca)
        let core = GatewayCore("alpaca", settings) { _ in Self.dialect(settings) }
        (self.core, desk) = (core, OrderDesk(core: core, dialect: Self.orders))
        orders = AlpacaOrderLink(core)
        market = AlpacaMarketLink(core)
        orders.undecided = { [weak self] order in self?.decide(order) }
    }

    private static func dialect(_ settings: GatewaySettings) -> GatewayCore.Dialect {
        let headers = [
            "APCA-API-KEY-ID: \(settings.keys.key.reveal())",
            "APCA-API-SECRET-KEY: \(settings.keys.secret.reveal())",
        ]
        let (rest, data) = (settings.restURL, settings.dataURL)
        return GatewayCore.Dialect(
            requests: RequestChannel.Dialect(
                request: { request in
                    var url = request.place == .data && !data.isEmpty ? data : rest
                    url += request.path
                    if !request.query.isEmpty {
                        url += "?" + String(decoding: request.query, as: UTF8.self)
                    }
                    var all = request.security == .none ? [] : headers
                    if !request.body.isEmpty { all.append("Content-Type: application/json") }
                    return HTTPRequest(
                        method: request.method.rawValue, url: url, headers: all,
                        body: request.body)
                }, fault: { AlpacaErrors.fault($0, isOrder: $1) }),
            clock: AlpacaRequests.clock,
            readClock: { (body) throws(JSONFault) in try AlpacaAnswers.clock(body) })
    }

    private static let orders = OrderDesk<AlpacaOrder>.Dialect(
        submit: { (order) throws(VenueFault) in try AlpacaRequests.submit(order) },
        order: {
            $0.clientOrder.isEmpty
                ? AlpacaRequests.order(venue: $0.venueOrder)
                : AlpacaRequests.order(client: $0.clientOrder)
        }, fault: { AlpacaErrors.fault($0, isOrder: true) },
        isNone: { AlpacaErrors.isNoSuchOrder($0) },
        read: { (body) throws(JSONFault) in try AlpacaAnswers.order(body) })

    // MARK: Life

    public func start(symbols: [String], to sink: ReportSink) {
        core.start(sink)
        orders.start()
        if !symbols.isEmpty { market.start(symbols) }
    }

    public func stop() {
        orders.stop()
        market.stop()
        core.stop()
    }

    public var isOrderStreamUp: Bool { core.isOrderStreamUp }

    // MARK: Orders

    public func submit(_ order: OrderRequest) { desk.submit(order) }

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
        core.channel.order(AlpacaRequests.cancel(id)) { [desk] outcome in
            // Its end comes by the stream.
            _ = desk.body(outcome, order.clientOrder, no: { desk.refuseCancel(order, $0) })
        }
    }
}
