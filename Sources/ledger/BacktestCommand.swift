import ArgumentParser
import Glibc
import LedgerArchive
import LedgerDomain
import LedgerDrivers
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections

struct ConfigurationOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "YAML file with the settings.")
    var config: String?

    @Option(name: .customLong("set"), help: "A setting of its own, KEY=VALUE; may be repeated.")
    var overrides: [String] = []

    /// - Parameter base: what holds where nothing else is said, instead of the defaults.
    func load(over base: Settings? = nil) throws -> Configuration {
        var pairs: [(key: String, value: String)] = []
        for text in overrides {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw CommandError("--set \(text): write KEY=VALUE") }
            pairs.append((String(parts[0]), String(parts[1])))
        }
        try Self.checkEnvironment()
        let environment = Self.environment
        let text = try config.map(TextFile.read)
        if let base {
            let file = try Configuration(path: config, text: text, environment: [:])
            let isSaid = { (key: String) in
                pairs.contains { $0.key == key }
                    || file.entries.contains { $0.key == key && $0.origin != .standard }
                    || SettingsSchema.setting(key).map {
                        Configuration.variables($0).contains { environment[$0] != nil }
                    } == true
            }
            let lists = ["data.", "strategies."].filter { list in
                file.entries.contains { $0.key.hasPrefix(list) }
            }
            pairs =
                base.pairs.filter { pair in
                    !isSaid(pair.key) && !lists.contains { pair.key.hasPrefix($0) }
                } + pairs
        }
        return try Configuration(
            path: config, text: text, environment: environment, overrides: pairs)
    }

    private static var environment: [String: String] {
        var found: [String: String] = [:]
        for setting in SettingsSchema.all where !setting.key.contains("*") {
            for name in Configuration.variables(setting) {
                if let value = getenv(name) { found[name] = String(cString: value) }
            }
        }
        return found
    }

    /// A misspelt name must not be passed over.
    private static func checkEnvironment() throws {
        let known = SettingsSchema.all.map { Configuration.variable($0.key) }
        let sections = Set(known.map { $0.split(separator: "_").prefix(2).joined(separator: "_") })
        let entries = (try? TextFile.bytes("/proc/self/environ")) ?? []
        for entry in entries.split(separator: 0) {
            let name = String(decoding: entry.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            guard known.contains(name) || !sections.contains(where: { name.hasPrefix($0 + "_") })
            else {
                throw CommandError("environment \(name) is no setting; see `ledger config show`")
            }
        }
    }
}

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
        table.add(["return", Self.percent(Self.ratio(total.equity, total.netDeposits))])
        table.add(["growth a year (CAGR)", Self.percent(curve.growthPerYear)])
        table.add(["Sharpe ratio of daily returns", Self.decimals(curve.sharpeRatio)])
        table.add(["largest drawdown", Self.percent(worth.map { -$0.maximumDrawdown })])
        table.add(["state digest", engine.digest.hex])
        return table
    }

    private static func ratio(_ end: Money, _ start: Money) -> Double? {
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
