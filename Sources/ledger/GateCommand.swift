import LedgerCommands
import ArgumentParser
import LedgerDomain
import LedgerDrivers
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

struct GateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "Whether anything is blocked, by what, since when, and how it clears.",
        discussion: """
            Examples:
              ledger gate status --journal main
              ledger gate status --journal main --check || echo blocked
            """,
        subcommands: [GateStatus.self, GateObserve.self], defaultSubcommand: GateStatus.self)
}

struct GateStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "The mode and every latch that stands.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Exit with 1 when entries are blocked.")
    var check = false

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let gate: TradingGate = try ProjectionReader.fold(of: journal, through: through)
        if options.output.format == .table {
            Terminal.print(Self.summary(gate))
            if options.at == nil, let found = try Self.newFlag(journal, gate) {
                Terminal.print(
                    "the flag \(found) exists and is not in the journal yet: ledger gate observe")
            }
        }
        if !gate.isOpen || options.output.format != .table {
            ProjectionTables.latches(gate, names).write(options.output.format)
        }
        if check, !gate.isOpen { throw ExitCode(1) }
    }

    static func summary(_ gate: TradingGate) -> String {
        let all = gate.latches.contains { $0.effect == .blockAll && $0.scope == .global }
        let global = gate.latches.contains { $0.scope == .global }
        let state =
            all
            ? "everything is blocked, exits too"
            : global
                ? "entries are blocked; exits and stops go on"
                : gate.isOpen ? "nothing is blocked" : "some entries are blocked"
        return "mode \(gate.mode): \(state)"
    }

    /// A flag's file that the journal does not know of; a back-test has none.
    private static func newFlag(_ journal: LMDBJournal, _ gate: TradingGate) throws -> String? {
        guard gate.latch(.flagFile) == nil, try JournalSummary(journal).kind != "backtest" else {
            return nil
        }
        let engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        return FlagFile.present(engine.rules.flagPath)
    }
}

struct GateObserve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe",
        abstract: "Look for the kill flag's file and journal that it appeared or is gone.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let journal = try OperatorStep.open(journals)
        let before = try journal.head.lastSequence
        var sequencer = try Sequencer(journal, holder: Operator.holder, commitBytes: .max)
        try sequencer.observeFlagFile(
            at: max(Operator.now, sequencer.engine.lastTime),
            isRun: JournalSummary(journal).kind != "backtest")
        if sequencer.uncommitted > 0 { try sequencer.commit() }
        let gate = sequencer.engine.gate
        try sequencer.close()
        Seal.afterwards(journal)
        var printer = EventPrinter(output.format, try ProjectionReader.fold(of: journal))
        printer.begin()
        try journal.forEachRecord(from: before.next) { record in
            try printer.add(record)
            return true
        }
        try printer.end()
        if output.format == .table { Terminal.print(GateStatus.summary(gate)) }
    }
}

/// What a command is about.
struct ScopeOptions: ParsableArguments {
    @Option(help: "One strategy alone.")
    var strategy: String?
    @Option(help: "One instrument alone.")
    var symbol: String?

    func validate() throws {
        guard strategy == nil || symbol == nil else {
            throw ValidationError("--strategy and --symbol exclude each other")
        }
    }

    var text: String {
        strategy.map { GateScope.strategy($0).text } ?? symbol.map { GateScope.symbol($0).text }
            ?? GateScope.global.text
    }
}
