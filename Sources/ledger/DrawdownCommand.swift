import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety

struct DrawdownCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drawdown",
        abstract: "Show or override the drawdown stop.",
        discussion: """
              ledger drawdown status --journal main
              ledger drawdown history --journal main
              ledger drawdown health-check --journal main
              ledger drawdown override --reason "losses reviewed with the desk" \\
                --journal main
            """.paragraphs,
        subcommands: [
            DrawdownStatus.self, DrawdownHistory.self, DrawdownOverride.self, HealthCheck.self,
        ], defaultSubcommand: DrawdownStatus.self)
}

struct DrawdownStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show state, drawdown, peak, cooldown and what is allowed.")

    @OptionGroup var options: ProjectionOptions
    @Option(help: "Only this account (default: all).")
    var account: String?

    func run() throws { try Self.show(options, account: account) }

    static func show(_ options: ProjectionOptions, account: String? = nil) throws {
        var tables = try options.tables()
        let chosen = try account.map { _ in try tables.accounts(in: account) }
        try tables.drawdown(of: chosen).write(options.output.style, isRecord: true)
    }
}

struct DrawdownHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List every transition and how long the previous phase lasted.")

    private static let reason = "the drawdown stop did not leave NORMAL up to this moment"

    @OptionGroup var options: ProjectionOptions
    @Option(help: "Only this account (default: all).")
    var account: String?

    func run() throws {
        let (journal, through) = try options.open()
        let tables = try ProjectionTables(journal, through: through)
        let chosen = try tables.accounts(in: account)
        var table = tables.byAccount([
            .init("event", .number), .init("day"), .init("time"), .init("from"), .init("to"),
            .init("drawdown", .decimal), .init("equity", .decimal), .init("peak", .decimal),
            .init("days", .number), .init("until"), .init("lasted_days", .decimal), .init("actor"),
            .init("reason"),
        ])
        var last: [AccountID: Timestamp] = [:]
        guard through != .none else {
            return try table.write(options.output.style, emptyBecause: Self.reason)
        }
        try journal.forEachRecord(
            from: .first, through: through, filter: EventFilter([.drawdownChanged])
        ) { record in
            let event = try DrawdownChanged(record)
            guard account == nil || chosen.contains(record.account) else { return true }
            let lasted = last[record.account].map {
                FixedPoint.dividedHalfEven(
                    Int128(record.time.nanoseconds(since: $0)) * 10,
                    by: Int128(Nanoseconds.day.count))
            }
            let row: [String?] = [
                "\(record.sequence)", event.day, "\(record.time)",
                "\(event.from)".uppercased(), "\(event.to)".uppercased(), "\(event.drawdown)",
                "\(event.equity)", "\(event.peak)", "\(event.days)",
                event.until == .zero ? nil : "\(event.until)",
                lasted.map { FixedPoint.format($0 * Int128(FixedPoint.one) / 10) }, event.actor,
                event.reason,
            ]
            table.add(of: record.account, row, tables.names)
            if event.from != event.to { last[record.account] = record.time }
            return true
        }
        try table.write(options.output.style, emptyBecause: Self.reason)
    }
}

struct DrawdownOverride: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "override",
        abstract: "Resume trading at once.",
        discussion:
            "Sets the state to NORMAL and the peak to the current equity. Skips the cooldown and "
            + "the health checks. The journal records who did it and why."
    )

    @OptionGroup var accounts: AccountOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.requireReason("an override ends the drawdown stop early")
        let journal = try OperatorStep.open(journals)
        let stops: ByAccount<DrawdownStop> = try ProjectionReader.fold(of: journal)
        let equity: EquityBook = try ProjectionReader.fold(of: journal)
        for worth in equity.accounts.compactMap({ $0 }) {
            let stop = stops[worth.account]
            guard stop.phase != .normal else { continue }
            Terminal.complain(
                "warning: \(stop.phase) would last until \(stop.until); entries are allowed from "
                    + "now on, and drawdown is measured from \(worth.equity) instead of "
                    + "\(worth.peak)")
        }
        try giver.step(.override, accounts).carryOut(on: journal, output.format)
    }
}

struct HealthCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health-check",
        abstract: "Show the checks that decide whether trading resumes after a cooldown.")

    @OptionGroup var accounts: AccountOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.step(.healthCheck, accounts).carryOut(on: journals, output.format)
    }
}
