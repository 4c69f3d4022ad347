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
        abstract: "Run strategies over recorded data.",
        discussion: """
            The result is a new journal, which every other command can read.

              ledger backtest --config configs/backtest.yaml
              ledger backtest --config configs/backtest.yaml --journal fast \\
                --set strategies.0.fast=5
              ledger backtest --config configs/backtest.yaml --continue
              ledger backtest --config configs/backtest.yaml --from 2005-01-01

            With --continue the run reads the rows that were added since the journal's last
            run. Positions, kill switches and the drawdown stop carry over, and commands
            that operators gave in the meantime stay in effect.

            With --from the run decides from that time on. Bars of the days before it
            (warmup.days) are history: indicators, filters and data rules learn from them, and
            nothing is traded.
            """.paragraphs)

    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var output: FormatOptions
    @Option(
        help: "Decide from this UTC time on; earlier bars are history (default: the first row).")
    var from: String?
    @Option(help: "Journal to create: a name under journal/, or a directory.")
    var journal = "backtest"
    @Flag(help: "Replace an existing back-test journal.")
    var replace = false
    @Flag(name: .customLong("continue"), help: "Continue an existing journal with new rows.")
    var continues = false

    func validate() throws {
        guard !(replace && continues) else {
            throw ValidationError("--replace and --continue cannot be combined")
        }
        guard from == nil || !continues else {
            throw ValidationError(
                "--from cannot be combined with --continue, whose journal decides already")
        }
        guard from != "" else { throw ValidationError("--from must not be empty") }
    }

    func run() throws {
        var options = configurations
        if let from { options.overrides.append("\(WarmupKeys.until.name)=\(from)") }
        let configuration = try options.load()
        let directory = try JournalHome.place(journal)
        let (backtest, store, replacement) = try open(configuration, directory)
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
            // Remove a journal that never held anything.
            if let replacement {
                try replacement.discard()
            } else if try store.head == .empty {
                try JournalHome.remove(directory)
            }
            throw error
        }
        bar.clear()
        for line in result.warmup.map({ $0.lines + $0.notes }) ?? [] { Terminal.complain(line) }
        for (file, note) in result.notes { Terminal.complain("\(file): \(note)") }
        for (file, report) in result.badRows {
            Terminal.complain("\(file): skipped \(report.total) bad rows: \(report.summary)")
            for error in report.first { Terminal.complain("  \(error)") }
        }
        if result.wasInterrupted, let replacement {
            try replacement.discard()
            throw CommandError("interrupted; \(journal) is the journal that it was", code: 130)
        }
        Seal.afterwards(store)
        let report = try BacktestReport(result, store, named: journal)
        try replacement?.finish()
        try report.write(output.style)
        if result.wasInterrupted {
            throw CommandError("interrupted; \(journal) is complete up to this point", code: 130)
        }
    }

    /// - Returns: also the replacement, where the journal is made beside an older one.
    private func open(
        _ configuration: Configuration, _ directory: String
    ) throws -> (Backtest, LMDBJournal, JournalReplacement?) {
        if continues {
            let store = try SealedJournal.open(directory: directory, durability: .bulk)
            guard try JournalSummary(store).kind == "backtest" else {
                throw CommandError("\(journal) is not a back-test journal")
            }
            let names: NameBook = try ProjectionReader.fold(of: store)
            return (try Backtest(configuration, known: names.instruments), store, nil)
        }
        let replacement = try replacement(of: directory)
        do {
            let backtest = try Backtest(configuration)
            let place = replacement?.trial ?? directory
            JournalHome.makeParents(of: place)
            let store = try LMDBJournal.create(directory: place, durability: .bulk)
            return (backtest, store, replacement)
        } catch {
            try replacement?.discard()
            throw error
        }
    }

    /// - Returns: nil where there is nothing to replace.
    /// - Throws: when the journal there may not be replaced.
    private func replacement(of directory: String) throws -> JournalReplacement? {
        guard JournalHome.isJournal(directory) else { return nil }
        let old = try SealedJournal.open(
            directory: directory, mode: replace ? .readWrite : .readOnly)
        let kind = try JournalSummary(old).kind
        guard replace else {
            throw CommandError(
                "\(journal) already holds a \(kind ?? "journal"); "
                    + "choose another name with --journal, or add --replace")
        }
        guard kind == "backtest" || kind == nil else {
            throw CommandError(
                "\(journal) is a \(kind ?? "") journal; --replace only replaces back-tests")
        }
        // No process writes the old journal while the new one is made.
        return try JournalReplacement(of: directory, holding: old, as: Operator.holder)
    }
}
