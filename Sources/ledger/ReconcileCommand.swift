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

struct ReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare the books with what the venue says.",
        discussion: """
            The file holds the venue's account, positions and orders as its API answers them. A difference
            blocks entries until a reconciliation passes; exit code 1.

              ledger reconcile --snapshot account.json --journal main
              ledger reconcile --unreachable --journal main
            """)

    @OptionGroup var snapshot: SnapshotOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @Flag(help: "The venue could not be asked: real money is then not traded.")
    var unreachable = false

    func validate() throws {
        guard unreachable != (snapshot.snapshot != nil) else {
            throw ValidationError("name a file with --snapshot, or say --unreachable")
        }
    }

    func run() throws {
        let journal = try OperatorStep.open(journals)
        let desk = try ReconciliationDesk(journal)
        var sequencer = try Sequencer(journal, holder: Operator.holder, commitBytes: .max)
        let result = try desk.compare(unreachable ? nil : snapshot, &sequencer)
        try sequencer.close()
        Seal.afterwards(journal)
        if !result.table.rows.isEmpty || output.format != .table {
            result.table.write(output.format)
        }
        if output.format == .table {
            Terminal.print("\(result.status)".uppercased() + ": \(result.reason)")
        }
        if result.status == .fail { throw ExitCode(1) }
    }
}

struct SnapshotOptions: ParsableArguments {
    @Option(help: "JSON file with account, positions and orders.")
    var snapshot: String?
    @Option(help: "start, reconciliation or end of a session.")
    var kind = "reconciliation"

    func validate() throws {
        guard SnapshotKind(word: kind) != nil else {
            throw ValidationError("--kind is start, reconciliation or end, not '\(kind)'")
        }
    }

    var snapshotKind: SnapshotKind {
        SnapshotKind(word: kind) ?? .reconciliation
    }
}

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Show what would set the books to the venue's; with --force, do it.",
        discussion: """
            Nothing of the history is deleted: adjustments are events, with who made them and why. Intents
            that only the ledger knows are lost. An order that only the venue knows is to be cancelled
            there, a symbol that the ledger does not know to be defined first.

              ledger sync --snapshot account.json --journal main
              ledger sync --snapshot account.json --force --reason "closed by hand" --journal main
            """)

    @OptionGroup var snapshot: SnapshotOptions
    @Flag(help: "Journal the adjustments.")
    var force = false
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var giver: OperatorOptions

    func validate() throws {
        guard snapshot.snapshot != nil else {
            throw ValidationError("name the venue's answer with --snapshot FILE")
        }
    }

    func run() throws {
        if force { try giver.requireReason("a synchronisation overwrites what the ledger holds") }
        let journal = try OperatorStep.open(journals)
        let desk = try ReconciliationDesk(journal)
        guard force else {
            let head = try journal.head.lastSequence
            let found = try desk.difference(
                snapshot, EngineRestorer.engine(of: journal, through: head))
            if found.table.rows.isEmpty, output.format == .table {
                return Terminal.print("ledger and venue agree; there is nothing to do")
            }
            found.table.write(output.format)
            if output.format == .table {
                Terminal.print("nothing was changed; --force --reason WHY sets the books to this")
            }
            if !found.table.rows.isEmpty { throw ExitCode(1) }
            return
        }
        var sequencer = try Sequencer(journal, holder: Operator.holder, commitBytes: .max)
        let before = try desk.compare(snapshot, &sequencer)
        guard before.status == .fail else {
            try sequencer.close()
            Seal.afterwards(journal)
            return Terminal.print("PASS: \(before.reason); there is nothing to do")
        }
        Terminal.complain("warning: intents that only the ledger knows are lost")
        let adjusted = try desk.adjust(giver, &sequencer)
        let after = try desk.compare(snapshot, &sequencer)
        try sequencer.close()
        Seal.afterwards(journal)
        var printer = EventPrinter(output.format, try ProjectionReader.fold(of: journal))
        printer.begin()
        try journal.forEachRecord(from: adjusted) { record in
            guard record.sequence == adjusted || record.cause == adjusted else { return false }
            try printer.add(record)
            return true
        }
        try printer.end()
        if output.format == .table {
            Terminal.print("\(after.status)".uppercased() + ": \(after.reason)")
        }
        if after.status == .fail {
            after.table.write(output.format)
            throw ExitCode(1)
        }
    }
}

/// Compares and adjusts while it holds the lease.
private struct ReconciliationDesk {
    struct Result {
        var status: ReconciliationStatus
        var reason: String
        var table: Table
    }

    private let journal: LMDBJournal
    private let isBacktest: Bool

    init(_ journal: LMDBJournal) throws {
        self.journal = journal
        isBacktest = try JournalSummary(journal).kind == "backtest"
    }

    private func envelope(_ sequencer: borrowing Sequencer) -> Envelope {
        let last = sequencer.engine.lastTime
        return Envelope(
            time: isBacktest ? last : max(Operator.now, last),
            recordTime: isBacktest ? Operator.now : nil)
    }

    private func read(_ options: SnapshotOptions, _ names: NameBook) throws -> VenueSnapshotFile {
        let path = options.snapshot ?? ""
        return try VenueSnapshotFile(
            TextFile.read(path), name: path, kind: options.snapshotKind,
            instrument: { names.instrument(symbol: $0)?.id ?? .none })
    }

    /// What a reconciliation would find, without saying so in the journal.
    func difference(_ options: SnapshotOptions, _ engine: Engine) throws -> Result {
        let file = try read(options, engine.names)
        let snapshot = VenueSnapshot(file.began, positions: file.positions, orders: file.orders)
        let found = engine.standing.compare(with: snapshot, engine.rules.reconciliation)
        return Result(
            status: found.isEmpty ? .pass : .fail, reason: "",
            table: Self.table(found, engine.names))
    }

    /// Journals the snapshot and gives what came of it; nil for a venue that could not be asked.
    func compare(
        _ options: SnapshotOptions?, _ sequencer: inout Sequencer
    ) throws -> Result {
        let envelope = envelope(sequencer)
        let started = sequencer.nextSequence
        if let options {
            let file = try read(options, sequencer.engine.names)
            try sequencer.append(file.began, envelope)
            for position in file.positions { try sequencer.append(position, envelope) }
            for order in file.orders { try sequencer.append(order, envelope) }
            try sequencer.append(
                VenueSnapshotEnded(
                    snapshot: file.began.snapshot, positions: UInt32(file.positions.count),
                    orders: UInt32(file.orders.count)), envelope)
        } else {
            let id = started.number
            try sequencer.append(
                VenueSnapshotBegan(
                    kind: .reconciliation, isReachable: false, snapshot: id, cash: .zero,
                    origin: "operator"), envelope)
            try sequencer.append(
                VenueSnapshotEnded(snapshot: id, positions: 0, orders: 0), envelope)
        }
        try sequencer.commit()
        var found: [DiscrepancyFound] = []
        var ended: ReconciliationEnded?
        try journal.forEachRecord(
            from: started, filter: EventFilter([.discrepancyFound, .reconciliationEnded])
        ) { record in
            if record.type == .discrepancyFound { found.append(try DiscrepancyFound(record)) }
            if record.type == .reconciliationEnded { ended = try ReconciliationEnded(record) }
            return true
        }
        return Result(
            status: ended?.status ?? .fail, reason: ended?.reason ?? "",
            table: Self.table(found, sequencer.engine.names))
    }

    /// - Returns: the command's event; the adjustments follow it.
    func adjust(
        _ giver: OperatorOptions, _ sequencer: inout Sequencer
    ) throws -> SequenceNumber {
        let snapshot = sequencer.engine.snapshots.last?.began.snapshot ?? 0
        let command = giver.event(.sync(snapshot: snapshot))
        if let problem = sequencer.engine.problem(with: command) {
            throw CommandError(problem, code: 1)
        }
        let sequence = try sequencer.append(command, envelope(sequencer))
        try sequencer.commit()
        return sequence
    }

    static func table(_ found: [DiscrepancyFound], _ names: NameBook) -> Table {
        var table = Table([
            .init("discrepancy"), .init("symbol"), .init("ledger", .decimal),
            .init("venue", .decimal), .init("order", .number), .init("detail"),
        ])
        for item in found {
            table.add([
                "\(item.kind)",
                item.instrument == .none ? item.symbol : names.symbol(item.instrument),
                "\(item.ledger)", "\(item.venue)", item.order == .none ? nil : "\(item.order)",
                item.detail,
            ])
        }
        return table
    }
}

struct ReconciliationProjection: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconciliation",
        abstract: "The last reconciliation of each kind; with --failures what the last one found.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Show the discrepancies of the last reconciliation.")
    var failures = false

    func run() throws {
        let (journal, through) = try options.open()
        let tables = try ProjectionTables(journal, through: through)
        guard failures else {
            return try tables.reconciliations().write(options.output.format)
        }
        let log: ReconciliationLog = try ProjectionReader.fold(of: journal, through: through)
        ReconciliationDesk.table(log.discrepancies, tables.names).write(options.output.format)
    }
}
