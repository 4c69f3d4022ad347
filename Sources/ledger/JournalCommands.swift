import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create a journal for an account that you keep by hand.",
        discussion: """
              ledger init main
              ledger init /var/lib/ledger/paper --set account.name=paper \\
                --set account.kind=paper
            """.paragraphs)

    @Argument(help: "A name under journal/, or a directory.")
    var name: String
    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let configuration = try configurations.load()
        try configuration.rehearse()
        let directory = try JournalHome.place(name)
        JournalHome.makeParents(of: directory)
        let journal = try LMDBJournal.create(directory: directory)
        var sequencer = try Sequencer(journal, holder: Operator.holder, commitBytes: .max)
        try RunOpening(configuration, kind: .general, name: name)
            .submit(into: &sequencer, at: Operator.now)
        try sequencer.commitWithCheckpoint()
        try sequencer.close()
        Seal.afterwards(journal)
        try Report("created \(directory)", [Report.text("journal", directory)])
            .write(output.style)
    }
}

struct JournalSummary {
    var name = ""
    var kind: String?
    var first: Timestamp?
    var last: Timestamp?
    var head = SequenceNumber.none

    init(_ journal: any Journal) throws {
        head = try journal.head.lastSequence
        guard head != .none else { return }
        if let identity = try JournalIdentity(journal) {
            (kind, name) = (identity.kind, identity.name)
        }
        let begin = try journal.beginning
        try journal.forEachRecord(from: begin, through: begin) { record in
            first = record.time
            return false
        }
        try journal.forEachRecord(from: head, through: head) { record in
            last = record.time
            return false
        }
    }
}

struct JournalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journals", abstract: "List the journals with their kind, range and size.")

    @OptionGroup var output: FormatOptions

    func run() throws {
        var table = Table([
            .init("name"), .init("kind"), .init("events", .number),
            .init("from", isDetail: true), .init("to"), .init("bytes", .number),
            .init("problem"),
        ])
        for name in JournalHome.names() {
            let directory = JournalHome.directory(name)
            do {
                let journal = try SealedJournal.open(directory: directory, mode: .readOnly)
                let summary = try JournalSummary(journal)
                table.add([
                    name, summary.kind ?? "empty", "\(summary.head)",
                    summary.first.map { "\($0)" }, summary.last.map { "\($0)" },
                    "\(journal.diskUse().mapUsed)", nil,
                ])
            } catch {
                table.add([name, nil, nil, nil, nil, nil, "\(error)"])
            }
        }
        try table.write(output.style)
        if table.rows.isEmpty {
            Terminal.complain(
                "no journals in \(JournalHome.path)/; create one with `ledger init` or `ledger "
                    + "backtest`"
            )
        }
    }
}

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Record money, a transfer, a rate or a note in a journal.",
        discussion: """
            deposit AMOUNT, withdrawal AMOUNT and fee AMOUNT move cash in the account's currency. In an
            account with rates, a currency may follow the amount. conversion AMOUNT CURRENCY AMOUNT
            CURRENCY says what was sold and what was bought. rate RATE BASE/QUOTE says what one unit of
            the base currency is worth. note TEXT keeps an operator's word and moves nothing. Positions
            are corrected by ledger sync.

            transfer AMOUNT moves money from one account of the journal to another, and with --symbol
            the quantity of a position with what it cost. It is no profit in either account.

            If another process runs the journal, the command goes through its inbox. Otherwise
            this command takes the lease and writes the journal itself. It prints the
            resulting event.

              ledger record deposit 1000 --journal main --reason "first funding"
              ledger record fee 12.50 --journal main --reason "market data, March"
              ledger record note "venue maintenance from 04:00" --journal main
              ledger record deposit 1000 EUR --journal main
              ledger record conversion 1000 EUR 1085.20 USD --journal main
              ledger record rate 1.0852 EUR/USD --journal main
              ledger record transfer 1000 EUR --from first --to second --journal desk
              ledger record transfer 10 --symbol AAPL --from first --to second --journal desk
            """.paragraphs)

    @Argument(help: "deposit, withdrawal, fee, conversion, transfer, rate or note.")
    var fact: RecordedFact
    @Argument(
        help: "The amounts with their currencies, the quantity, the rate, or the text of the note.")
    var values: [String]
    @OptionGroup var transfer: TransferOptions
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var giver: OperatorOptions

    func validate() throws {
        try transfer.validate(fact == .transfer, accounts)
    }

    func run() throws {
        let text = values.joined(separator: " ")
        guard let (verb, argument, source) = transfer.command(text) else {
            try giver.step(.read(fact.verb, text), accounts).carryOut(on: journals, output.format)
            return
        }
        try OperatorStep(
            command: giver.event(.read(verb, argument)), submission: giver.submission,
            accounts: .account(source)
        ).carryOut(on: journals, output.format)
    }
}

/// The accounts of a transfer, and the position that it moves.
struct TransferOptions: ParsableArguments {
    @Option(help: "The account that a transfer leaves.")
    var from: String?
    @Option(help: "The account that it reaches.")
    var to: String?
    @Option(help: "The symbol of a position to transfer; the value is then the quantity.")
    var symbol: String?
    @Option(help: "The strategy that holds it, where several do.")
    var strategy: String?

    func validate(_ isTransfer: Bool, _ accounts: AccountOptions) throws {
        guard isTransfer else {
            guard from == nil, to == nil, symbol == nil, strategy == nil else {
                throw ValidationError(
                    "--from, --to, --symbol and --strategy belong to ledger record transfer")
            }
            return
        }
        guard accounts.scope == .all else {
            throw ValidationError("a transfer names its accounts with --from and --to")
        }
        guard from != nil, to != nil else {
            throw ValidationError("a transfer needs --from ACCOUNT and --to ACCOUNT")
        }
        guard strategy == nil || symbol != nil else {
            throw ValidationError("--strategy needs --symbol")
        }
    }

    /// Nil where it is no transfer.
    func command(_ value: String) -> (verb: OperatorVerb, argument: String, from: String)? {
        guard let from, let to else { return nil }
        guard let symbol else { return (.transfer, "\(value) to \(to)", from) }
        let holder = strategy.map { " of \($0)" } ?? ""
        return (.positionTransfer, "\(value) \(symbol)\(holder) to \(to)", from)
    }
}

/// The commands that book a fact or add a note.
enum RecordedFact: String, ExpressibleByArgument, CaseIterable {
    case deposit, withdrawal, fee, conversion, transfer, rate, note

    var verb: OperatorVerb {
        switch self {
        case .deposit: .deposit
        case .withdrawal: .withdrawal
        case .fee: .fee
        case .conversion: .conversion
        case .transfer: .transfer
        case .rate: .rate
        case .note: .note
        }
    }
}
