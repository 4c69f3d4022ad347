import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Alpaca's stream of market data.
// Sendable unchecked: every field is touched on the market loop alone.
final class AlpacaMarketLink: @unchecked Sendable {
    private let core: GatewayCore
    private let reporter: LinkReporter
    private var link: WebSocketLink?
    private var symbols: [String] = []
    private var reports: [GatewayReport] = []
    private var signals: [AlpacaDataStream.Signal] = []

    init(_ core: GatewayCore) {
        self.core = core
        reporter = LinkReporter(.marketData, "market stream", { [core] in core.report($0) })
    }

    func start(_ symbols: [String]) {
        let url = core.settings.marketStreamURL
        let events = WebSocketLink.Events(
            target: { $0(WebSocketTarget(url)) }, opened: {},
            message: { [self] in take($0) }, closed: { [self] in reporter.down($0) })
        core.marketLoop.execute { [self] in
            self.symbols = symbols
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

    private func take(_ bytes: [UInt8]) {
        reports.removeAll(keepingCapacity: true)
        signals.removeAll(keepingCapacity: true)
        do {
            try AlpacaDataStream.read(bytes, into: &reports, signals: &signals)
        } catch {
            core.report(.fault(.malformed("\(error)"), "market stream"))
        }
        // What was whole before the flaw stands.
        if !reports.isEmpty { core.reportMarket(reports, readAt: link?.readAt ?? 0) }
        for signal in signals { act(on: signal) }
    }

    private func act(on signal: AlpacaDataStream.Signal) {
        switch signal {
        case .connected: link?.send(AlpacaRequests.authenticate(core.settings.keys))
        case .authenticated:
            link?.send(AlpacaRequests.subscribe(symbols, bars: core.settings.hasBars))
        case .subscribed:
            link?.confirm()
            reporter.up()
        case .failed(let code, let text) where code == 402 || code == 404 || code == 409:
            // A wrong key, a time-out of it, or a feed that was not paid for.
            if code != 404 { link?.stop() }
            core.report(.fault(.authentication("\(code) \(text)"), "market stream"))
        case .failed(let code, let text):
            core.report(.fault(.refused(code: "\(code)", text), "market stream"))
        }
    }
}
