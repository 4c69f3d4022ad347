import LedgerDomain
import LedgerEvents
import LedgerVenues

/// A gateway to a venue on the network: a core, a desk for its orders, and its streams. It contains
/// what all such gateways do in the same way; the venue adds cancels, replacements and queries.
public protocol NetworkGateway: VenueGateway {
    associatedtype Answer: OrderAnswer
    associatedtype Orders: GatewayLink

    var core: GatewayCore { get }
    var desk: OrderDesk<Answer> { get }
    var orders: Orders { get }
    /// Each symbol's data come over the first of these that serves it.
    var markets: [any MarketLink] { get }
}

extension NetworkGateway {
    public var name: String { core.name }
    public var isOrderStreamUp: Bool { core.isOrderStreamUp }
    public var requests: RequestCount { core.channel.requests }

    public func start(symbols: [String], to sink: ReportSink) {
        core.start(sink)
        orders.start()
        var rest = symbols
        for market in markets {
            let served = rest.filter { market.serves($0) }
            guard !served.isEmpty else { continue }
            rest.removeAll { market.serves($0) }
            core.marketLoop.execute { market.choose(served) }
            market.start()
        }
    }

    public func stop() {
        orders.stop()
        for market in markets { market.stop() }
        core.stop()
    }

    public func tryKeyAgain() { core.channel.tryKeyAgain() }

    public func submit(_ order: OrderRequest) { desk.submit(order) }

    /// Sends a cancel. The stream reports the end of the order.
    public func send(_ cancel: WireRequest, of order: OrderReference) {
        core.channel.order(cancel, reducesRisk: true) { [desk] outcome in
            _ = desk.body(outcome, order.clientOrder, no: { desk.refuseCancel(order, $0) })
        }
    }
}
