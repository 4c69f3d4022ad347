import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerReading
import LedgerSafety

struct KillSwitchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill-switch",
        abstract: "Block entries or all orders at once, or clear a latch.",
        discussion: """
              ledger kill-switch engage --reason "strange fills" --journal main
              ledger kill-switch engage --effect all --reason "stolen key" --journal main
              ledger kill-switch engage --strategy trend --reason "under review" \\
                --journal main
              ledger kill-switch clear --reason "key replaced" --journal main
              ledger kill-switch status --journal main --format json
            """.paragraphs,
        subcommands: [KillSwitchEngage.self, KillSwitchClear.self, KillSwitchStatus.self])
}

enum KillEffect: String, ExpressibleByArgument, CaseIterable {
    case entries, flatten, all

    var effect: LatchEffect {
        switch self {
        case .entries: .blockEntries
        case .flatten: .flatten
        case .all: .blockAll
        }
    }
}

struct KillSwitchEngage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engage",
        abstract: "Block entries. Exits and stops continue, unless --effect is all."
    )

    @Option(
        help: "entries blocks entries; flatten also closes all positions; all also blocks exits.")
    var effect = KillEffect.entries
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.step(.engage(effect.effect, scope.scope), accounts)
            .carryOut(on: journals, output.format)
    }
}

struct KillSwitchClear: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clear",
        abstract: "Clear a latch. `ledger gate status` lists the latches that need it.")

    @Argument(help: "Source of the latch, such as killSwitch, duplicateIntents or dailyDrawdown.")
    var source = "killSwitch"
    @OptionGroup var scope: ScopeOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        guard let latch = LatchSource(word: source) else {
            throw CommandError("\(OperatorCommandError.unknownSource(source))")
        }
        try giver.requireReason("clearing \(source) allows entries again")
        try giver.step(.clear(latch, scope.scope), accounts).carryOut(on: journals, output.format)
    }
}

struct KillSwitchStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show whether trading is stopped, why, and for which strategies."
    )

    @OptionGroup var options: ProjectionOptions

    func run() throws {
        let (journal, through) = try options.open()
        let tables = try ProjectionTables(journal, through: through)
        let gates: ByAccount<TradingGate> = try tables.fold()
        var table = tables.byAccount([
            .init("is_killed", .flag), .init("kill_reasons", .list),
            .init("manual_disabled", .flag), .init("disabled_strategies", .list),
        ])
        for account in tables.accounts {
            table.add(of: account, Self.row(gates[account], tables.names), tables.names)
        }
        try table.write(options.output.style, isRecord: tables.accounts.count == 1)
    }

    private static func row(_ gate: TradingGate, _ names: NameBook) -> [String?] {
        let global = gate.latches.filter { $0.scope == .global }
        let reasons = global.map { latch in
            let isManual = [.configuration, .killSwitch, .flagFile, .mode].contains(latch.source)
            return "\(isManual ? "MANUAL_KILL" : "AUTO_KILL"): \(latch.source): \(latch.reason)"
        }
        let disabled = gate.latches.filter { $0.scope == .strategy }.map { names.name($0.strategy) }
        let isManual = global.contains { [.configuration, .killSwitch].contains($0.source) }
        return [
            "\(!global.isEmpty)", reasons.joined(separator: "\n"), "\(isManual)",
            disabled.joined(separator: "\n"),
        ]
    }
}

struct FlattenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flatten",
        abstract: "Close all positions with market orders, or those of one strategy or instrument.")

    @OptionGroup var scope: ScopeOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.requireReason("flatten closes all positions")
        try giver.step(.flatten(scope.scope), accounts).carryOut(on: journals, output.format)
    }
}

struct ModeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mode",
        abstract: "Show or change the trading mode.",
        discussion: """
            auto trades. manual and halt block entries. After a halt, trading resumes through
            paper.

              ledger mode --journal main
              ledger mode halt --reason "news" --journal main
              ledger mode paper --reason "looks stable again" --journal main
            """.paragraphs)

    @Argument(help: "auto, manual, paper or halt. Without it, the current mode is printed.")
    var mode: String?
    @Flag(help: "With halt: also block exits and stops.")
    var hard = false
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        guard let mode else { return try show() }
        guard let wanted = TradingMode(word: mode) else {
            throw ValidationError("'\(mode)' is not a mode; choose auto, manual, paper or halt")
        }
        guard !hard || wanted == .halt else {
            throw ValidationError("--hard only applies to halt")
        }
        if !wanted.blocksEntries { try giver.requireReason("mode \(mode) allows entries") }
        try giver.step(.mode(wanted, isHard: hard), accounts).carryOut(on: journals, output.format)
    }

    private func show() throws {
        let journal = try journals.openForReading()
        let head = try journal.head.lastSequence
        try ProjectionTables(journal, through: head).mode().write(output.style)
        try Standing(journal).tellActivity(onOutput: false)
    }
}
