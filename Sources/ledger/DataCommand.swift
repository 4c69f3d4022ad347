import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerImport
import LedgerJournal
import LedgerReading
import LedgerRunning

struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Import market data and check them.",
        subcommands: [
            ImportCommand.self, DataCheckCommand.self, DataInspectCommand.self,
            ImportFiltersCommand.self, ImportAssetsCommand.self, ImportFeesCommand.self,
            UniverseCommand.self, FiltersCommand.self,
        ])
}

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import CSV files into a tape, a journal that holds inputs only.",
        discussion: """
            Files may be plain, gzip, zstd or zip. archive.zip#entry names one entry of an
            archive, and - is standard input. The import stops at a bad row and prints its
            line. With --skip-bad it counts and lists bad rows instead.

              ledger data import configs/sample/AAPL.csv --symbol AAPL --tick 0.0001 \\
                --interval 86400 --zone America/New_York --journal aapl
              ledger data import spy.zip --preset lean-daily --symbol SPY --journal spy
              unzip -p spy.zip | ledger data import - --preset lean-daily \\
                --symbol SPY --journal spy
              ledger data import configs/sample/actions.csv --preset actions \\
                --symbol AAPL --tick 0.0001 --zone America/New_York --journal aapl-actions

            If actions and predictions name a symbol, rows for other symbols are skipped. The
            events of a tape are in time order, so splits and dividends for bars that are
            already on a tape need a tape of their own. In a back-test, list that tape after
            the one with the bars.
            """.paragraphs)

    @Argument(help: "Files, in time order.")
    var files: [String]
    @Option(help: "Instrument of the rows.")
    var symbol: String
    @Option(help: "Tape to create or append to: a name under journal/, or a directory.")
    var journal: String
    @OptionGroup var file: FileOptions
    @Flag(help: "Count and list bad rows instead of stopping.")
    var skipBad = false
    @OptionGroup var output: RowOptions

    func run() throws {
        let data = try file.settings(files.first ?? "", symbol: symbol, skipBad: skipBad)
        let directory = try JournalHome.place(journal)
        Interrupt.catchSignals()
        let result: TapeImport.Result
        do { result = try load(data, into: directory) } catch let error as TapeImport.Differs {
            guard error.isOnly else { throw CommandError("\(error)") }
            Terminal.complain("\(journal) held an unfinished import of other rows; replacing it")
            result = try replace(directory, data)
        }
        try report(result)
        if result.wasInterrupted {
            throw CommandError(
                "interrupted; \(journal) is incomplete until you repeat the import",
                code: 130)
        }
    }

    private func load(
        _ data: DataSettings, into directory: String
    ) throws -> TapeImport.Result {
        let exists = JournalHome.isJournal(directory)
        let tape = try JournalHome.openOrCreate(directory, durability: .bulk)
        let lease = try tape.acquireLease(holder: Operator.holder)
        let imported = Result { try append(data, to: tape) }
        // Remove a tape that never held anything.
        if !exists, try tape.head == .empty { try JournalHome.remove(directory) }
        let result = try imported.get()
        try tape.release(lease)
        return result
    }

    /// Makes the tape beside the incomplete one, then exchanges them.
    private func replace(_ directory: String, _ data: DataSettings) throws -> TapeImport.Result {
        let old = try LMDBJournal.open(directory: directory)
        let replacement = try JournalReplacement(
            of: directory, holding: old, as: Operator.holder)
        do {
            let result = try load(data, into: replacement.trial)
            guard result.rows > 0 else { throw CommandError("the files have no rows") }
            if result.wasInterrupted { try replacement.discard() } else { try replacement.finish() }
            return result
        } catch {
            try replacement.discard()
            throw error
        }
    }

    private func report(_ result: TapeImport.Result) throws {
        for (file, note) in result.notes { Terminal.complain("\(file): \(note)") }
        for (file, report) in result.badRows {
            Terminal.complain("\(file): skipped \(report.total) bad rows: \(report.summary)")
            for error in report.first { Terminal.complain("  \(error)") }
        }
        if result.otherSymbolRows > 0 {
            Terminal.complain("skipped \(result.otherSymbolRows) rows of other symbols")
        }
        let range = result.first.map { " from \($0) to \(result.last ?? $0)" } ?? ""
        try Report(
            "\(journal): \(result.rows) rows of \(symbol)\(range)",
            [
                Report.text("journal", journal), Report.text("symbol", symbol),
                Report.number("rows", result.rows), Report.text("from", result.first),
                Report.text("to", result.last),
                Report.number("bad_rows", result.badRows.reduce(0) { $0 + $1.report.total }),
                Report.number("other_symbol_rows", result.otherSymbolRows),
            ]
        ).write(output.style)
    }

    private func append(
        _ data: DataSettings, to tape: LMDBJournal
    ) throws -> TapeImport.Result {
        var bar = ProgressBar("import")
        defer { bar.clear() }
        let tapeImport = try TapeImport(tape, name: journal, instrument: data.instrument)
        return try tapeImport.append(
            files, format: data.format,
            progress: { rows, place in
                bar.show(UInt64(place.read), of: place.of.map { UInt64($0) }, "\(rows) rows")
            }, shouldStop: { Interrupt.wasAsked })
    }
}
