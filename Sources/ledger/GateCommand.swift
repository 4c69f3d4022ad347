import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning
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
            let equity: EquityBook = try ProjectionReader.fold(of: journal, through: through)
            if let held = equity.heldPrices(names) {
                Terminal.print("prices held back until the next: \(held)")
            }
            if options.at == nil, let hint = try Self.flagHint(journal, gate) {
                Terminal.print("\(hint): ledger gate observe")
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

    /// Where the flag's file and the journal do not agree; a back-test has none.
    private static func flagHint(_ journal: LMDBJournal, _ gate: TradingGate) throws -> String? {
        guard try JournalSummary(journal).kind != "backtest" else { return nil }
        let engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        let isKnown = gate.latch(.flagFile) != nil
        guard let found = FlagFile.present(engine.rules.flagPath) else {
            return isKnown ? "the flag's file is gone and its latch stands" : nil
        }
        return isKnown ? nil : "the flag \(found) exists and is not in the journal yet"
    }
}

struct GateObserve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe",
        abstract: "Look for the kill flag's file and journal that it appeared or is gone.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var submission: SubmissionOptions

    func run() throws {
        let journal = try OperatorStep.open(journals)
        let before = try journal.head.lastSequence
        let isBacktest = try JournalSummary(journal).kind == "backtest"
        let outcome = try submission.desk(on: journal).submit { isBacktest ? [] : Self.changes($0) }
        if outcome.wasStepped { Seal.afterwards(journal) }
        var printer = EventPrinter(output.format, try ProjectionReader.fold(of: journal))
        printer.begin()
        try journal.forEachRecord(from: before.next, filter: EventFilter(Self.types)) { record in
            try printer.add(record)
            return true
        }
        try printer.end()
        if output.format == .table {
            Terminal.print(GateStatus.summary(try ProjectionReader.fold(of: journal)))
        }
    }

    /// What may come of it; a process that runs the journal writes other things meanwhile.
    private static let types: [EventType] = [
        .flagFileObserved, .latchEngaged, .latchCleared, .alertRaised,
    ]

    /// A file that is gone counts here: an operator looks for it.
    private static func changes(_ engine: Engine) -> [any Event] {
        let found = FlagFile.present(engine.rules.flagPath)
        guard (found != nil) != (engine.gate.latch(.flagFile) != nil) else { return [] }
        return [
            FlagFileObserved(isPresent: found != nil, path: found ?? engine.rules.flagPath)
        ]
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

    var scope: GateScope {
        strategy.map { .strategy($0) } ?? symbol.map { .symbol($0) } ?? .global
    }
}
