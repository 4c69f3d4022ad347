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
        commandName: "data", abstract: "Bring market data in, and judge them.",
        subcommands: [
            ImportCommand.self, DataCheckCommand.self, DataInspectCommand.self,
            ImportFiltersCommand.self, ImportAssetsCommand.self, ImportFeesCommand.self,
            UniverseCommand.self, FiltersCommand.self,
        ])
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
    @OptionGroup var file: FileOptions
    @Flag(help: "Count and list bad rows instead of stopping.")
    var skipBad = false

    func run() throws {
        let data = try file.settings(files.first ?? "", symbol: symbol, skipBad: skipBad)
        let directory = try JournalHome.place(journal)
        let exists = JournalHome.isJournal(directory)
        let tape = try JournalHome.openOrCreate(directory, durability: .bulk)
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
        for (file, note) in result.notes { Terminal.complain("\(file): \(note)") }
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
}
