import AlpacaWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// One of Alpaca's two streams of market data: shares, or coins.
// Sendable unchecked: every field is used only on the market loop.
public final class AlpacaMarketLink: MarketLink, @unchecked Sendable {
    public let stream: GatewayStream
    private var core: GatewayCore { stream.core }
    private var symbols: [String] = []
    private var reports: [GatewayReport] = []
    private var signals: [AlpacaDataStream.Signal] = []

    private let isOfCoins: Bool

    init(_ core: GatewayCore, coins: Bool) {
        isOfCoins = coins
        stream = coins ? .coins(core) : .market(core)
    }

    public func serves(_ symbol: String) -> Bool { AlpacaRequests.isCrypto(symbol) == isOfCoins }
    public func choose(_ symbols: [String]) { self.symbols = symbols }

    public func target(_ then: @escaping @Sendable (WebSocketTarget?) -> Void) {
        let settings = core.settings
        then(WebSocketTarget(isOfCoins ? settings.coinStreamURL : settings.marketStreamURL))
    }

    public func receive(_ bytes: [UInt8]) {
        reports.removeAll(keepingCapacity: true)
        signals.removeAll(keepingCapacity: true)
        do {
            try AlpacaDataStream.read(bytes, into: &reports, signals: &signals)
        } catch {
            stream.report(.malformed("\(error)"))
        }
        // The complete messages before the error are kept.
        if !reports.isEmpty { core.reportMarket(reports, readAt: stream.readAt) }
        for signal in signals { act(on: signal) }
    }

    private func act(on signal: AlpacaDataStream.Signal) {
        switch signal {
        case .connected: stream.send(AlpacaRequests.authenticate(core.settings.keys))
        case .authenticated:
            stream.send(AlpacaRequests.subscribe(symbols, bars: core.settings.hasBars))
        case .subscribed:
            stream.up()
        case .failed(402, let text):
            core.orderLoop.execute { [core, stream] in
                core.failed(.authentication("402 \(text)"), stream.name)
            }
            stream.renew("the key was refused")
        case .failed(let code, let text) where code == 404 || code == 409:
            // An authentication time-out, or a feed that was not paid for: the other streams go on.
            stream.report(.refused(code: "\(code)", text))
            stream.renew("\(code) \(text)")
        case .failed(let code, let text):
            stream.report(.refused(code: "\(code)", text))
        }
    }
}
