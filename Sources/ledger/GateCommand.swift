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
    @Option(help: "Only this account (default: all).")
    var account: String?

    func run() throws {
        let (journal, through) = try options.open()
        var tables = try ProjectionTables(journal, through: through)
        let accounts = try tables.accounts(in: account)
        let gates: ByAccount<TradingGate> = try ProjectionReader.fold(of: journal, through: through)
        let isOpen = accounts.allSatisfy { gates[$0].isOpen }
        switch options.output.format {
        case .table:
            for id in accounts { Terminal.print(tables.said(gates[id].summary, of: id)) }
            let equity: EquityBook = try ProjectionReader.fold(of: journal, through: through)
            if let held = equity.heldPrices(tables.names) {
                Terminal.print("prices held back until the next: \(held)")
            }
            for line in try Self.unprotected(journal, tables) { Terminal.print(line) }
            if options.at == nil, let hint = try Self.flagHint(journal) {
                Terminal.print("\(hint): ledger gate observe")
            }
            if !isOpen { try tables.gate(of: accounts).write(options.output.style) }
        case .json, .jsonl:
            let objects = try accounts.map { try Self.object(of: $0, gates[$0], &tables) }
            if options.output.format == .json {
                Terminal.print(JSONObject.text(of: objects))
            } else {
                for object in objects { Terminal.print(object.line) }
            }
        case .csv: try tables.gate(of: accounts).write(options.output.style)
        }
        let standing = options.at == nil ? try Standing(journal, scope) : nil
        if let standing { standing.tellActivity(onOutput: options.output.format == .table) }
        if check, !isOpen { throw ExitCode(1) }
        if check, let standing { try standing.requireRunner() }
    }

    private var scope: AccountScope { account.map { .account($0) } ?? .all }

    /// A line for each exit and stop that is not at the venue, oldest first.
    private static func unprotected(
        _ journal: LMDBJournal, _ tables: ProjectionTables
    ) throws -> [String] {
        var tables = tables
        guard try JournalSummary(journal).kind != "backtest", tables.through != .none else {
            return []
        }
        let orders = try tables.engine().accounts.flatMap { account in
            account.unprotected.map { (account: account.account, order: $0) }
        }
        return orders.sorted { $0.order.since < $1.order.since }.map { account, order in
            let terms = order.terms
            let level = terms.stopPrice.raw > 0 ? " at \(terms.stopPrice)" : ""
            let next = order.due.map { "sent again from \($0) on" } ?? "sent, not confirmed"
            return tables.said(
                "unprotected since \(order.since): \(tables.names.symbol(terms.instrument)): "
                    + "\(terms.purpose) \(terms.side) \(order.remaining)\(level) is not at the venue "
                    + "(\(order.causeText), refused \(order.attempt) times); \(next)", of: account)
        }
    }

    private static func object(
        of account: AccountID, _ gate: TradingGate, _ tables: inout ProjectionTables
    ) throws -> JSONObject {
        let equity: EquityBook = try tables.fold()
        var object = JSONObject()
        if tables.accounts.count > 1 { object.add("account", tables.names.name(account)) }
        object.add("mode", gate.mode.word)
        object.add("is_open", gate.isOpen)
        object.add("summary", gate.summary)
        object.add("held_prices", equity.heldPrices(tables.names) ?? "")
        object.add("latches", raw: ProjectionTables.latches(gate, tables.names).line)
        object.add("unprotected", raw: try tables.unprotected(of: account).line)
        return object
    }

    /// Says if the flag file and the journal disagree. A back-test has no flag file.
    private static func flagHint(_ journal: LMDBJournal) throws -> String? {
        guard try JournalSummary(journal).kind != "backtest" else { return nil }
        let engine = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence)
        let isKnown = engine.accounts.contains { $0.gate.latch(.flagFile) != nil }
        guard let found = FlagFile.present(engine.main.rules.flagPath) else {
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
        let path = engine.main.rules.flagPath
        let found = FlagFile.present(path)
        let isKnown = engine.accounts.contains { $0.gate.latch(.flagFile) != nil }
        guard (found != nil) != isKnown else { return [] }
        return [FlagFileObserved(isPresent: found != nil, path: found ?? path)]
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
