import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// Binance's spot market: orders by its REST API v3, order reports by the account's stream, market
/// data by its market streams.
///
/// A client order id is unique only among open orders, so an order sent twice could be placed
/// twice. Every request carries the venue's time and `receiveWindow`: after that the venue does not
/// accept it, and `processingLimit` later no accepted request is still on its way. Only then does
/// `query` say `unknown`.
// Sendable unchecked: its fields are the gateway's parts, which are thread-safe; links are made
// once.
public final class BinanceGateway: NetworkGateway, @unchecked Sendable {
    public let countsFillsByReplacement = true
    public let core: GatewayCore
    public let desk: OrderDesk<BinanceOrder>
    public let markets: [any MarketLink]
    public let orders: BinanceOrderLink
    /// What this server or key does not tell. Used only on the order loop.
    var notOffered: [BinanceMovements] = []

    /// - Throws: if the settings do not belong together (K23).
    public init(_ settings: GatewaySettings) throws(GatewaySettingsError) {
        try GatewayPairing.check(settings, VenueConnection.binance.pairing)
        let signing = BinanceSigning(settings.keys, receiveWindow: settings.receiveWindow)
        core = GatewayCore("binance", settings, .binance(settings.keys, signing))
        desk = OrderDesk(core: core, dialect: Self.dialect)
        orders = BinanceOrderLink(core, signing)
        markets = [BinanceMarketLink(core)]
    }

    private static let dialect = OrderDesk<BinanceOrder>.Dialect(
        submit: { (order) throws(VenueFault) in try BinanceRequests.submit(order) },
        order: { BinanceRequests.order($0) },
        fault: { BinanceErrors.fault($0, isOrder: true) },
        isNone: { $0.isRefusal(BinanceErrors.Code.noSuchOrder) },
        read: { (body) throws(JSONFault) in try BinanceAnswers.order(body) })

    /// How many symbols one connection serves: the venue allows 1024 streams on it.
    public static func mostSymbols(_ settings: GatewaySettings) -> Int {
        1024 / BinanceMarketStream.streams("", bars: settings.hasBars).count
    }

    public func cancel(_ order: OrderReference) {
        send(BinanceRequests.cancel(order), of: order)
    }

    // MARK: Replacing

    /// While nothing has filled, one request cancels the old order and places the new one; the
    /// venue refuses it if a fill came first. After that, the old order is cancelled, and the new
    /// one is for what the cancel says has not filled, so no fill is counted twice. Binance counts
    /// the quantities of a replacing order from zero.
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
        core.channel.order(request, reducesRisk: order.reducesRisk, onWrite: desk.hook(order)) {
            [self] outcome in
            let body = replacementBody(outcome, order)
            guard let body else { return }
            do throws(JSONFault) {
                conclude(try BinanceReplacement(body), old, order)
            } catch {
                desk.unreadable(error, order.clientOrder)
            }
        }
    }

    /// For a success, and for failures that state the outcome of each half.
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
        core.channel.order(BinanceRequests.cancel(old, cancelID: cancelID), reducesRisk: true) {
            [desk] outcome in
            let body = desk.body(
                outcome, order.clientOrder,
                no: { desk.reject(order, $0, as: .replaceRefused) })
            guard let body else { return }
            do throws(JSONFault) {
                let cancelled = try desk.read(body, about: old)
                // Until its cancel is done, the old order may fill beside the new one.
                guard cancelled.order.status.isEnd else {
                    return desk.reject(
                        order, .refused(code: "cancel", "the cancel is pending at the venue"),
                        as: .replaceRefused)
                }
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
