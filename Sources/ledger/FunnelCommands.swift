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
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let funnel: SignalFunnel = try ProjectionReader.fold(of: journal, through: through)
        if rejections { return Self.table(funnel, names).write(options.output.format) }
        var table = Table([
            .init("run"), .init("strategy"), .init("raw", .number),
            .init("after_quality", .number), .init("after_gate", .number),
            .init("after_regime", .number), .init("after_correlation", .number),
            .init("after_throttle", .number), .init("after_risk", .number),
            .init("executed", .number),
        ])
        for counts in funnel.counts {
            table.add([
                funnel.run, names.name(counts.strategy), "\(counts.raw)",
                "\(counts.after(.dataQuality))", "\(counts.after(.reconciliation))",
                "\(counts.after(.regime))", "\(counts.after(.correlation))",
                "\(counts.after(.throttle))", "\(counts.after(.risk))", "\(counts.executed)",
            ])
        }
        table.write(options.output.format)
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
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let health: StrategyHealth = try ProjectionReader.fold(of: journal, through: through)
        var table = Table([
            .init("strategy"), .init("score", .number), .init("status"),
            .init("trades_short", .number), .init("trades_long", .number),
            .init("expectancy_short", .decimal), .init("expectancy_long", .decimal),
            .init("rejected_long", .decimal), .init("drawdown", .decimal),
            .init("fill_rate", .decimal),
        ])
        for strategy in names.strategies {
            let report = health.report(strategy.strategy)
            table.add([
                strategy.name, "\(report.score)", report.status.rawValue,
                "\(report.short.trades)", "\(report.long.trades)",
                "\(report.short.expectancy)", "\(report.long.expectancy)",
                share(report.long.rejectionRate), share(report.drawdown),
                share(report.long.fillRate),
            ])
        }
        table.write(options.output.format)
    }

    /// Six decimals, rounded.
    private func share(_ value: Double) -> String {
        "\(Price(rounding: (value * 1e6).rounded() / 1e6) ?? .zero)"
    }
}
