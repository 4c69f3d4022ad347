import ArgumentParser
import LedgerDomain
import LedgerDrivers
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Bring market data in.", subcommands: [ImportCommand.self])
}

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Write CSV files into a tape: a journal that holds inputs only.",
        discussion: """
            Files may be plain, gzip, zstd or zip (archive.zip#entry names one of several); - is standard
            input. Bad rows stop the import with their line, or are counted and listed with --skip-bad.

              ledger data import configs/sample/AAPL.csv --symbol AAPL --tick 0.0001 \\
                --interval 86400 --zone America/New_York --journal aapl
              ledger data import spy.zip --preset lean-daily --symbol SPY --journal spy
              unzip -p spy.zip | ledger data import - --preset lean-daily --symbol SPY --journal spy
              ledger data import configs/sample/actions.csv --preset actions --symbol AAPL \\
                --tick 0.0001 --zone America/New_York --journal aapl-actions

            Actions and predictions may name a symbol: rows of other symbols are passed over. A tape's
            events are in the order of their times, so splits and dividends of bars that a tape holds
            already go into a tape of their own; name it behind the bars' in a back-test.
            """)

    @Argument(help: "Files in the order of their times.")
    var files: [String]
    @Option(help: "The instrument that the rows are of.")
    var symbol: String
    @Option(help: "Tape to create or to append to: a name under journal/, or a directory.")
    var journal: String
    @Option(help: ArgumentHelp("Format: \(ImportFormat.presetNames.joined(separator: ", "))."))
    var preset = "csv"
    @Option(help: "Column map: time=Date,open=1,… by header name or number from 1.")
    var columns: String?
    @Option(
        help: ArgumentHelp(
            "What rows are: \(ImportFormat.Kind.allCases.map(\.rawValue).joined(separator: ", ")); "
                + "told by the columns unless given."))
    var rows: String?
    @Option(help: "Time format; told by the first row unless given.")
    var time: String?
    @Option(help: "Day of files that count from midnight, YYYY-MM-DD.")
    var date: String?
    @Option(help: "Time zone of local times, such as America/New_York.")
    var zone: String?
    @Option(help: "Which end of a bar its time names: start or end.")
    var label: String?
    @Option(help: "Length of a bar in seconds; 86400 ends at local midnight.")
    var interval: Int?
    @Option(help: "What prices are divided by: a power of ten.")
    var priceDivisor: Int64?
    @Option(
        help: "Round prices and sizes to this many decimals instead of refusing more than nine.")
    var roundTo: Int?
    @Option(help: "Smallest price step.")
    var tick = "0.01"
    @Option(help: "Smallest quantity step.")
    var lot = "1"
    @Option(help: "Currency of the prices.")
    var currency = "USD"
    @Option(help: "Exchange.")
    var venue = ""
    @Option(help: "equity or crypto.")
    var kind = "equity"
    @Flag(help: "Count and list bad rows instead of stopping.")
    var skipBad = false

    func run() throws {
        let data = try settings()
        let directory = try JournalHome.place(journal)
        JournalHome.makeParents(of: directory)
        let exists = JournalHome.isJournal(directory)
        let tape =
            exists
            ? try LMDBJournal.open(directory: directory, durability: .bulk)
            : try LMDBJournal.create(directory: directory, durability: .bulk)
        let lease = try tape.acquireLease(holder: Operator.holder)
        Interrupt.catchSignals()
        var bar = ProgressBar("import")
        let result: TapeImport.Result
        do {
            result = try append(data, to: tape, &bar)
        } catch {
            bar.clear()
            // A tape that did not come to hold anything would only be in the way.
            if !exists, try tape.head == .empty { try JournalHome.remove(directory) }
            throw error
        }
        bar.clear()
        try tape.release(lease)
        if !exists, try tape.head == .empty { try JournalHome.remove(directory) }
        for (file, report) in result.badRows {
            Terminal.complain("\(file): skipped \(report.total) bad rows: \(report.summary)")
            for error in report.first { Terminal.complain("  \(error)") }
        }
        if result.otherSymbolRows > 0 {
            Terminal.complain("passed over \(result.otherSymbolRows) rows of other symbols")
        }
        let range = result.first.map { " from \($0) to \(result.last ?? $0)" } ?? ""
        Terminal.print("\(journal): \(result.rows) rows of \(symbol)\(range)")
        if result.wasInterrupted { throw CommandError("interrupted", code: 130) }
    }

    private func append(
        _ data: DataSettings, to tape: LMDBJournal, _ bar: inout ProgressBar
    ) throws -> TapeImport.Result {
        try TapeImport(tape, name: journal).append(
            files, format: data.format, instrument: data.instrument,
            progress: { rows, place in
                bar.show(UInt64(place.read), of: place.of.map { UInt64($0) }, "\(rows) rows")
            }, shouldStop: { Interrupt.wasAsked })
    }

    private func settings() throws -> DataSettings {
        var pairs: [(key: String, value: String)] = [
            ("data.0.path", files.first ?? ""), ("data.0.symbol", symbol),
            ("data.0.format", preset), ("data.0.tick", tick), ("data.0.lot", lot),
            ("data.0.currency", currency), ("data.0.venue", venue), ("data.0.kind", kind),
            ("data.0.skip_bad", skipBad ? "true" : "false"),
        ]
        func add(_ name: String, _ value: String?) {
            if let value { pairs.append(("data.0.\(name)", value)) }
        }
        add("columns", columns)
        add("rows", rows)
        add("time", time)
        add("date", date)
        add("zone", zone)
        add("label", label)
        add("interval", interval.map { "\($0)" })
        add("price_divisor", priceDivisor.map { "\($0)" })
        add("round_to", roundTo.map { "\($0)" })
        let configuration = try Configuration(
            path: nil, text: nil, environment: [:], overrides: pairs)
        return try DataSettings(configuration.settings, 0)
    }
}
