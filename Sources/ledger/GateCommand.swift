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
        abstract: "Show whether trading is blocked, by what, and how it clears.",
        discussion: """
              ledger gate status --journal main
              ledger gate status --journal main --check || echo blocked

            With --check the exit code is 1 if entries are blocked, and 8 if they pass but no
            process runs the journal of an account that trades at a venue.
            """.paragraphs,
        subcommands: [GateStatus.self, GateObserve.self], defaultSubcommand: GateStatus.self)
}

struct GateStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the mode and every active latch.")

    @OptionGroup var options: ProjectionOptions
    @Flag(
        help: "Exit with 1 if entries are blocked, with 8 if they pass but no process runs it.")
    var check = false

    func run() throws {
        let (journal, through) = try options.open()
        let names: NameBook = try ProjectionReader.fold(of: journal, through: through)
        let gate: TradingGate = try ProjectionReader.fold(of: journal, through: through)
        let equity: EquityBook = try ProjectionReader.fold(of: journal, through: through)
        let latches = ProjectionTables.latches(gate, names)
        switch options.output.format {
        case .table:
            Terminal.print(gate.summary)
            if let held = equity.heldPrices(names) {
                Terminal.print("prices held back until the next: \(held)")
            }
            for line in try Self.unprotected(journal, through) { Terminal.print(line) }
            if options.at == nil, let hint = try Self.flagHint(journal, gate) {
                Terminal.print("\(hint): ledger gate observe")
            }
            if !gate.isOpen { try latches.write(options.output.style) }
        case .json, .jsonl:
            var tables = try ProjectionTables(journal, through: through)
            let object = Self.object(
                gate, equity.heldPrices(names), latches, unprotected: try tables.unprotected())
            Terminal.print(options.output.format == .json ? object.text : object.line)
        case .csv: try latches.write(options.output.style)
        }
        let standing = options.at == nil ? try Standing(journal) : nil
        if let standing { standing.tellActivity(onOutput: options.output.format == .table) }
        if check, !gate.isOpen { throw ExitCode(1) }
        if check, let standing { try standing.requireRunner() }
    }

    /// A line for each exit and stop that is not at the venue, oldest first.
    private static func unprotected(
        _ journal: LMDBJournal, _ through: SequenceNumber
    ) throws -> [String] {
        guard try JournalSummary(journal).kind != "backtest", through != .none else { return [] }
        let engine = try EngineRestorer.engine(of: journal, through: through)
        return engine.unprotected.sorted { $0.since < $1.since }.map { order in
            let terms = order.terms
            let level = terms.stopPrice.raw > 0 ? " at \(terms.stopPrice)" : ""
            let next = order.due.map { "sent again from \($0) on" } ?? "sent, not confirmed"
            return "unprotected since \(order.since): \(engine.names.symbol(terms.instrument)): "
                + "\(terms.purpose) \(terms.side) \(order.remaining)\(level) is not at the venue "
                + "(\(order.causeText), refused \(order.attempt) times); \(next)"
        }
    }

    private static func object(
        _ gate: TradingGate, _ held: String?, _ latches: Table, unprotected: Table
    ) -> JSONObject {
        var object = JSONObject()
        object.add("mode", gate.mode.word)
        object.add("is_open", gate.isOpen)
        object.add("summary", gate.summary)
        object.add("held_prices", held ?? "")
        object.add("latches", raw: latches.line)
        object.add("unprotected", raw: unprotected.line)
        return object
    }

    /// Says if the flag file and the journal disagree. A back-test has no flag file.
    private static func flagHint(_ journal: LMDBJournal, _ gate: TradingGate) throws -> String? {
        guard try JournalSummary(journal).kind != "backtest" else { return nil }
        let engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        let isKnown = gate.latch(.flagFile) != nil
        guard let found = FlagFile.present(engine.rules.flagPath) else {
            return isKnown ? "the flag file is gone but its latch is still active" : nil
        }
        return isKnown ? nil : "the flag \(found) exists but is not in the journal yet"
    }
}

struct GateObserve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "observe",
        abstract: "Check for the kill flag file and record whether it appeared or disappeared.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var submission: SubmissionOptions

    func run() throws {
        let journal = try OperatorStep.open(journals)
        let before = try journal.head.lastSequence
        let isBacktest = try JournalSummary(journal).kind == "backtest"
        let outcome = try Standing.toldOnFailure(journal) {
            try submission.desk(on: journal).submit { isBacktest ? [] : Self.changes($0) }
        }
        if outcome.wasStepped { Seal.afterwards(journal) }
        var printer = EventPrinter(output.format, try ProjectionReader.fold(of: journal))
        printer.begin()
        try journal.forEachRecord(from: before.next, filter: EventFilter(Self.types)) { record in
            try printer.add(record)
            return true
        }
        try printer.end()
        try Standing(journal).tell(output.format)
    }

    /// The event types that can follow. A process that runs the journal writes others in between.
    private static let types: [EventType] = [
        .flagFileObserved, .latchEngaged, .latchCleared, .alertRaised,
    ]

    /// A missing file counts too: an operator looks for it.
    private static func changes(_ engine: Engine) -> [any Event] {
        let found = FlagFile.present(engine.rules.flagPath)
        guard (found != nil) != (engine.gate.latch(.flagFile) != nil) else { return [] }
        return [
            FlagFileObserved(isPresent: found != nil, path: found ?? engine.rules.flagPath)
        ]
    }
}

/// The scope of a command.
struct ScopeOptions: ParsableArguments {
    @Option(help: "Only this strategy.")
    var strategy: String?
    @Option(help: "Only this instrument.")
    var symbol: String?

    func validate() throws {
        guard strategy == nil || symbol == nil else {
            throw ValidationError("--strategy and --symbol cannot be combined")
        }
    }

    var scope: GateScope {
        strategy.map { .strategy($0) } ?? symbol.map { .symbol($0) } ?? .global
    }
}
