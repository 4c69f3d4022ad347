import LedgerDomain
import LedgerEvents
import LedgerVenues

extension VenueDescriptor {
    /// Spot markets by the REST API v3.
    public static let binance = VenueDescriptor(
        name: "binance", title: "Binance",
        capabilities: VenueCapabilities(
            forms: [
                .init(.crypto, .market, [.goodTillCancelled, .immediateOrCancel]),
                .init(.crypto, .limit, [.goodTillCancelled, .immediateOrCancel, .fillOrKill]),
                .init(.crypto, .stop, [.goodTillCancelled]),
                .init(.crypto, .stopLimit, [.goodTillCancelled, .immediateOrCancel, .fillOrKill]),
            ], symbolsPerConnection: BinanceMarketStream.symbolsPerConnection),
        keys: VenueKeyNames(key: ["BINANCE_API_KEY"], secret: ["BINANCE_API_SECRET"]),
        settings: BinanceKeys.daemon, exchangeSettings: BinanceKeys.exchange,
        filters: FiltersSource(
            answer: "exchangeInfo", path: "data/binance_filters.json",
            importCommand: "import-filters", fetchCommand: "fetch-filters",
            read: { (bytes) throws(JSONFault) in
                let info = try BinanceExchangeInfo(bytes)
                return (info.serverTime, info.instruments)
            }),
        fees: FeesSource(
            path: "data/binance_fees.json",
            read: { (bytes) throws(JSONFault) in try BinanceFees.read(bytes) }),
        recording: { (message, received, reports) throws(JSONFault) in
            _ = try BinanceMarketStream.read(message, received: received, into: &reports)
        })
}

extension BinanceMarketStream {
    /// The venue accepts 1024 streams per connection and silently drops the rest. Each symbol has
    /// one stream of trades, one of quotes and one of bars.
    static let symbolsPerConnection = 1024 / streams("", bars: true).count
}
