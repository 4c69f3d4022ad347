import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerReading
import LedgerRunning
import LedgerTransport
import LedgerUpkeep
import LedgerVenues

struct DaemonDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Fetch what venues say of instruments, fees and history.",
        subcommands: [
            FetchFiltersCommand.self, FetchAssetsCommand.self, FetchUniverseCommand.self,
            RefreshFeesCommand.self, FetchBarsCommand.self,
        ])
}

/// Runs a body with a venue's client, and says its faults as a person reads them.
private func asking<T>(
    _ venue: VenueName, _ options: VenueOptions, _ body: (VenueClient) throws -> T
) throws -> T {
    let client = try options.client(venue)
    defer { client.stop() }
    do { return try body(client) } catch let fault as VenueFault {
        throw CommandError("\(VenueTrouble(venue, fault))")
    } catch let fault as JSONFault {
        throw CommandError("\(venue): an answer that cannot be read: \(fault)")
    }
}

/// Writes a file as a whole, or ends with the code of a full disk.
private func write(_ bytes: [UInt8], to path: String) throws {
    do throws(ArtifactError) { try ArtifactFile.write(bytes, to: path) } catch {
        throw CommandError("\(error)", code: error.isFull ? 4 : 2)
    }
}

private func symbols(_ path: String?) throws -> [String] {
    guard let path else { return [] }
    do { return try SymbolUniverse(WholeFile.read(path)).symbols } catch let fault as JSONFault {
        throw CommandError("\(path): \(fault)")
    }
}

private func catalogue(_ client: VenueClient) throws -> VenueCatalogue {
    switch client.settings.venue {
    case .binance:
        let info = try BinanceExchangeInfo(
            client.ask(BinanceRequests.exchangeInfo()).body)
        return VenueCatalogue(
            venue: "binance", source: client.settings.data,
            madeAt: info.serverTime ?? Operator.now, instruments: info.instruments)
    case .alpaca:
        var instruments: [VenueInstrument] = []
        for isCrypto in [false, true] {
            let answer = try client.ask(AlpacaRequests.assets(isCrypto: isCrypto))
            for found in try AlpacaAssets(answer.body).instruments
            where !instruments.contains(where: { $0.symbol == found.symbol }) {
                instruments.append(found)
            }
        }
        return VenueCatalogue(
            venue: "alpaca", source: client.settings.trading, madeAt: Operator.now,
            instruments: instruments)
    }
}

private func save(_ all: VenueCatalogue, universe: String?, to path: String) throws {
    var chosen = all
    if let universe {
        let wanted = try symbols(universe)
        let missing = wanted.filter { all[$0] == nil }
        guard missing.isEmpty else {
            throw CommandError(
                "\(universe) names \(missing.prefix(10).joined(separator: ", ")), which "
                    + "\(all.venue) does not have", code: 1)
        }
        chosen = all.narrowed(to: wanted)
    }
    try write(chosen.bytes, to: path)
    Terminal.print(
        "\(path): \(chosen.instruments.count) of \(chosen.venue) as of \(chosen.madeAt)")
}

struct FetchFiltersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch-filters", abstract: "Fetch Binance's filters into a file.",
        discussion: """
              ledgerd data fetch-filters --universe data/universe/symbols.json
              ledgerd data fetch-filters --url http://127.0.0.1:8422 --out data/local_filters.json
            """)

    @OptionGroup var venue: VenueOptions
    @Option(help: "File of the symbols to keep; all unless given.")
    var universe: String?
    @Option(help: "File to write.")
    var out = "data/binance_filters.json"

    func run() throws {
        let found = try asking(.binance, venue, catalogue)
        try save(found, universe: universe, to: out)
    }
}

struct FetchAssetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assets", abstract: "Fetch Alpaca's assets into a file of filters.")

    @OptionGroup var venue: VenueOptions
    @Option(help: "File of the symbols to keep; all unless given.")
    var universe: String?
    @Option(help: "File to write.")
    var out = "data/alpaca_filters.json"

    func run() throws {
        let found = try asking(.alpaca, venue, catalogue)
        try save(found, universe: universe, to: out)
    }
}

struct FetchUniverseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "universe", abstract: "Fetch the symbols that a venue trades into a file.",
        discussion: """
              ledgerd data universe --venue binance --quote USDT
              ledgerd data universe --venue alpaca --kind equity --out data/universe/alpaca_symbols.json
            """)

    @Option(name: .customLong("venue"), help: "alpaca or binance.")
    var name = VenueName.binance
    @OptionGroup var venue: VenueOptions
    @Option(help: "Only what is paid in this.")
    var quote: String?
    @Option(help: "Only equity or crypto.")
    var kind: String?
    @Option(help: "File to write.")
    var out = "data/universe/symbols.json"

    func run() throws {
        let found = try asking(name, venue, catalogue)
        let chosen = found.instruments.filter { instrument in
            instrument.isTradable && (quote == nil || instrument.quote == quote)
                && (kind == nil || "\(instrument.kind)" == kind)
        }
        guard !chosen.isEmpty else {
            throw CommandError("\(name) trades nothing of that kind", code: 1)
        }
        let universe = SymbolUniverse(
            venue: found.venue, source: found.source, madeAt: found.madeAt,
            symbols: chosen.map(\.symbol))
        try write(universe.bytes, to: out)
        Terminal.print("\(out): \(universe.symbols.count) symbols of \(name) as of \(found.madeAt)")
    }
}

struct RefreshFeesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refresh-fees",
        abstract: "Fetch what Binance takes of this account's trades into a file.",
        discussion: """
              ledgerd data refresh-fees --universe data/universe/symbols.json
              ledgerd data refresh-fees --symbols BTCUSDT,ETHUSDT
            """)

    @OptionGroup var venue: VenueOptions
    @Option(help: "Symbols, separated by commas.")
    var symbols = ""
    @Option(help: "File of the symbols.")
    var universe: String?
    @Option(help: "File to write.")
    var out = "data/binance_fees.json"

    func run() throws {
        let wanted = try FiltersFile.list(symbols) + ledgerd.symbols(universe)
        guard !wanted.isEmpty else {
            throw CommandError("say which: --symbols BTCUSDT,… or --universe FILE")
        }
        let schedule = try asking(.binance, venue) { client in
            var fees: [VenueFee] = []
            for symbol in wanted where !fees.contains(where: { $0.symbol == symbol }) {
                fees += try VenueFee.parseBinance(
                    client.ask(BinanceRequests.commission(symbol)).body)
            }
            return FeeSchedule(
                venue: "binance", source: client.settings.trading, madeAt: Operator.now, fees: fees)
        }
        try write(schedule.bytes, to: out)
        Terminal.print(
            "\(out): fees of \(schedule.fees.count) symbols of binance as of \(schedule.madeAt)")
    }
}
