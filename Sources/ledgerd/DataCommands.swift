import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerReading
import LedgerRunning
import LedgerTransport
import LedgerUpkeep
import LedgerVenues
import VenueNetwork

struct DaemonDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Fetch instruments, fees and history from venues.",
        subcommands: [
            FetchFiltersCommand.self, FetchAssetsCommand.self, FetchUniverseCommand.self,
            RefreshFeesCommand.self, FetchBarsCommand.self, UpdateBarsCommand.self,
        ])
}

/// Runs a body with a venue's client and reports its errors to the user.
private func asking<T>(
    _ venue: VenueConnection, _ options: VenueOptions, _ body: (VenueClient) throws -> T
) throws -> T {
    let client = try options.client(venue)
    defer { client.stop() }
    do { return try body(client) } catch let fault as VenueFault {
        throw CommandError("\(VenueTrouble(venue, fault))")
    } catch let fault as JSONFault {
        throw CommandError("\(venue.name): cannot read the answer: \(fault)")
    }
}

/// Writes a file as a whole; a full disk has its own exit code.
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
    try client.connection.questions.catalogue(client, Operator.now)
}

private func save(_ all: VenueCatalogue, universe: String?, to path: String) throws {
    var chosen = all
    if let universe {
        let wanted = try symbols(universe)
        let missing = wanted.filter { all[$0] == nil }
        guard missing.isEmpty else {
            throw CommandError(
                "\(universe) names \(missing.prefix(10).joined(separator: ", ")), which "
                    + "\(all.venue) does not have")
        }
        chosen = all.narrowed(to: wanted)
    }
    try write(chosen.bytes, to: path)
    Terminal.print(
        "\(path): \(chosen.instruments.count) of \(chosen.venue) as of \(chosen.madeAt)")
}

/// Fetches the filters of a venue into a file.
struct FetchFiltersOptions: ParsableArguments {
    @OptionGroup var name: VenueNameOptions
    @OptionGroup var venue: VenueOptions
    @Option(help: "File of the symbols to keep (default: all).")
    var universe: String?
    @Option(help: "File to write (default: the venue's file under data/).")
    var out: String?

    func run(_ usual: VenueConnection?) throws {
        let connection = try name.connection(usual)
        let found = try asking(connection, venue, catalogue)
        try save(found, universe: universe, to: out ?? connection.venue.filters.path)
    }
}

struct FetchFiltersCommand: ParsableCommand {
    private static let name = "fetch-filters"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Fetch \(ConnectedVenues.title(fetching: name)) order filters.",
        discussion: """
              ledgerd data fetch-filters --universe data/universe/symbols.json
              ledgerd data fetch-filters --url http://127.0.0.1:8422 \\
                --out data/local_filters.json
            """.paragraphs)

    @OptionGroup var filters: FetchFiltersOptions

    func run() throws { try filters.run(ConnectedVenues.fetching(by: Self.name)) }
}

struct FetchAssetsCommand: ParsableCommand {
    private static let name = "assets"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Fetch order filters for \(ConnectedVenues.title(fetching: name)) assets.")

    @OptionGroup var filters: FetchFiltersOptions

    func run() throws { try filters.run(ConnectedVenues.fetching(by: Self.name)) }
}

struct FetchUniverseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "universe", abstract: "Fetch the symbols that a venue trades.",
        discussion: """
            \(examples)
            """.paragraphs)

    private static let examples = ConnectedVenues.all.map { venue in
        "  ledgerd data universe --venue \(venue.name) --out data/universe/\(venue.name).json"
    }.joined(separator: "\n")

    @OptionGroup var name: VenueNameOptions
    @OptionGroup var venue: VenueOptions
    @Option(help: "Only symbols priced in this currency.")
    var quote: String?
    @Option(help: "Only this kind: equity or crypto.")
    var kind: String?
    @Option(help: "File to write.")
    var out = "data/universe/symbols.json"

    func run() throws {
        let connection = try name.connection(ConnectedVenues.fetching(by: "fetch-filters"))
        let name = connection.name
        let found = try asking(connection, venue, catalogue)
        let chosen = found.instruments.filter { instrument in
            instrument.isTradable && (quote == nil || instrument.quote == quote)
                && (kind == nil || "\(instrument.kind)" == kind)
        }
        guard !chosen.isEmpty else {
            throw CommandError("\(name) trades no symbol that matches")
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
        abstract:
            "Fetch the fees that \(ConnectedVenues.withFees?.venue.title ?? "a venue") charges "
            + "this account.",
        discussion: """
              ledgerd data refresh-fees --universe data/universe/symbols.json
              ledgerd data refresh-fees --symbols BTCUSDT,ETHUSDT
            """.paragraphs)

    @OptionGroup var name: VenueNameOptions
    @OptionGroup var venue: VenueOptions
    @Option(help: "Symbols, separated by commas.")
    var symbols = ""
    @Option(help: "File of the symbols.")
    var universe: String?
    @Option(help: "File to write (default: the venue's file under data/).")
    var out: String?

    func run() throws {
        let wanted = try FiltersFile.list(symbols) + ledgerd.symbols(universe)
        guard !wanted.isEmpty else {
            throw CommandError("give --symbols BTCUSDT,… or --universe FILE")
        }
        let connection = try name.connection(ConnectedVenues.withFees)
        guard let ask = connection.questions.fees, let format = connection.venue.fees else {
            throw CommandError("\(connection.venue.title) has no fee query")
        }
        var symbols: [String] = []
        for symbol in wanted where !symbols.contains(symbol) { symbols.append(symbol) }
        let schedule = try asking(connection, venue) { client in
            VenueFees(
                venue: connection.name, source: client.settings.addresses.trading,
                madeAt: Operator.now, fees: try ask(client, symbols))
        }
        let path = out ?? format.path
        try write(schedule.bytes, to: path)
        Terminal.print(
            "\(path): fees of \(schedule.fees.count) symbols of \(connection.name) as of "
                + "\(schedule.madeAt)")
    }
}
