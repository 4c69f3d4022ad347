import ArgumentParser
import LedgerDomain
import LedgerDrivers
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

struct FunnelProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "funnel",
        abstract: "What became of the last run's entry signals; with --rejections by which rule.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Show stage, reason and symbol of each rejection.")
    var rejections = false

    func run() throws {
        let (journal, through) = try options.open()
        guard rejections else {
            return try ProjectionTables(journal, through: through).funnel()
                .write(options.output.format)
        }
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let funnel: SignalFunnel = try ProjectionReader.fold(of: journal, through: through)
        Self.table(funnel, names).write(options.output.format)
    }

    static func table(_ funnel: SignalFunnel, _ names: NameBook, most: Int = .max) -> Table {
        var table = Table([
            .init("strategy"), .init("stage"), .init("reason"), .init("symbol"),
            .init("count", .number), .init("last_value", .decimal), .init("last_limit", .decimal),
            .init("last_event", .number),
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
        abstract: "What stopped the last run's entry signals, the commonest first.",
        discussion: "  ledger why-no-trade --journal main")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let funnel: SignalFunnel = try ProjectionReader.fold(of: journal, through: through)
        guard !funnel.run.isEmpty else {
            throw CommandError("no run has started in \(options.journals.journal)", code: 1)
        }
        let why = WhyNoTrade(funnel)
        if options.output.format == .table {
            Terminal.print(
                "\(funnel.run): \(funnel.raw) entry signals, \(funnel.executed) executed; "
                    + "primary blocker \(why.blocker)")
            if funnel.raw == funnel.executed { return }
        }
        FunnelProjection.table(funnel, names, most: WhyNoTrade.mostExamples)
            .write(options.output.format)
    }
}

struct HealthProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Each strategy's health score, from what it really earned.")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        try options.tables().health().write(options.output.format)
    }
}
