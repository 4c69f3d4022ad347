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
    @OptionGroup var giver: SubmissionOptions
    @Flag(help: "The venue could not be asked: real money is then not traded.")
    var unreachable = false

    func validate() throws {
        guard unreachable != (snapshot.snapshot != nil) else {
            throw ValidationError("name a file with --snapshot, or say --unreachable")
        }
    }

    func run() throws {
        let journal = try OperatorStep.open(journals)
        let desk = ReconciliationDesk(journal, desk: giver.desk(on: journal))
        let result = try unreachable ? desk.recordUnreachable() : desk.compare(snapshot.account)
        if result.wasStepped { Seal.afterwards(journal) }
        try show(result, journal, output.format)
        if result.status == .fail { throw ExitCode(1) }
    }

    private func show(
        _ result: ReconciliationDesk.Result, _ journal: LMDBJournal, _ format: OutputFormat
    ) throws {
        let table = DiscrepancyTable.of(
            result.discrepancies, try ProjectionReader.fold(of: journal))
        if !table.rows.isEmpty || format != .table { table.write(format) }
        if format == .table {
            Terminal.print("\(result.status)".uppercased() + ": \(result.reason)")
        }
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

    /// Reads the file; `names` find its instruments.
    func account(_ names: NameBook) throws -> VenueSnapshot {
        let path = snapshot ?? ""
        return try VenueSnapshotFile(
            TextFile.read(path), name: path, kind: SnapshotKind(word: kind) ?? .reconciliation,
            instrument: { names.instrument(venueSymbol: $0)?.id ?? .none }
        ).snapshot
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
        let desk = ReconciliationDesk(journal, desk: giver.desk(on: journal))
        guard force else {
            let table = DiscrepancyTable.of(
                try desk.difference(snapshot.account), try ProjectionReader.fold(of: journal))
            if table.rows.isEmpty, output.format == .table {
                return Terminal.print("ledger and venue agree; there is nothing to do")
            }
            table.write(output.format)
            if output.format == .table {
                Terminal.print("nothing was changed; --force --reason WHY sets the books to this")
            }
            if !table.rows.isEmpty { throw ExitCode(1) }
            return
        }
        switch try desk.synchronise(snapshot.account, { giver.event(.sync(snapshot: $0)) }) {
        case .unneeded(let result):
            if result.wasStepped { Seal.afterwards(journal) }
            Terminal.print("PASS: \(result.reason); there is nothing to do")
        case .refused(let left):
            DiscrepancyTable.of(left, try ProjectionReader.fold(of: journal)).write(output.format)
            throw CommandError(
                "nothing was changed: these differences would remain. Resolve them at the venue, or define "
                    + "their instruments in the configuration, then run the command again", code: 1)
        case .adjusted(let command, let after):
            if after.wasStepped { Seal.afterwards(journal) }
            try show(after, command, journal)
        }
    }

    private func show(
        _ after: ReconciliationDesk.Result, _ command: SequenceNumber, _ journal: LMDBJournal
    ) throws {
        Terminal.complain("warning: intents that only the ledger knows are lost")
        let names: NameBook = try ProjectionReader.fold(of: journal)
        var printer = EventPrinter(output.format, names)
        printer.begin()
        try journal.forEachRecord(from: command) { record in
            guard record.sequence == command || record.cause == command else { return false }
            try printer.add(record)
            return true
        }
        try printer.end()
        if output.format == .table {
            Terminal.print("\(after.status)".uppercased() + ": \(after.reason)")
        }
        if after.status == .fail {
            DiscrepancyTable.of(after.discrepancies, names).write(output.format)
            throw ExitCode(1)
        }
    }
}

/// Discrepancies, one a row.
enum DiscrepancyTable {
    static func of(_ found: [DiscrepancyFound], _ names: NameBook) -> Table {
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
        DiscrepancyTable.of(log.discrepancies, tables.names).write(options.output.format)
    }
}
