import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety

struct FunnelProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "funnel",
        abstract: "Show what became of the last run's entry signals.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "List rejections by stage, reason and symbol.")
    var rejections = false

    func run() throws {
        let (journal, through) = try options.open()
        guard rejections else {
            return try ProjectionTables(journal, through: through).funnel()
                .write(options.output.style)
        }
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let funnel: SignalFunnel = try ProjectionReader.fold(of: journal, through: through)
        try Self.table(funnel, names).write(options.output.style)
    }

    static func table(_ funnel: SignalFunnel, _ names: NameBook, most: Int = .max) -> Table {
        var table = Table([
            .init("strategy"), .init("stage"), .init("reason"), .init("symbol"),
            .init("count", .number), .init("last_value", .decimal, isDetail: true),
            .init("last_limit", .decimal, isDetail: true),
            .init("last_event", .number, isDetail: true),
        ])
        for (strategy, rejection) in WhyNoTrade(funnel).rejections.prefix(most) {
            table.add([
                names.name(strategy), rejection.reason.stage.name, "\(rejection.reason)",
                names.symbol(rejection.instrument), "\(rejection.count)", "\(rejection.value)",
                "\(rejection.limit)", "\(rejection.sequence)",
            ])
        }
        return table
    }
}

struct WhyNoTradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-no-trade",
        abstract: "Show what stopped entries and how each block ends.",
        discussion: """
            Covers the last run, or everything since --since. Lists signals refused by each rule,
            orders that ended without a fill and active latches, most frequent first. It also
            says if there were no prices or no signals at all.

              ledger why-no-trade --journal main
              ledger why-no-trade --journal main --symbol AAPL --since 2024-03-05
            """.paragraphs)

    @OptionGroup var options: ProjectionOptions
    @Option(help: "Only this instrument.")
    var symbol: String?
    @Option(help: ArgumentHelp("Start here instead of at the last run: \(Moment.help)."))
    var since: Moment?
    @Option(help: "Maximum number of rows.")
    var limit = 20

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit must be 0 or more") }
    }

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let instrument = try symbol.map { try Self.instrument($0, names) }
        let (start, run) = try start(journal, through)
        let found = try EntryBlockers(
            of: journal, from: start, through: through, symbol: instrument?.id)
        if options.output.format == .table {
            let what = [symbol, run].compactMap { $0 }.joined(separator: " in ")
            Terminal.print(
                "\(what): \(found.prices) prices, \(found.signals) entry signals, "
                    + "\(found.executed) executed, \(found.filled) filled; primary blocker "
                    + found.primary)
            if found.blockers.isEmpty { return }
        }
        try Self.table(found, names, limit).write(options.output.style)
        if found.blockers.count > limit, options.output.format == .table {
            Terminal.print("\(found.blockers.count - limit) more; raise --limit to see them")
        }
    }

    private static func instrument(_ symbol: String, _ names: NameBook) throws -> Instrument {
        guard let known = names.instrument(symbol: symbol) else {
            throw CommandError("--symbol \(names.problem(withSymbol: symbol))")
        }
        return known
    }

    /// Where the span begins and how to describe it.
    private func start(
        _ journal: LMDBJournal, _ through: SequenceNumber
    ) throws -> (SequenceNumber, String) {
        if let since {
            let first = try since.first(in: journal)
            guard first <= through else {
                throw CommandError("the journal ends at event \(through), before \(first)")
            }
            return (first, "events \(first) to \(through)")
        }
        let funnel: SignalFunnel = try ProjectionReader.fold(of: journal, through: through)
        guard let number = funnel.run.split(separator: "-").last.flatMap({ UInt64($0) }) else {
            throw CommandError(
                "\(options.journals.journal) has no run; give a start with --since")
        }
        return (SequenceNumber(number), funnel.run)
    }

    private static func table(_ found: EntryBlockers, _ names: NameBook, _ limit: Int) -> Table {
        let isDesk = names.accounts.count > 1
        var table = Table(
            (isDesk ? [.init("account")] : []) + [
                .init("strategy"), .init("stage"), .init("reason"), .init("symbol"),
                .init("count", .number), .init("last_value", .decimal, isDetail: true),
                .init("last_limit", .decimal, isDetail: true),
                .init("last_event", .number, isDetail: true), .init("ends_with"),
            ])
        for blocker in found.blockers.prefix(limit) {
            let account = blocker.account == .none ? nil : names.name(blocker.account)
            let row = [
                blocker.strategy == .none ? nil : names.name(blocker.strategy), blocker.stage,
                blocker.reason,
                blocker.instrument == .none ? nil : names.symbol(blocker.instrument),
                "\(blocker.count)", blocker.value.map { "\($0)" },
                blocker.limit.map { "\($0)" },
                blocker.last == .none ? nil : "\(blocker.last)",
                isDesk
                    ? ProjectionTables.mend(blocker.mend, account: account) : blocker.mend,
            ]
            table.add((isDesk ? [account] : []) + row)
        }
        return table
    }
}

struct HealthProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Show each strategy's health score, based on its realised results.")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        try options.tables().health().write(options.output.style)
    }
}
