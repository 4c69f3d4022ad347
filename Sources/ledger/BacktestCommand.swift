import ArgumentParser
import Glibc
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

struct BacktestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Run strategies over tapes or files, into a journal of its own.",
        discussion: """
            Examples:
              ledger backtest --config configs/backtest.yaml
              ledger backtest --config configs/backtest.yaml --journal fast --set strategies.0.fast=5
              ledger backtest --config configs/backtest.yaml --continue

            --continue takes the rows that came since the journal's last run: positions, kill switches and
            the drawdown stop go on where they were, and what operators commanded in between holds.
            """)

    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var output: FormatOptions
    @Option(help: "Journal to create: a name under journal/, or a directory.")
    var journal = "backtest"
    @Flag(help: "Replace a back-test's journal of that name.")
    var replace = false
    @Flag(name: .customLong("continue"), help: "Add the rows that the journal does not have yet.")
    var continues = false

    func validate() throws {
        guard !(replace && continues) else {
            throw ValidationError("--replace and --continue exclude each other")
        }
    }

    func run() throws {
        let configuration = try configurations.load()
        let directory = try JournalHome.place(journal)
        let (backtest, store) = try open(configuration, directory)
        Interrupt.catchSignals()
        var bar = ProgressBar("backtest")
        let result: BacktestResult
        do {
            result = try backtest.run(
                into: store, named: journal, continues: continues,
                progress: { bar.show($0.inputs, of: nil, "\($0.time)") },
                shouldStop: { Interrupt.wasAsked })
        } catch {
            bar.clear()
            // A journal that did not come to hold anything would only be in the way.
            if try store.head == .empty { try JournalHome.remove(directory) }
            throw error
        }
        bar.clear()
        for (file, note) in result.notes { Terminal.complain("\(file): \(note)") }
        for (file, report) in result.badRows {
            Terminal.complain("\(file): skipped \(report.total) bad rows: \(report.summary)")
            for error in report.first { Terminal.complain("  \(error)") }
        }
        Seal.afterwards(store)
        try BacktestReport(result, store).table(journal).write(output.format)
        if result.wasInterrupted {
            throw CommandError("interrupted; \(journal) is whole up to here", code: 130)
        }
    }

    private func open(
        _ configuration: Configuration, _ directory: String
    ) throws -> (Backtest, LMDBJournal) {
        if continues {
            let store = try SealedJournal.open(directory: directory, durability: .bulk)
            guard try JournalSummary(store).kind == "backtest" else {
                throw CommandError("\(journal) is no back-test's journal")
            }
            let names: NameBook = try ProjectionReader.fold(of: store)
            return (try Backtest(configuration, known: names.instruments), store)
        }
        try checkRoom(directory)
        // What can be refused is refused before the old journal goes.
        let backtest = try Backtest(configuration)
        if JournalHome.isJournal(directory) { try JournalHome.remove(directory) }
        JournalHome.makeParents(of: directory)
        return (backtest, try LMDBJournal.create(directory: directory, durability: .bulk))
    }

    private func checkRoom(_ directory: String) throws {
        guard JournalHome.isJournal(directory) else { return }
        let old = try SealedJournal.open(
            directory: directory, mode: replace ? .readWrite : .readOnly)
        let kind = try JournalSummary(old).kind
        guard replace else {
            throw CommandError(
                "\(journal) holds a \(kind ?? "journal") already; "
                    + "name another with --journal or pass --replace")
        }
        guard kind == "backtest" || kind == nil else {
            throw CommandError(
                "\(journal) is a \(kind ?? "") journal; only a back-test is replaced")
        }
        // Refused while a process still writes it.
        try old.release(old.acquireLease(holder: Operator.holder))
    }
}
