import BinanceWire
import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues

/// Binance's combined market streams.
// Sendable unchecked: every field is used only on the market loop.
public final class BinanceMarketLink: MarketLink, @unchecked Sendable {
    /// The first streams are in the address; more are subscribed to, which bounds the address.
    private static let inAddress = 60
    private static let inRequest = 200

    public let stream: GatewayStream
    private var core: GatewayCore { stream.core }
    private var streams: [String] = []
    private var rest: ArraySlice<String> = []
    private var lastRequest: Int64 = 0
    private var reports: [GatewayReport] = []

    init(_ core: GatewayCore) { stream = .market(core) }

    public func choose(_ symbols: [String]) {
        let hasBars = core.settings.hasBars
        streams = symbols.flatMap { BinanceMarketStream.streams($0, bars: hasBars) }
    }

    public func target(_ then: @escaping @Sendable (WebSocketTarget?) -> Void) {
        let names = streams.prefix(Self.inAddress).joined(separator: "/")
        then(WebSocketTarget(core.settings.marketStreamURL + "/stream?streams=" + names))
    }

    public func opened() {
        rest = streams.dropFirst(Self.inAddress)
        subscribe()
    }

    /// One request at a time: the venue accepts five messages per second.
    private func subscribe() {
        guard !rest.isEmpty else { return stream.up() }
        lastRequest += 1
        stream.send(
            BinanceMarketStream.subscribe(Array(rest.prefix(Self.inRequest)), id: lastRequest))
        rest = rest.dropFirst(Self.inRequest)
    }

    public func receive(_ bytes: [UInt8]) {
        reports.removeAll(keepingCapacity: true)
        do {
            let signal = try BinanceMarketStream.read(
                bytes, received: core.clock.now, into: &reports)
            if !reports.isEmpty { core.reportMarket(reports, readAt: stream.readAt) }
            switch signal {
            case .none: break
            case .answered(let id): if id == lastRequest { subscribe() }
            case .failed(let code, let text):
                stream.report(.refused(code: "\(code)", text))
            case .shutdown: stream.renew("the venue shuts down")
            }
        } catch {
            stream.report(.malformed("\(error)"))
        }
    }
}
