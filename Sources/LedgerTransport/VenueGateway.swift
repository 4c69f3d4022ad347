import LedgerDomain
import LedgerEvents
import LedgerVenues

/// What a venue can do for the ledger, the same for all venues. The conformance suite tests each
/// implementation.
///
/// Requests return at once; results go to the sink as reports on the gateway's own thread, in the
/// venue's order. An order request is sent at most once: if no answer arrives, `query` finds the
/// outcome; the request is never repeated.
public protocol VenueGateway: AnyObject, Sendable {
    var name: String { get }

    /// Connects the streams, measures the clock, and reports `link` when each is up; keeps them up
    /// until `stop`. Market data arrive for these symbols.
    func start(symbols: [String], to sink: ReportSink)
    func stop()

    /// The start of a recording; nil for a venue, whose time is now.
    var beginsAt: Timestamp? { get }

    /// Whether it has ended, as a recording does.
    var hasEnded: Bool { get }

    /// Whether a replacement is a new order to the venue, which restarts the count of its fills.
    var countsFillsByReplacement: Bool { get }

    /// Whether the stream of order reports is up. While it is down, nothing may be submitted or
    /// replaced.
    var isOrderStreamUp: Bool { get }

    func submit(_ order: OrderRequest)
    func cancel(_ order: OrderReference)
    /// - Parameter order: the new terms with a new client order id; `quantity` is the total,
    ///   including what has filled.
    func replace(_ old: OrderReference, with order: OrderRequest)

    /// Reports the order as it is now, or `unknown` if the venue does not have it and an earlier
    /// `submit` can no longer arrive.
    func query(_ order: OrderReference)
    /// Reports every fill of the order at the venue.
    func queryFills(_ order: OrderReference)
    /// Reports all fills of the account since a time, by symbol if the venue requires one.
    func queryFills(since: Timestamp, symbols: [String])
    /// Reports what changed the account outside of orders since a time, if the venue reports that.
    func queryActivities(since: Timestamp)
    /// Reports the account with positions and open orders.
    func queryAccount(symbols: [String])

    /// An operator wants the key to be tried again that the venue refused.
    func tryKeyAgain()

    /// The requests that ended since the start.
    var requests: RequestCount { get }
}

/// How many requests ended, and how many of them failed on the way or at the venue. An order that
/// the venue refuses is an answer, not a failure.
public struct RequestCount: Hashable, Sendable {
    public var ended: UInt64 = 0
    public var failed: UInt64 = 0

    public init() {}

    mutating func add(_ fault: VenueFault?) {
        ended += 1
        if let fault, !fault.isAnswer { failed += 1 }
    }
}

extension VenueFault {
    /// Whether the venue understood the request and refused it.
    var isAnswer: Bool {
        if case .refused = self { return true }
        return false
    }
}

extension VenueGateway {
    public func start(symbols: [String], sink: @escaping @Sendable (GatewayReport) -> Void) {
        start(symbols: symbols, to: ReportSink(receive: { report, _ in sink(report) }, flush: {}))
    }

    public var countsFillsByReplacement: Bool { false }
    public func queryActivities(since: Timestamp) {}

    public var hasEnded: Bool { false }
    public func tryKeyAgain() {}
    public var requests: RequestCount { RequestCount() }
    public var beginsAt: Timestamp? { nil }
}
