import ArgumentParser
import LedgerDomain
import LedgerDrivers
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

struct DrawdownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drawdown",
        abstract: "The drawdown stop: where it is, what it did, and the ways out of it.",
        discussion: """
            Examples:
              ledger drawdown status --journal main
              ledger drawdown history --journal main
              ledger drawdown health-check --journal main
              ledger drawdown override --reason "losses reviewed with the desk" --journal main
            """,
        subcommands: [
            DrawdownStatus.self, DrawdownHistory.self, DrawdownOverride.self, HealthCheck.self,
        ], defaultSubcommand: DrawdownStatus.self)
}

struct DrawdownStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "State, drawdown, peak, cooldown, and what is allowed.")

    @OptionGroup var options: ProjectionOptions

    func run() throws { try Self.show(options) }

    static func show(_ options: ProjectionOptions) throws {
        let (journal, through) = try options.open()
        let engine = try EngineRestorer.engine(of: journal, through: through)
        let (stop, rules) = (engine.stop, engine.rules.drawdown)
        let worth = engine.books.equity[engine.account]
        let isStopped = !stop.allowsEntries
        var table = Table([
            .init("state"), .init("drawdown", .decimal), .init("cooldown_days", .number),
            .init("cooldown_end"), .init("triggered_at"), .init("rampup_end"),
            .init("equity", .decimal), .init("peak", .decimal), .init("peak_at"),
            .init("high_water_mark", .decimal), .init("halt_at", .decimal),
            .init("panic_at", .decimal), .init("trading_allowed", .flag),
            .init("sizing_multiplier", .decimal), .init("enabled", .flag),
        ])
        table.add([
            "\(stop.phase)".uppercased(), "\(worth.map { Engine.fall($0) } ?? .zero)",
            isStopped ? "\(stop.days)" : "0", isStopped ? "\(stop.until)" : nil,
            stop.triggeredAt == .zero ? nil : "\(stop.triggeredAt)",
            stop.phase == .rampup ? "\(stop.until)" : nil, worth.map { "\($0.equity)" },
            worth.map { "\($0.peak)" }, worth.map { "\($0.peakAt)" },
            worth.map { "\($0.highWaterMark)" }, line(rules.halt, worth),
            line(rules.panic, worth), "\(stop.allowsEntries)",
            isStopped ? "0" : "\(stop.sizing(rules) ?? Price(raw: FixedPoint.one))",
            "\(rules.isEnabled)",
        ])
        table.write(options.output.format, isRecord: true)
    }

    /// The highest equity that triggers, to 10^-9, rounded down.
    private static func line(_ share: Price, _ worth: AccountEquity?) -> String? {
        guard let worth, worth.peakEquityValue > 0 else { return nil }
        let line = DrawdownRules.line(share, worth.peakEquityValue)
        return "\(Money(raw: line / Int128(FixedPoint.one)))"
    }
}

struct DrawdownHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Every transition, with how long the phase before it lasted.")

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        let (journal, through) = try options.open()
        var table = Table([
            .init("event", .number), .init("day"), .init("time"), .init("from"), .init("to"),
            .init("drawdown", .decimal), .init("equity", .decimal), .init("peak", .decimal),
            .init("days", .number), .init("until"), .init("lasted_days", .decimal), .init("actor"),
            .init("reason"),
        ])
        var last: Timestamp?
        guard through != .none else { return table.write(options.output.format) }
        try journal.forEachRecord(
            from: .first, through: through, filter: EventFilter([.drawdownChanged])
        ) { record in
            let event = try DrawdownChanged(record)
            let lasted = last.map {
                FixedPoint.dividedHalfEven(
                    Int128(record.time.nanoseconds - $0.nanoseconds) * 10,
                    by: Int128(Nanoseconds.day.count))
            }
            table.add([
                "\(record.sequence)", event.day, "\(record.time)",
                "\(event.from)".uppercased(), "\(event.to)".uppercased(), "\(event.drawdown)",
                "\(event.equity)", "\(event.peak)", "\(event.days)",
                event.until == .zero ? nil : "\(event.until)",
                lasted.map { FixedPoint.format($0 * Int128(FixedPoint.one) / 10) }, event.actor,
                event.reason,
            ])
            if event.from != event.to { last = record.time }
            return true
        }
        table.write(options.output.format)
    }
}

struct DrawdownOverride: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "override",
        abstract: "Resume at once: NORMAL, with the peak at the present equity.",
        discussion: "Cooldown and health checks are passed over, and the journal says who did it.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.requireReason("an override ends a drawdown stop before its time")
        let journal = try OperatorStep.open(journals)
        let stop: DrawdownStop = try ProjectionReader.fold(of: journal)
        let equity: EquityBook = try ProjectionReader.fold(of: journal)
        for worth in equity.accounts.compactMap({ $0 }) where stop.phase != .normal {
            Terminal.complain(
                "warning: \(stop.phase) would last until \(stop.until); entries are allowed from now "
                    + "on, and drawdown is measured from \(worth.equity) instead of \(worth.peak)")
        }
        try giver.command(.override, "").carryOut(on: journal, output.format)
    }
}

struct HealthCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health-check",
        abstract: "The checks before trading resumes; after the cooldown they decide it.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.command(.healthCheck, "").carryOut(on: journals, output.format)
    }
}
