import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerReading
import LedgerVenues

/// What one dialect trades and where its prices come from.
struct ExchangeSetting {
    private let options: ExchangeOptions
    private let dialect: VenueDialect
    /// With the prices at which random walks begin.
    private var walks: [(instrument: Instrument, price: Price)] = []
    private var files: [DataSettings] = []
    /// Symbols of exchangeInfo files.
    private(set) var recorded: [BinanceSymbol] = []
    private(set) var instruments: [Instrument] = []

    init(_ options: ExchangeOptions, _ dialect: VenueDialect) throws {
        (self.options, self.dialect) = (options, dialect)
        if dialect == .binance { try readFilters() }
        switch options.feed {
        case .random, .none: try nameWalks()
        case .files: try nameFiles()
        case .recording:
            let path = options.configuration["exchange.recording"]
            guard dialect == .binance, !path.isEmpty else {
                throw InputError("exchange.recording: a recorded stream is Binance's, and a file")
            }
            instruments = try RecordedFeed.symbols(path: path).map {
                try instrument($0, kind: .crypto)
            }
        }
        guard !instruments.isEmpty else {
            throw InputError("nothing to trade: name symbols, data or a recording")
        }
    }

    /// Where time begins in a new journal.
    var start: Timestamp {
        guard options.keepsFeedTime, var feed = try? feed(numbered) else {
            return ExchangeClock.machine
        }
        return (try? feed.next())?.time ?? ExchangeClock.machine
    }

    private var numbered: [Instrument] {
        instruments.enumerated().map { place, instrument in
            var numbered = instrument
            numbered.id = InstrumentID(UInt32(place + 1))
            return numbered
        }
    }

    // MARK: Symbols

    private mutating func readFilters() throws {
        let paths = options.configuration["exchange.filters"].split(separator: ",").map(\.spaceless)
        for path in paths {
            let value: WireValue
            do {
                value = try WireJSON.decode(
                    try WholeFile.bytes(path),
                    limits: WireLimits(bytes: 64 << 20, values: 4_000_000))
            } catch { throw InputError("\(path): \(error)") }
            let found = value["symbols"]?.elements ?? [value]
            recorded += found.filter { $0["symbol"] != nil }.map { BinanceSymbol(recorded: $0) }
        }
    }

    private static let standard: [VenueDialect: String] = [
        .alpaca: "AAPL=190,SPY=500,BTC/USD=60000", .binance: "BTCUSDT=60000,ETHUSDT=3000",
    ]

    private mutating func nameWalks() throws {
        let named = options.configuration["exchange.symbols"]
        let text = named.isEmpty ? Self.standard[dialect] ?? "" : named
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=").map(\.spaceless)
            guard pair.count == 2, let price = try? Price(pair[1]), price.raw > 0 else {
                throw InputError("exchange.symbols: '\(part)' is no SYMBOL=PRICE")
            }
            let isPair = pair[0].contains("/")
            // Of two dialects each takes its own kind of symbol.
            let isOurs =
                dialect == .binance
                ? pair[0].hasSuffix(options.currency(of: .binance)) && !isPair
                : options.dialects.count == 1
                    || !pair[0].hasSuffix(options.currency(of: .binance)) || isPair
            guard isOurs else { continue }
            let kind: InstrumentKind = dialect == .binance || isPair ? .crypto : .equity
            let instrument = try instrument(pair[0], kind: kind)
            instruments.append(instrument)
            walks.append((instrument, price))
        }
    }

    private mutating func nameFiles() throws {
        let settings = options.configuration.settings
        for index in 0..<settings.count(of: "data") {
            let data = try DataSettings(settings, index)
            guard data.instrument.currency == options.currency(of: dialect) else { continue }
            files.append(data)
            if !instruments.contains(where: { $0.symbol == data.symbol }) {
                instruments.append(data.instrument)
            }
        }
    }

    private func instrument(_ symbol: String, kind: InstrumentKind) throws -> Instrument {
        let known = recorded.first { $0.name == symbol }
        let tick = known?.tick ?? Price(raw: 10_000_000)
        let lot: Quantity
        switch (known, dialect) {
        case (let known?, _): lot = known.lot
        case (nil, .binance): lot = Quantity(raw: 10_000)
        case (nil, .alpaca): lot = Quantity(raw: 1)
        }
        return Instrument(
            id: .none, symbol: symbol, venue: dialect == .alpaca ? "NASDAQ" : "BINANCE",
            currency: known?.quote ?? options.currency(of: dialect), kind: kind, tick: tick,
            lot: lot, priceScale: 2, quantityScale: 8)
    }

    // MARK: Feed

    /// - Parameter known: the instruments with the journal's numbers.
    func feed(_ known: [Instrument]) throws -> any MarketFeed {
        func numbered(_ instrument: Instrument) -> Instrument {
            known.first { $0.symbol == instrument.symbol } ?? instrument
        }
        switch options.feed {
        case .none: return SilentFeed()
        case .random:
            let tick = Int64(options.configuration["exchange.tick_ms"]) ?? 200
            return RandomFeed(
                walks.map { (numbered($0.instrument), $0.price) },
                seed: UInt64(options.configuration["seed"]) ?? 0, tick: .milliseconds(tick),
                start: Timestamp(nanoseconds: 1_767_623_400_000_000_000))
        case .files:
            return MergedFeed(
                try files.map {
                    try FileMarketFeed(
                        path: $0.path, format: $0.format, instrument: numbered($0.instrument).id)
                })
        case .recording:
            return try RecordedFeed(
                path: options.configuration["exchange.recording"], instruments: known)
        }
    }
}
