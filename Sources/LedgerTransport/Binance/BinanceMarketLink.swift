import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Binance's combined market streams.
// Sendable unchecked: every field is touched on the market loop alone.
final class BinanceMarketLink: @unchecked Sendable {
    /// Named in the address; more are subscribed to, so that no address grows without bound.
    private static let inAddress = 60
    private static let inRequest = 200

    private let core: GatewayCore
    private let reporter: LinkReporter
    private var link: WebSocketLink?
    private var streams: [String] = []
    private var rest: ArraySlice<String> = []
    private var lastRequest: Int64 = 0
    private var reports: [GatewayReport] = []

    init(_ core: GatewayCore) {
        self.core = core
        reporter = LinkReporter(.marketData, "market stream", { [core] in core.report($0) })
    }

    func start(_ symbols: [String]) {
        let hasBars = core.settings.hasBars
        let streams = symbols.flatMap { BinanceMarketStream.streams($0, bars: hasBars) }
        let names = streams.prefix(Self.inAddress).joined(separator: "/")
        let url = core.settings.marketStreamURL + "/stream?streams=" + names
        let events = WebSocketLink.Events(
            target: { $0(WebSocketTarget(url)) }, opened: { [self] in opened() },
            message: { [self] in take($0) }, closed: { [self] in reporter.down($0) })
        core.marketLoop.execute { [self] in
            self.streams = streams
            let link = WebSocketLink(
                loop: core.marketLoop, settings: core.settings.socket, events: events)
            self.link = link
            link.start()
        }
    }

    func stop() {
        core.marketLoop.execute { [self] in
            link?.stop()
            link = nil
        }
    }

    private func opened() {
        rest = streams.dropFirst(Self.inAddress)
        subscribe()
    }

    /// One request after the other: the venue takes five messages a second.
    private func subscribe() {
        guard !rest.isEmpty else { return up() }
        lastRequest += 1
        link?.send(
            BinanceMarketStream.subscribe(Array(rest.prefix(Self.inRequest)), id: lastRequest))
        rest = rest.dropFirst(Self.inRequest)
    }

    private func up() {
        link?.confirm()
        reporter.up()
    }

    private func take(_ bytes: [UInt8]) {
        reports.removeAll(keepingCapacity: true)
        do {
            let signal = try BinanceMarketStream.read(
                bytes, received: core.clock.now, into: &reports)
            if !reports.isEmpty { core.reportMarket(reports, readAt: link?.readAt ?? 0) }
            switch signal {
            case .none: break
            case .answered(let id): if id == lastRequest { subscribe() }
            case .failed(let code, let text):
                core.report(.fault(.refused(code: "\(code)", text), "market stream"))
            case .shutdown: link?.renew("the venue shuts down")
            }
        } catch {
            core.report(.fault(.malformed("\(error)"), "market stream"))
        }
    }
}
