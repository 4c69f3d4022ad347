import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerReading
import LedgerRunning
import LedgerUpkeep
import LedgerVenues
import VenueRegister

/// When the venue gave the content of a file.
struct OriginOptions: ParsableArguments {
    @Option(help: "UTC time of the venue's answer; required if the file does not state it.")
    var asOf: String?

    func time(_ found: Timestamp?, _ path: String) throws -> Timestamp {
        if let asOf {
            guard let time = Timestamp(asOf) else {
                throw ValidationError("--as-of \(asOf) is not a UTC time such as 2026-06-15")
            }
            return time
        }
        guard let found else {
            throw CommandError("\(path) does not state its time; give it with --as-of")
        }
        return found
    }
}

/// Converts a venue's answer into a file of this program.
enum VenueFile {
    static func write(_ bytes: [UInt8], to path: String) throws {
        do throws(ArtifactError) { try ArtifactFile.write(bytes, to: path) } catch {
            throw CommandError("\(error)", code: error.isFull ? 4 : 2)
        }
    }

    static func parse<T>(
        _ path: String, _ body: ([UInt8]) throws(JSONFault) -> T
    ) throws -> T {
        let bytes = try WholeFile.read(path)
        do throws(JSONFault) { return try body(bytes) } catch {
            throw CommandError("\(path): \(error)")
        }
    }

    static func name(_ path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// - Returns: what was written.
    static func writeFilters(
        _ catalogue: VenueCatalogue, universe: String?, to path: String
    ) throws -> Report {
        var chosen = catalogue
        if let universe {
            let symbols = try parse(universe) { (bytes) throws(JSONFault) in
                try SymbolUniverse(bytes)
            }.symbols
            let missing = symbols.filter { catalogue[$0] == nil }
            guard missing.isEmpty else {
                throw CommandError(
                    "\(universe) names \(missing.prefix(10).joined(separator: ", ")), which "
                        + "\(catalogue.source) does not have")
            }
            chosen = catalogue.narrowed(to: symbols)
        }
        try write(chosen.bytes, to: path)
        let idle = chosen.instruments.count { !$0.isTradable }
        return Report(
            "\(path): \(chosen.instruments.count) of \(chosen.venue) as of "
                + "\(chosen.madeAt)" + (idle > 0 ? ", \(idle) of them not traded" : ""),
            [
                Report.text("file", path), Report.text("venue", chosen.venue),
                Report.number("symbols", chosen.instruments.count),
                Report.number("not_traded", idle), Report.text("as_of", chosen.madeAt),
            ])
    }
}

/// Which venue's answer a file contains.
struct SourceOptions: ParsableArguments {
    @Option(
        name: .customLong("venue"), help: "Venue that gave the answer: \(KnownVenues.list).")
    var name: String?

    /// - Parameter usual: the venue to use if none is named.
    func venue(_ usual: VenueDescriptor?) throws -> VenueDescriptor {
        guard let name else {
            guard let usual else { throw ValidationError("give --venue") }
            return usual
        }
        guard let venue = KnownVenues.named(name) else {
            throw ValidationError("--venue \(name) is not one of \(KnownVenues.list)")
        }
        return venue
    }
}

extension KnownVenues {
    static var list: String { names.joined(separator: ", ") }

    /// The venue whose filters a command imports by default.
    static func importing(by command: String) -> VenueDescriptor? {
        all.first { $0.filters.importCommand == command }
    }

    static func title(importing command: String) -> String {
        importing(by: command).map { "\($0.title)'s \($0.filters.answer)" } ?? "an answer"
    }

    /// The venue whose fees are imported by default.
    static var withFees: VenueDescriptor? { all.first { $0.fees != nil } }
}

struct ImportFiltersCommand: ParsableCommand {
    private static let name = "import-filters"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Create a file of order filters from \(KnownVenues.title(importing: name)).",
        discussion: """
            Reads a complete answer, old or new, or the part for one symbol. Name the result in
            venue.filters. Each order is then adjusted to the venue's rules, or refused with
            the name of the filter. The journal records the filters.

              ledger data import-filters exchangeInfo.json \\
                --universe data/universe/symbols.json
              ledger data import-filters BTCUSDT.json --as-of 2026-06-15
            """.paragraphs)

    @OptionGroup var filters: ImportFiltersOptions

    func run() throws { try filters.run(KnownVenues.importing(by: Self.name)) }
}

struct ImportAssetsCommand: ParsableCommand {
    private static let name = "import-assets"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Create a file of order filters from \(KnownVenues.title(importing: name)).",
        discussion: """
            Equities get the common rules: prices in cents, or four decimals below a dollar, and
            whole shares or nine decimals. Crypto assets get the steps in the file.

              ledger data import-assets assets.json --as-of 2026-06-15
            """.paragraphs)

    @OptionGroup var filters: ImportFiltersOptions

    func run() throws { try filters.run(KnownVenues.importing(by: Self.name)) }
}

struct ImportFiltersOptions: ParsableArguments {
    @Argument(help: "File with the venue's answer.")
    var file: String
    @OptionGroup var source: SourceOptions
    @Option(help: "File of the symbols to keep (default: all).")
    var universe: String?
    @Option(help: "File to write (default: the venue's file under data/).")
    var out: String?
    @OptionGroup var origin: OriginOptions
    @OptionGroup var output: FormatOptions

    func run(_ usual: VenueDescriptor?) throws {
        let venue = try source.venue(usual)
        let found = try VenueFile.parse(file, venue.filters.read)
        let catalogue = VenueCatalogue(
            venue: venue.name, source: VenueFile.name(file),
            madeAt: try origin.time(found.madeAt, file), instruments: found.instruments)
        try VenueFile.writeFilters(
            catalogue, universe: universe, to: out ?? venue.filters.path
        ).write(output.style)
    }
}

struct ImportFeesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import-fees",
        abstract:
            "Create a file of fees from \(KnownVenues.withFees?.title ?? "a venue")'s commissions.",
        discussion: """
            Reads answers to account/commission, tradeFee and account. Name the result in
            venue.fees. At each start it is compared with venue.fee_basis_points.

              ledger data import-fees tradeFee.json --as-of 2026-06-15
            """.paragraphs)

    @Argument(help: "Files with the venue's answers.")
    var files: [String]
    @OptionGroup var source: SourceOptions
    @Option(help: "File to write (default: the venue's file under data/).")
    var out: String?
    @OptionGroup var origin: OriginOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let venue = try source.venue(KnownVenues.withFees)
        guard let format = venue.fees else {
            throw CommandError("\(venue.title) has no fee file")
        }
        let out = out ?? format.path
        var fees: [VenueFee] = []
        for file in files {
            for fee in try VenueFile.parse(file, format.read) {
                if let other = fees.first(where: { $0.symbol == fee.symbol }), other != fee {
                    throw CommandError(
                        "\(file): the fees of \(fee.symbol) differ from those in another file")
                }
                fees.append(fee)
            }
        }
        let schedule = VenueFees(
            venue: venue.name, source: files.map(VenueFile.name).joined(separator: " "),
            madeAt: try origin.time(nil, files[0]), fees: fees)
        try VenueFile.write(schedule.bytes, to: out)
        try Report(
            "\(out): fees of \(schedule.fees.count) symbols of \(venue.name) as of "
                + "\(schedule.madeAt)",
            [
                Report.text("file", out), Report.text("venue", venue.name),
                Report.number("symbols", schedule.fees.count),
                Report.text("as_of", schedule.madeAt),
            ]
        ).write(output.style)
    }
}

struct UniverseCommand: ParsableCommand {
    private static let examples = KnownVenues.all.map { venue in
        "  ledger data universe \(venue.filters.path) \\\n"
            + "    --out data/universe/\(venue.name).json"
    }.joined(separator: "\n")

    static let configuration = CommandConfiguration(
        commandName: "universe",
        abstract: "Select symbols from a filter file.",
        discussion: """
            \(examples)
            """.paragraphs)

    @Argument(help: "Filter file written by import-filters, import-assets or ledgerd data.")
    var file: String
    @Option(help: "Only symbols priced in this currency.")
    var quote: String?
    @Option(help: "Only this kind: equity or crypto.")
    var kind: String?
    @Flag(help: "Include symbols that are not currently traded.")
    var all = false
    @Option(help: "File to write.")
    var out = "data/universe/symbols.json"
    @OptionGroup var output: FormatOptions

    func run() throws {
        let catalogue = try FiltersFile.read(file)
        let chosen = catalogue.instruments.filter { instrument in
            (all || instrument.isTradable) && (quote == nil || instrument.quote == quote)
                && (kind == nil || "\(instrument.kind)" == kind)
        }
        guard !chosen.isEmpty else {
            throw CommandError("no symbol in \(file) matches")
        }
        let universe = SymbolUniverse(
            venue: catalogue.venue, source: VenueFile.name(file), madeAt: catalogue.madeAt,
            symbols: chosen.map(\.symbol))
        try VenueFile.write(universe.bytes, to: out)
        try Report(
            "\(out): \(universe.symbols.count) symbols of \(universe.venue) as of "
                + "\(universe.madeAt)",
            [
                Report.text("file", out), Report.text("venue", universe.venue),
                Report.number("symbols", universe.symbols.count),
                Report.text("as_of", universe.madeAt),
            ]
        ).write(output.style)
    }
}

struct FiltersCommand: ParsableCommand {
    private static let usual =
        KnownVenues.importing(by: "import-filters")?.filters.path ?? ""

    static let configuration = CommandConfiguration(
        commandName: "filters",
        abstract: "Show a filter file and whether it is stale.",
        discussion: """
              ledger data filters \(usual) --symbol BTCUSDT
              ledger data filters \(usual) --check

            Exit codes: 0 success; 1 with --check if the filters are stale.
            """.paragraphs)

    @Argument(help: "Filter file.")
    var file = FiltersCommand.usual
    @Option(help: "Only this symbol.")
    var symbol: String?
    @Flag(help: "Exit with 1 if the filters are stale.")
    var check = false
    @Option(help: "Age in days at which filters are stale.")
    var maxAgeDays = FiltersFile.standardDays
    @OptionGroup var output: FormatOptions

    func run() throws {
        let catalogue = try FiltersFile.read(file)
        if let symbol, catalogue[symbol] == nil {
            throw CommandError("\(symbol) is not in \(file)")
        }
        var table = Table([
            .init("symbol"), .init("kind"), .init("traded"), .init("tick", .number),
            .init("lot", .number), .init("minimum", .number), .init("maximum", .number),
            .init("notional", .number), .init("orders", .number), .init("stops", .number),
        ])
        for instrument in catalogue.instruments where symbol == nil || instrument.symbol == symbol {
            let rules = instrument.filters
            let cells: [String] = [
                instrument.symbol, "\(instrument.kind)", instrument.isTradable ? "yes" : "no",
                "\(rules.tick)", "\(rules.lot)", "\(rules.minimumQuantity)",
                "\(rules.maximumQuantity)", "\(rules.minimumNotional)",
                "\(rules.maximumOrders)", "\(rules.maximumStops)",
            ]
            table.add(cells.map { $0 == "0" ? nil : $0 })
        }
        try table.write(output.style)
        let problem = FiltersFile.problem(
            catalogue, at: Operator.now, maximumDays: maxAgeDays)
        if let problem { Terminal.complain("\(file): \(problem)") }
        if check, problem != nil { throw ExitCode(1) }
    }
}
