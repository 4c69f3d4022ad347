import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Binance's spot market: orders by its REST API v3, their reports by the account's stream, market data by
/// its market streams.
///
/// A client order id is good for one order among the open ones only, so an order that was sent again could
/// be placed twice. Every request bears the venue's time and `receiveWindow`: once that is over the venue
/// does not take it up any more, and `processingLimit` later none that it took up is still on its way.
/// Only then does `query` say `unknown`.
// Sendable unchecked: its fields are the gateway's parts, which protect themselves; links are made once.
public final class BinanceGateway: VenueGateway, @unchecked Sendable {
    public let name = "binance"
    public let countsFillsByReplacement = true
    let core: GatewayCore
    let desk: OrderDesk<BinanceOrder>
    private let market: BinanceMarketLink
    private let orders: BinanceOrderLink

    /// - Throws: for settings that do not belong together (K23).
    public init(_ settings: GatewaySettings) throws(GatewaySettingsError) {
        try GatewayPairing.check(settings, GatewayPairing.binance)
        let hash = KeyedHash(key: Array(settings.keys.secret.reveal().utf8))
        let signing = BinanceSigning(receiveWindow: settings.receiveWindow) { hash($0) }
        let core = GatewayCore("binance", settings) { now in
            Self.dialect(settings, signing, now)
        }
        (self.core, desk) = (core, OrderDesk(core: core, dialect: Self.orders))
        orders = BinanceOrderLink(core, signing)
        market = BinanceMarketLink(core)
    }

    private static func dialect(
        _ settings: GatewaySettings, _ signing: BinanceSigning,
        _ now: @escaping @Sendable () -> Timestamp
    ) -> GatewayCore.Dialect {
        let header = "X-MBX-APIKEY: \(settings.keys.key.reveal())"
        let (rest, data) = (settings.restURL, settings.dataURL)
        return GatewayCore.Dialect(
            requests: RequestChannel.Dialect(
                request: { request in
                    var url = request.place == .data && !data.isEmpty ? data : rest
                    url += request.path
                    let query =
                        request.security == .signed
                        ? signing.signed(request.query, now: now()) : request.query
                    if !query.isEmpty { url += "?" + String(decoding: query, as: UTF8.self) }
                    return HTTPRequest(
                        method: request.method.rawValue, url: url,
                        headers: request.security == .none ? [] : [header], body: request.body)
                }, fault: { BinanceErrors.fault($0, isOrder: $1) }),
            clock: BinanceRequests.time,
            readClock: { (body) throws(JSONFault) in try BinanceAnswers.time(body) })
    }

    private static let orders = OrderDesk<BinanceOrder>.Dialect(
        submit: { (order) throws(VenueFault) in try BinanceRequests.submit(order) },
        order: { BinanceRequests.order($0) },
        fault: { BinanceErrors.fault($0, isOrder: true) },
        isNone: { $0.isRefusal(BinanceErrors.Code.noSuchOrder) },
        read: { (body) throws(JSONFault) in try BinanceAnswers.order(body) })

    /// Of how many symbols one connection brings market data: the venue takes 1024 streams on it.
    public static func mostSymbols(_ settings: GatewaySettings) -> Int {
        1024 / BinanceMarketStream.streams("", bars: settings.hasBars).count
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

    public func submit(_ order: OrderRequest) { desk.submit(order) }

    public func cancel(_ order: OrderReference) {
        core.channel.order(BinanceRequests.cancel(order)) { [desk] outcome in
            // Its end comes by the stream.
            _ = desk.body(
                outcome, order.clientOrder, no: { desk.refuseCancel(order, $0) })
        }
    }

    // MARK: Replacing

    /// While nothing has filled, one request cancels the one and places the other; the venue refuses it
    /// where a fill came first. After that, the order is cancelled, and what the new one is to be is what
    /// its cancel says has not filled: no fill is ever counted twice. Binance counts a replacing order's
    /// quantities anew.
    public func replace(_ old: OrderReference, with order: OrderRequest) {
        desk.beginReplacing(old, with: order) { [self] known in
            replace(old, with: order, filled: known.filled)
        }
    }

    private func replace(_ old: OrderReference, with order: OrderRequest, filled: Quantity) {
        let cancelID = BinanceUserStream.replacing + order.clientOrder.suffix(28)
        guard filled == .zero else { return replaceInSteps(old, with: order, cancelID) }
        let request: WireRequest
        do throws(VenueFault) {
            request = try BinanceRequests.replace(old, with: order, cancelID: cancelID)
        } catch {
            return desk.reject(order, error, as: .replaceRefused)
        }
        core.willSend(order.clientOrder)
        core.channel.order(request, onWrite: desk.hook(order)) { [self] outcome in
            let body = replacementBody(outcome, order)
            guard let body else { return }
            do throws(JSONFault) {
                conclude(try BinanceReplacement(body), old, order)
            } catch {
                desk.unreadable(error, order.clientOrder)
            }
        }
    }

    /// Of a success, and of the failures that say what became of each half.
    private func replacementBody(
        _ outcome: RequestChannel.OrderOutcome, _ order: OrderRequest
    ) -> [UInt8]? {
        if case .outcome(.answer(let answer)) = outcome,
            answer.status == 400 || answer.status == 409,
            let error = BinanceErrors.body(answer.body), error.data != nil
        {
            return answer.body
        }
        return desk.body(
            outcome, order.clientOrder,
            no: { desk.reject(order, $0, as: .replaceRefused) })
    }

    private func conclude(
        _ result: BinanceReplacement, _ old: OrderReference, _ order: OrderRequest
    ) {
        switch (result.cancel, result.placement) {
        case (.done(let cancelled), .done(let placed)):
            var gone = cancelled.order
            gone.status = .replaced
            core.report(.order(gone))
            placed.reports.forEach(core.report)
        case (.done, .failed(.unknownOutcome(let text))):
            core.failed(.unknownOutcome(text), order.clientOrder)
        case (.done(let cancelled), .failed(let fault)):
            desk.reject(order, fault)
            core.report(.order(cancelled.order))
        case (.failed(.unknownOutcome(let text)), _):
            core.failed(.unknownOutcome(text), order.clientOrder)
        case (.failed(let fault), .failed), (.failed(let fault), .notAttempted):
            desk.reject(order, fault, as: .replaceRefused)
        default:
            core.failed(.unknownOutcome("a replacement without its halves"), order.clientOrder)
        }
    }

    private func replaceInSteps(
        _ old: OrderReference, with order: OrderRequest, _ cancelID: String
    ) {
        core.channel.order(BinanceRequests.cancel(old, cancelID: cancelID)) { [desk] outcome in
            let body = desk.body(
                outcome, order.clientOrder,
                no: { desk.reject(order, $0, as: .replaceRefused) })
            guard let body else { return }
            do throws(JSONFault) {
                let cancelled = try desk.read(body, about: old)
                desk.placeRest(of: order, behind: cancelled.order)
            } catch {
                desk.unreadable(error, old.clientOrder)
                desk.reject(
                    order, .refused(code: "cancel", "the cancel's answer cannot be read"),
                    as: .replaceRefused)
            }
        }
    }
}
