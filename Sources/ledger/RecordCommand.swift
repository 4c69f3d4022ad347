import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: """
            Record money, a transfer, what holding costs, a rate, a dividend or a note in a journal.
            """,
        discussion: """
            deposit AMOUNT, withdrawal AMOUNT and fee AMOUNT move cash in the account's currency. In an
            account with rates, a currency may follow the amount. conversion AMOUNT CURRENCY AMOUNT
            CURRENCY says what was sold and what was bought. rate RATE BASE/QUOTE says what one unit of
            the base currency is worth. note TEXT keeps an operator's word and moves nothing. Positions
            are corrected by ledger sync.

            transfer AMOUNT moves money from one account of the journal to another, and with --symbol
            the quantity of a position with what it cost. It is no profit in either account.

            borrow AMOUNT, interest AMOUNT and funding AMOUNT are what holding cost: fees for units that
            were sold short, interest, and payments between the holders of a contract. --symbol names
            the instrument. With --received the account earned the amount.

            dividend SYMBOL AMOUNT pays AMOUNT for each unit that any account holds now. With --pay-date,
            it is a receivable until the first input at or after that day. dividend-correction EVENT AMOUNT
            books the difference to what a dividend should have been. EVENT is the dividend's declaration,
            the command that told it, or one of its bookings.

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
              ledger record transfer 10 --symbol AAPL --from first --to second
              ledger record dividend AAPL 0.24 --pay-date 2024-02-15 --journal main
              ledger record dividend-correction 1234 0.25 --journal main
            """.paragraphs)

    @Argument(
        help: """
            deposit, withdrawal, fee, borrow, interest, funding, conversion, transfer, rate, dividend, \
            dividend-correction or note.
            """)
    var fact: RecordedFact
    @Argument(
        help: "The amounts with their currencies, the quantity, the rate, or the text of the note.")
    var values: [String]
    @OptionGroup var transfer: TransferOptions
    @Flag(help: "The account received the amount: interest or funding that it earned.")
    var received = false
    @Option(help: "The day on which a dividend is paid (UTC), such as 2024-02-15.")
    var payDate: String?
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var accounts: AccountOptions
    @OptionGroup var giver: OperatorOptions

    func validate() throws {
        let isCharge = [.borrow, .interest, .funding].contains(fact)
        try transfer.validate(fact == .transfer, isCharge: isCharge, accounts)
        guard isCharge || !received else {
            throw ValidationError("--received belongs to borrow, interest and funding")
        }
        guard payDate != nil, fact != .dividend, fact != .dividendCorrection else { return }
        throw ValidationError("--pay-date belongs to dividend and dividend-correction")
    }

    func run() throws {
        switch fact {
        case .dividend: try recordDividend()
        case .dividendCorrection: try correctDividend()
        default: try recordPlain()
        }
    }

    private func recordPlain() throws {
        var text = values.joined(separator: " ")
        if fact != .transfer, let symbol = transfer.symbol { text += " of \(symbol)" }
        if received { text += " received" }
        guard let (verb, argument, source) = transfer.command(text) else {
            try giver.step(.read(fact.verb, text), accounts).carryOut(on: journals, output.format)
            return
        }
        try OperatorStep(
            command: giver.event(.read(verb, argument)), submission: giver.submission,
            accounts: .account(source)
        ).carryOut(on: journals, output.format)
    }

    private func payable() throws -> Timestamp? {
        guard let payDate else { return nil }
        guard let time = Timestamp(payDate) else {
            throw CommandError(
                "'\(payDate)' is not a day; write --pay-date such as 2024-02-15")
        }
        return time
    }

    private func recordDividend() throws {
        guard values.count == 2 else {
            throw CommandError("write a symbol and an amount, such as: record dividend AAPL 0.24")
        }
        let action = OperatorAction(
            symbol: values[0], perUnit: try perUnit(values[1], allowsZero: false),
            payable: try payable())
        try giver.step(.read(.action, action.text), accounts).carryOut(on: journals, output.format)
    }

    private func perUnit(_ text: String, allowsZero: Bool) throws -> Price {
        guard let price = try? Price(text), price.raw > 0 || allowsZero && price.raw == 0 else {
            throw CommandError(
                "'\(text)' is not an amount a unit; write a number above 0, such as 0.24")
        }
        return price
    }

    /// Corrects each booking of the dividend, account by account.
    private func correctDividend() throws {
        guard values.count == 2, let event = UInt64(values[0]) else {
            throw CommandError(
                "write an event and an amount, such as: record dividend-correction 1234 0.25")
        }
        let right = try perUnit(values[1], allowsZero: true)
        let payable = try payable()
        let journal = try OperatorStep.open(journals)
        let found: DividendBookings
        do { found = try DividendBookings(of: journal, event: SequenceNumber(event)) } catch {
            throw CommandError("\(error)")
        }
        let names: NameBook = try ProjectionReader.fold(of: journal)
        let wrong = found.bookings.filter { $0.perUnit != right || payable != nil }
        guard !wrong.isEmpty else {
            throw CommandError("the dividend of event \(event) is \(right) already")
        }
        for booking in wrong {
            let correction = OperatorCorrection(
                corrected: booking.sequence.number, symbol: names.symbol(booking.instrument),
                quantity: booking.quantity, booked: booking.perUnit, perUnit: right,
                payable: payable,
                strategy: booking.strategy == .none ? "" : names.name(booking.strategy))
            let step = OperatorStep(
                command: giver.event(try .read(.correction, correction.text)),
                submission: giver.submission,
                accounts: .account(names.name(booking.account)))
            try step.carryOut(on: journal, output.format)
        }
    }
}

/// The commands that book a fact or add a note.
enum RecordedFact: String, ExpressibleByArgument, CaseIterable {
    case deposit, withdrawal, fee, borrow, interest, funding, conversion, transfer, rate, dividend
    case dividendCorrection = "dividend-correction"
    case note

    var verb: OperatorVerb {
        switch self {
        case .deposit: .deposit
        case .withdrawal: .withdrawal
        case .fee: .fee
        case .borrow: .borrow
        case .interest: .interest
        case .funding: .funding
        case .conversion: .conversion
        case .transfer: .transfer
        case .rate: .rate
        case .dividend: .action
        case .dividendCorrection: .correction
        case .note: .note
        }
    }
}
