import LedgerDomain
import LedgerEvents
import LedgerVenues

/// What a venue can do for the ledger, the same for all of them: the conformance suite holds each
/// implementation to it.
///
/// Requests return at once; what comes of them goes to the sink as reports, from the gateway's own thread,
/// in the order in which the venue said it. A request that is an order is sent at most once: what its
/// outcome is when no answer comes is found out by `query`, never by sending again.
public protocol VenueGateway: AnyObject, Sendable {
    var name: String { get }

    /// Connects the streams, measures the clock, and says `link` when each is up; keeps them up until
    /// `stop`. Market data come for these symbols.
    func start(symbols: [String], to sink: ReportSink)
    func stop()

    /// When a recording begins; nil for a venue, which is now.
    var beginsAt: Timestamp? { get }

    /// Whether it has no more to say: a recording that came to its end.
    var hasEnded: Bool { get }

    /// Whether a replacement is a new order to the venue, whose fills it counts anew.
    var countsFillsByReplacement: Bool { get }

    /// Whether the stream of order reports is up: nothing may be submitted or replaced while it is not.
    var isOrderStreamUp: Bool { get }

    func submit(_ order: OrderRequest)
    func cancel(_ order: OrderReference)
    /// - Parameter order: the new terms under a new client order id; `quantity` is in all, with what has
    ///   filled.
    func replace(_ old: OrderReference, with order: OrderRequest)

    /// Reports the order as it is now, or `unknown` where the venue has none and none can arrive any more
    /// from an earlier `submit`.
    func query(_ order: OrderReference)
    /// Reports every fill of the order that the venue has.
    func queryFills(_ order: OrderReference)
    /// Reports all fills of the account since, by symbol where the venue asks for one.
    func queryFills(since: Timestamp, symbols: [String])
    /// Reports the account with positions and open orders.
    func queryAccount(symbols: [String])
}

extension VenueGateway {
    public func start(symbols: [String], sink: @escaping @Sendable (GatewayReport) -> Void) {
        start(symbols: symbols, to: ReportSink(receive: { report, _ in sink(report) }, flush: {}))
    }

    public var countsFillsByReplacement: Bool { false }
    public var hasEnded: Bool { false }
    public var beginsAt: Timestamp? { nil }
}
