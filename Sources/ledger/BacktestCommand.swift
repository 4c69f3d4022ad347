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
            // A journal that did not come to hold anything would only be in the way.
            if let replacement {
                try replacement.discard()
            } else if try store.head == .empty {
                try JournalHome.remove(directory)
            }
            throw error
        }
        bar.clear()
        for (file, report) in result.badRows {
            Terminal.complain("\(file): skipped \(report.total) bad rows: \(report.summary)")
            for error in report.first { Terminal.complain("  \(error)") }
        }
        if result.wasInterrupted, let replacement {
            try replacement.discard()
            throw CommandError("interrupted; \(journal) is the journal that it was", code: 130)
        }
        Seal.afterwards(store)
        let report = try BacktestReport(result, store).table(journal)
        try replacement?.finish()
        report.write(output.format)
        if result.wasInterrupted {
            throw CommandError("interrupted; \(journal) is whole up to here", code: 130)
        }
    }

    /// - Returns: also the replacement, where the journal is made beside an older one.
    private func open(
        _ configuration: Configuration, _ directory: String
    ) throws -> (Backtest, LMDBJournal, JournalReplacement?) {
        if continues {
            let store = try SealedJournal.open(directory: directory, durability: .bulk)
            guard try JournalSummary(store).kind == "backtest" else {
                throw CommandError("\(journal) is no back-test's journal")
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
                "\(journal) holds a \(kind ?? "journal") already; "
                    + "name another with --journal or pass --replace")
        }
        guard kind == "backtest" || kind == nil else {
            throw CommandError(
                "\(journal) is a \(kind ?? "") journal; only a back-test is replaced")
        }
        // Nobody writes the old journal while the new one is made.
        return try JournalReplacement(of: directory, holding: old, as: Operator.holder)
    }
}

/// The numbers that a person looks at first.
struct BacktestReport {
    private let result: BacktestResult
    private let curve: EquityCurve

    init(_ result: BacktestResult, _ journal: any Journal) throws {
        self.result = result
        curve = try EquityCurve(of: journal, account: result.engine.account)
    }

    func table(_ name: String) -> Table {
        var table = Table([.init("figure"), .init("value", .decimal)])
        let engine = result.engine
        let total = engine.books.total(engine.account) ?? ProfitParts()
        let worth = engine.books.equity[engine.account]
        table.add(["journal", name])
        table.add(["from", "\(result.first)"])
        table.add(["to", "\(result.last)"])
        table.add(["inputs", "\(result.inputs)"])
        table.add(["events", "\(result.events)"])
        table.add(["signals", "\(engine.orders.signals)"])
        table.add(["refused intents", "\(engine.orders.rejectedIntents)"])
        table.add(["orders", "\(engine.orders.counts[Int(OrderState.intended.rawValue)])"])
        table.add(["fills", "\(engine.orders.fills)"])
        table.add(["deposits", "\(total.netDeposits)"])
        table.add(["final equity", "\(total.equity)"])
        table.add(["realised profit", "\(total.realised)"])
        table.add(["unrealised profit", "\(total.unrealised)"])
        table.add(["dividends", "\(total.dividends)"])
        table.add(["fees", "\(total.fees)"])
        table.add(["net profit", "\(total.net)"])
        table.add(["return", Self.percent(Self.ratio(total.equity, to: total.netDeposits))])
        table.add(["growth a year (CAGR)", Self.percent(curve.growthPerYear)])
        table.add(["Sharpe ratio of daily returns", Self.decimals(curve.sharpeRatio)])
        table.add(["largest drawdown", Self.percent(worth.map { -$0.maximumDrawdown })])
        if let held = engine.books.equity.heldPrices(engine.names) {
            table.add(["prices held back", held])
        }
        table.add(["state digest", engine.digest.hex])
        return table
    }

    private static func ratio(_ end: Money, to start: Money) -> Double? {
        start.raw > 0 ? end.double / start.double - 1 : nil
    }

    private static func percent(_ value: Double?) -> String? {
        value.map { decimals($0 * 100).map { "\($0) %" } ?? "" }
    }

    static func decimals(_ value: Double?) -> String? {
        guard let value, value.isFinite, value.magnitude < 1e15 else { return nil }
        let hundredths = Int64((value * 10_000).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let digits = String(hundredths.magnitude % 10_000)
        let padding = String(repeating: "0", count: 4 - digits.count)
        return "\(sign)\(hundredths.magnitude / 10_000).\(padding)\(digits)"
    }
}
