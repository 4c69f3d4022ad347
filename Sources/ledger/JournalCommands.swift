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
        abstract: "Record money, a rate or a note in a journal.",
        discussion: """
            deposit AMOUNT, withdrawal AMOUNT and fee AMOUNT move cash in the account's currency. In an
            account with rates, a currency may follow the amount. conversion AMOUNT CURRENCY AMOUNT
            CURRENCY says what was sold and what was bought. rate RATE BASE/QUOTE says what one unit of
            the base currency is worth. note TEXT keeps an operator's word and moves nothing. Positions
            are corrected by ledger sync.

            If another process runs the journal, the command goes through its inbox. Otherwise
            this command takes the lease and writes the journal itself. It prints the
            resulting event.

              ledger record deposit 1000 --journal main --reason "first funding"
              ledger record fee 12.50 --journal main --reason "market data, March"
              ledger record note "venue maintenance from 04:00" --journal main
              ledger record deposit 1000 EUR --journal main
              ledger record conversion 1000 EUR 1085.20 USD --journal main
              ledger record rate 1.0852 EUR/USD --journal main
            """.paragraphs)

    @Argument(help: "deposit, withdrawal, fee, conversion, rate or note.")
    var fact: RecordedFact
    @Argument(help: "The amounts with their currencies, the rate, or the text of the note.")
    var values: [String]
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        let text = values.joined(separator: " ")
        try giver.step(.read(fact.verb, text), accounts).carryOut(on: journals, output.format)
    }
}

/// The commands that book a fact or add a note.
enum RecordedFact: String, ExpressibleByArgument, CaseIterable {
    case deposit, withdrawal, fee, conversion, rate, note

    var verb: OperatorVerb {
        switch self {
        case .deposit: .deposit
        case .withdrawal: .withdrawal
        case .fee: .fee
        case .conversion: .conversion
        case .rate: .rate
        case .note: .note
        }
    }
}
