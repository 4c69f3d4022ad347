import BinanceWire
import LedgerDomain
import LedgerConfiguration
import LedgerExchange
import LedgerReading
import LedgerRunning
import LedgerSettings
import LedgerVenues

/// Binance's spot API.
public struct BinanceDialect: ExchangeDialect {
    public let name = "binance"
    public let symbols = "BTCUSDT=60000,ETHUSDT=3000"
    public let listing = "BINANCE"
    public let lot = Quantity(raw: 10_000)

    public init() {}

    public func currency(_ configuration: Configuration) -> String {
        configuration[BinanceKeys.exchangeCurrency]
    }

    public func kind(of symbol: String) -> InstrumentKind { .crypto }

    public func claims(_ symbol: String, currency: String) -> Bool? {
        symbol.hasSuffix(currency) && !symbol.contains("/")
    }

    public func listed(_ options: ExchangeOptions) throws -> [ListedSymbol] {
        try recorded(options).map {
            ListedSymbol(symbol: $0.name, currency: $0.quote, tick: $0.tick, lot: $0.lot)
        }
    }

    public func streams(at socket: String) -> [(name: String, address: String)] {
        [("streams", socket), ("ws-api", "\(socket)/ws-api/v3")]
    }

    public var recordings: (any ExchangeRecordings)? { Recordings() }

    public func venue(
        _ ledger: ExchangeLedger, _ options: ExchangeOptions, _ faults: Misbehaviour
    ) throws -> any Venue {
        BinanceVenue(ledger, options, faults, recorded: try recorded(options))
    }

    private struct Recordings: ExchangeRecordings {
        func symbols(_ path: String) throws -> [String] { try RecordedFeed.symbols(path: path) }

        func feed(_ path: String, _ instruments: [Instrument]) throws -> any MarketFeed {
            try RecordedFeed(path: path, instruments: instruments)
        }
    }

    public var listedSetting: SettingKey<[String]>? { ExchangeKeys.filters }

    /// The symbols in the exchangeInfo files that the settings name.
    private func recorded(_ options: ExchangeOptions) throws -> [BinanceSymbol] {
        try options.configuration[ExchangeKeys.filters].flatMap { path in
            let value: WireValue
            do {
                value = try WireJSON.decode(
                    try WholeFile.unpacked(path),
                    limits: WireLimits(bytes: 64 << 20, values: 4_000_000))
            } catch { throw InputError("\(path): \(error)") }
            let found = value["symbols"]?.elements ?? [value]
            return found.filter { $0["symbol"] != nil }.map { BinanceSymbol(recorded: $0) }
        }
    }
}
