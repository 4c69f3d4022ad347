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
        abstract: "Compare the ledger with the venue.",
        discussion: """
            The file contains the venue's account, positions and orders, as its API returns them.
            A difference blocks entries until a later comparison passes.

              ledger reconcile --snapshot account.json --journal main
              ledger reconcile --unreachable --journal main

            Exit codes: 0 no difference; 1 a difference was found.
            """.paragraphs)

    @OptionGroup var snapshot: SnapshotOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var giver: SubmissionOptions
    @Flag(help: "Record that the venue could not be reached. Live entries are then blocked.")
    var unreachable = false

    func validate() throws {
        guard unreachable != (snapshot.snapshot != nil) else {
            throw ValidationError("give --snapshot FILE or --unreachable")
        }
    }

    func run() throws {
        let journal = try OperatorStep.open(journals)
        let desk = ReconciliationDesk(
            journal, desk: giver.desk(on: journal, accounts: accounts.scope))
        let result = try unreachable ? desk.recordUnreachable() : desk.compare(snapshot.account())
        if result.wasStepped { Seal.afterwards(journal) }
        try show(result, journal, output.style)
        let standing = try Standing(journal)
        standing.tellGate(output.format)
        standing.tellActivity(onOutput: false)
        if result.status == .fail { throw ExitCode(1) }
    }

    private func show(
        _ result: ReconciliationDesk.Result, _ journal: LMDBJournal, _ style: OutputStyle
    ) throws {
        let table = DiscrepancyTable.of(
            result.discrepancies, try ProjectionReader.fold(of: journal))
        if !table.rows.isEmpty || style.format != .table { try table.write(style) }
        if style.format == .table {
            Terminal.print("\(result.status)".uppercased() + ": \(result.reason)")
        }
    }
}

struct SnapshotOptions: ParsableArguments {
    @Option(help: "JSON file with account, positions and orders.")
    var snapshot: String?
    @Option(help: "When in the session the snapshot was taken: start, reconciliation or end.")
    var kind = "reconciliation"

    func validate() throws {
        guard SnapshotKind(word: kind) != nil else {
            throw ValidationError("--kind must be start, reconciliation or end, not '\(kind)'")
        }
    }

    /// Reads the file.
    func account() throws -> AccountStatement {
        let path = snapshot ?? ""
        let kind = SnapshotKind(word: kind) ?? .reconciliation
        let file = try VenueSnapshotFile(TextFile.read(path), name: path, kind: kind)
        return AccountStatement(file, kind: kind, origin: path)
    }
}

struct SyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Adjust the ledger to the venue.",
        discussion: """
            Without --force, sync only shows the adjustments. No history is deleted: adjustments
            are events that record who made them and why. Orders that only the ledger knows
            are marked as lost. Cancel orders that only the venue knows at the venue. A
            holding whose symbol the ledger does not know is defined and adopted, if the venue
            gives a price. If a difference would remain, nothing is changed.

              ledger sync --snapshot account.json --journal main
              ledger sync --snapshot account.json --force --reason "closed by hand" \\
                --journal main
            """.paragraphs)

    @OptionGroup var snapshot: SnapshotOptions
    @Flag(help: "Make the adjustments.")
    var force = false
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var giver: OperatorOptions

    func validate() throws {
        guard snapshot.snapshot != nil else {
            throw ValidationError("give the venue's answer with --snapshot FILE")
        }
    }

    func run() throws {
        if force { try giver.requireReason("sync overwrites the ledger's holdings") }
        let journal = try OperatorStep.open(journals)
        let desk = ReconciliationDesk(journal, desk: giver.desk(on: journal, accounts))
        guard force else {
            let difference = try desk.difference(snapshot.account())
            let table = DiscrepancyTable.of(
                difference.discrepancies, try ProjectionReader.fold(of: journal))
            if table.rows.isEmpty, output.format == .table {
                return Terminal.print("the ledger and the venue agree; nothing to do")
            }
            try table.write(output.style)
            if output.format == .table {
                for holding in difference.adoptable {
                    Terminal.print("would adopt \(holding.symbol): \(holding.quantity)")
                }
                Terminal.print(
                    "nothing was changed; to make these adjustments, add --force --reason WHY")
            }
            if !table.rows.isEmpty { throw ExitCode(1) }
            return
        }
        switch try desk.synchronise(snapshot.account(), giver.event) {
        case .unneeded(let result):
            if result.wasStepped { Seal.afterwards(journal) }
            Terminal.print("PASS: \(result.reason); nothing to do")
            try Standing(journal).tell(output.format, needsRunner: false)
        case .refused(let left):
            try DiscrepancyTable.of(left, try ProjectionReader.fold(of: journal)).write(
                output.style)
            throw CommandError(
                "nothing was changed, because these differences would remain; resolve them at "
                    + "the venue, adopt them with `ledger adopt SYMBOL --price PRICE`, or leave them "
                    + "out with reconcile.ignore, then run the command again",
                code: CommandError.refused)
        case .adjusted(let command, let after):
            if after.wasStepped { Seal.afterwards(journal) }
            try show(after, command, journal)
        }
    }

    private func show(
        _ after: ReconciliationDesk.Result, _ command: SequenceNumber, _ journal: LMDBJournal
    ) throws {
        Terminal.complain("warning: orders that only the ledger knows are marked as lost")
        let names: NameBook = try ProjectionReader.fold(of: journal)
        var printer = EventPrinter(output.format, names)
        printer.begin()
        var commands: [SequenceNumber] = []
        try journal.forEachRecord(from: command) { record in
            if record.type == .operatorCommanded { commands.append(record.sequence) }
            guard commands.contains(record.sequence) || commands.contains(record.cause) else {
                return false
            }
            try printer.add(record)
            return true
        }
        try printer.end()
        if output.format == .table {
            Terminal.print("\(after.status)".uppercased() + ": \(after.reason)")
        }
        if after.status == .fail {
            try DiscrepancyTable.of(after.discrepancies, names).write(output.style)
            try Standing(journal).tellGate(output.format)
            throw ExitCode(1)
        }
        try Standing(journal).tell(output.format, needsRunner: false)
    }
}

struct AdoptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Take a holding of the account that no strategy bought into the books.",
        discussion: """
            The holding is counted in equity and compared with the venue from then on. It belongs
            to no strategy, and `ledger flatten` leaves it alone unless you name its symbol. Its
            worth counts as a deposit. `ledger project reconciliation --holdings` lists what can
            be adopted.

              ledger adopt BNB --reason "kept for fees" --journal main
              ledger adopt XYZ --price 12.50 --reason "bought by hand" --journal main
            """.paragraphs)

    @Argument(help: "Symbol, or asset without the account's currency.")
    var symbol: String
    @Option(
        help: "Price of a unit; needed if the venue gives none, and used instead of the venue's.")
    var price: String?
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var giver: OperatorOptions

    private func parsedPrice() throws -> Price? {
        try price.map { text in
            guard let price = try? Price(text), price.raw > 0 else {
                throw ValidationError("--price must be a number above 0, not '\(text)'")
            }
            return price
        }
    }

    func validate() throws { _ = try parsedPrice() }

    func run() throws {
        try giver.requireReason("adopt changes equity and the peak")
        let journal = try OperatorStep.open(journals)
        let desk = ReconciliationDesk(journal, desk: giver.desk(on: journal, accounts))
        let (command, wasStepped) = try desk.adopt(
            symbol, price: try parsedPrice(), giver.event)
        if wasStepped { Seal.afterwards(journal) }
        var printer = EventPrinter(output.format, try ProjectionReader.fold(of: journal))
        printer.begin()
        try journal.forEachRecord(from: command) { record in
            guard record.sequence == command || record.cause == command else { return false }
            try printer.add(record)
            return true
        }
        try printer.end()
    }
}

/// Discrepancies, one per row.
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
        abstract: "Show the last reconciliation of each kind.")

    @OptionGroup var options: ProjectionOptions
    @Flag(help: "Show the discrepancies of the last reconciliation, and those found since.")
    var failures = false
    @Flag(help: "Show the account's holdings that the comparison leaves out.")
    var holdings = false

    func validate() throws {
        guard !(failures && holdings) else {
            throw ValidationError("give --failures or --holdings, not both")
        }
    }

    func run() throws {
        let (journal, through) = try options.open()
        let tables = try ProjectionTables(journal, through: through)
        if holdings { return try tables.holdings().write(options.output.style) }
        guard failures else {
            try tables.reconciliations().write(options.output.style)
            guard options.output.format == .table else { return }
            let left = try tables.holdings()
            guard !left.rows.isEmpty else { return }
            Terminal.print("\nholdings that the comparison leaves out:")
            return try left.write(options.output.style.asTable)
        }
        let logs: ByAccount<ReconciliationLog> = try ProjectionReader.fold(
            of: journal, through: through)
        let found = logs.all.flatMap { $0.part.discrepancies + $0.part.foundSince }
        try DiscrepancyTable.of(found, tables.names).write(
            options.output.style)
    }
}
