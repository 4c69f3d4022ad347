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
    /// A replacement has a new id; its quantities go on from the order's.
    public let countsFillsByReplacement = false
    let core: GatewayCore
    let desk: OrderDesk
    private let market: AlpacaMarketLink
    private let orders: AlpacaOrderLink

    /// - Throws: for settings that do not belong together (K23).
    public init(_ settings: GatewaySettings) throws(GatewaySettingsError) {
        try GatewayPairing.check(settings, GatewayPairing.alpaca)
        let core = GatewayCore("alpaca", settings) { _ in Self.dialect(settings) }
        (self.core, desk) = (core, OrderDesk(core: core))
        orders = AlpacaOrderLink(core)
        market = AlpacaMarketLink(core)
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

    public func submit(_ order: OrderRequest) {
        let request: WireRequest
        do throws(VenueFault) {
            if let fault = desk.refusal() { throw fault }
            request = try AlpacaRequests.submit(order)
        } catch {
            return core.orderLoop.execute { [desk] in desk.reject(order, error) }
        }
        core.willSend(order.clientOrder)
        core.channel.order(request, onWrite: desk.hook(order)) { [self] outcome in
            placed(order, outcome, as: .rejected)
        }
    }

    private func placed(
        _ order: OrderRequest, _ outcome: RequestChannel.OrderOutcome, as refusal: VenueStatus
    ) {
        let body = desk.body(
            outcome, order.clientOrder, fault: { AlpacaErrors.fault($0, isOrder: true) },
            no: { desk.reject(order, $0, as: refusal) })
        guard let body else { return }
        do {
            core.report(.order(try AlpacaAnswers.order(body).order))
        } catch {
            desk.unreadable(error, order.clientOrder)
        }
    }

    public func cancel(_ order: OrderReference) {
        withVenueOrder(order) { [self] found in
            switch found {
            case .failure(let fault): desk.refuseCancel(order, fault)
            case .success(let id):
                core.channel.order(AlpacaRequests.cancel(id)) { [desk] outcome in
                    // Its end comes by the stream.
                    _ = desk.body(
                        outcome, order.clientOrder,
                        fault: { AlpacaErrors.fault($0, isOrder: true) },
                        no: { desk.refuseCancel(order, $0) })
                }
            }
        }
    }

    public func replace(_ old: OrderReference, with order: OrderRequest) {
        if let fault = desk.refusal() {
            return core.orderLoop.execute { [desk] in
                desk.reject(order, fault, as: .replaceRefused)
            }
        }
        withVenueOrder(old) { [self] found in
            let request: WireRequest
            do throws(VenueFault) {
                let id = try found.get()
                if let fault = desk.refusal() { throw fault }
                request = try AlpacaRequests.replace(id, with: order)
            } catch {
                return desk.reject(order, error, as: .replaceRefused)
            }
            core.willSend(order.clientOrder)
            core.channel.order(request, onWrite: desk.hook(order)) { [self] outcome in
                placed(order, outcome, as: .replaceRefused)
            }
        }
    }

    /// Alpaca takes a change of an order by its own id alone.
    private func withVenueOrder(
        _ order: OrderReference, _ then: @escaping @Sendable (Result<String, VenueFault>) -> Void
    ) {
        let id =
            order.venueOrder.isEmpty
            ? core.known(order.clientOrder)?.venueOrder ?? "" : order.venueOrder
        guard id.isEmpty else {
            return core.orderLoop.execute { then(.success(id)) }
        }
        core.channel.ask(AlpacaRequests.order(client: order.clientOrder)) { [core] result in
            switch result {
            case .failure(let fault): then(.failure(fault))
            case .success(let result):
                guard case .answer(let answer) = result.outcome,
                    let found = try? AlpacaAnswers.order(answer.body)
                else { return then(.failure(.malformed("an order that cannot be read"))) }
                core.learn(found.order)
                then(.success(found.order.venueOrder))
            }
        }
    }
}
