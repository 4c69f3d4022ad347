import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerReading

/// What one dialect trades and where its prices come from.
struct ExchangeSetting {
    private let options: ExchangeOptions
    private let dialect: any ExchangeDialect
    /// With the initial prices of random walks.
    private var walks: [(instrument: Instrument, price: Price)] = []
    private var files: [DataSettings] = []
    private let listed: [ListedSymbol]
    private(set) var instruments: [Instrument] = []

    init(_ options: ExchangeOptions, _ dialect: any ExchangeDialect) throws {
        (self.options, self.dialect) = (options, dialect)
        listed = try dialect.listed(options)
        switch options.feed {
        case .random, .none: try nameWalks()
        case .files: try nameFiles()
        case .recording:
            let path = options.configuration[ExchangeKeys.recording]
            guard let recordings = dialect.recordings, !path.isEmpty else {
                throw InputError(
                    "exchange.recording: name a file; \(dialect.name) plays "
                        + (dialect.recordings == nil ? "none" : "it"))
            }
            instruments = try recordings.symbols(path).map(instrument)
        }
        guard !instruments.isEmpty else {
            throw InputError("there is nothing to trade; set symbols, data or a recording")
        }
    }

    /// The initial time of a new journal.
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

    private mutating func nameWalks() throws {
        let named = options.configuration[ExchangeKeys.symbols]
        let text = named.isEmpty ? dialect.symbols : named
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=").map(\.spaceless)
            guard pair.count == 2, let price = try? Price(pair[1]), price.raw > 0 else {
                throw InputError("exchange.symbols: '\(part)' is no SYMBOL=PRICE")
            }
            guard isOurs(pair[0]) else { continue }
            let instrument = instrument(pair[0])
            instruments.append(instrument)
            walks.append((instrument, price))
        }
    }

    /// With several dialects, each takes its own kind of symbol.
    private func isOurs(_ symbol: String) -> Bool {
        func claim(_ dialect: any ExchangeDialect) -> Bool? {
            dialect.claims(symbol, currency: options.currency(of: dialect))
        }
        return claim(dialect) ?? !options.dialects.contains { claim($0) == true }
    }

    private mutating func nameFiles() throws {
        for entry in options.configuration.settings.entries(.data) {
            let data = try DataSettings(entry)
            guard data.instrument.currency == options.currency(of: dialect) else { continue }
            files.append(data)
            if !instruments.contains(where: { $0.symbol == data.symbol }) {
                instruments.append(data.instrument)
            }
        }
    }

    private func instrument(_ symbol: String) -> Instrument {
        let known = listed.first { $0.symbol == symbol }
        return Instrument(
            id: .none, symbol: symbol, venue: dialect.listing,
            currency: known?.currency ?? options.currency(of: dialect),
            kind: dialect.kind(of: symbol), tick: known?.tick ?? Price(raw: 10_000_000),
            lot: known?.lot ?? dialect.lot, priceScale: 2, quantityScale: 8)
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
            return RandomFeed(
                walks.map { (numbered($0.instrument), $0.price) },
                seed: options.configuration[RunKeys.seed],
                tick: options.configuration[ExchangeKeys.tick],
                start: Timestamp(nanoseconds: 1_767_623_400_000_000_000))
        case .files:
            return MergedFeed(
                try files.map {
                    try FileMarketFeed(
                        path: $0.path, format: $0.format, instrument: numbered($0.instrument).id)
                })
        case .recording:
            let path = options.configuration[ExchangeKeys.recording]
            guard let recordings = dialect.recordings else { return SilentFeed() }
            return try recordings.feed(path, known)
        }
    }
}
