import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// A venue that never says anything.
final class SilentGateway: VenueGateway {
    let name = "silent"
    let isOrderStreamUp = true
    func start(symbols: [String], to sink: ReportSink) {}
    func stop() {}
    func submit(_ order: OrderRequest) {}
    func cancel(_ order: OrderReference) {}
    func replace(_ old: OrderReference, with order: OrderRequest) {}
    func query(_ order: OrderReference) {}
    func queryFills(_ order: OrderReference) {}
    func queryFills(since: Timestamp, symbols: [String]) {}
    func queryAccount(symbols: [String]) {}
}
