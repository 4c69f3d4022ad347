import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// Events in order, from sequence 1, with their accounts and times.
struct BooksLog {
    static let main = AccountID(.simulated, index: 1)
    static let other = AccountID(.simulated, index: 2)
    static let aapl = InstrumentID(1)

    private(set) var entries: [(event: any Event, envelope: Envelope)] = []

    /// Two accounts, and instruments whose names not every program takes.
    init() {
        add(AccountDefined(kind: .simulated, name: "main", currency: "USD"), Self.main)
        add(AccountDefined(kind: .simulated, name: "2nd, «odd»", currency: "EUR"), Self.other)
        for (number, symbol) in ["AAPL", "BRK.B", "btc/usd", "0700.HK", "USD", "T"].enumerated() {
            let instrument = InstrumentID(UInt32(number + 1))
            add(instrument, symbol, currency: "USD")
            add(InstrumentID(instrument.number + 10), symbol, currency: "EUR")
        }
        for (number, name) in ["sma fast", "sma-fast", "\"x\": [y]"].enumerated() {
            add(
                StrategyDefined(
                    strategy: StrategyID(UInt16(number + 1)), codeVersion: 1, name: name,
                    parameters: ""))
        }
    }

    private mutating func add(_ id: InstrumentID, _ symbol: String, currency: String) {
        add(
            InstrumentDefined(
                Instrument(
                    id: id, symbol: symbol, venue: "", currency: currency, kind: .equity,
                    tick: Price(raw: 1), lot: Quantity(raw: 1), priceScale: 9, quantityScale: 9)))
    }

    mutating func add(
        _ event: some Event, _ account: AccountID = .none, at seconds: Int64 = 0
    ) {
        let time = Timestamp(nanoseconds: seconds * 1_000_000_000)
        entries.append((event, Envelope(account: account, time: time)))
    }

    var lastSequence: SequenceNumber { SequenceNumber(UInt64(entries.count)) }

    func batch() throws -> Batch {
        var batch = Batch(next: .first)
        for (event, envelope) in entries { try Self.append(event, envelope, &batch) }
        return batch
    }

    private static func append(
        _ event: some Event, _ envelope: Envelope, _ batch: inout Batch
    ) throws { try batch.append(event, envelope) }

    func forEach(_ body: (Record) throws -> Void) throws {
        let batch = try batch()
        try batch.forEachRecord(from: .first, body)
    }

    func journal() throws -> MemoryJournal {
        let journal = MemoryJournal()
        var batch = try batch()
        try journal.append(&batch, CommitRows())
        return journal
    }

    /// The books after all events; each transaction was checked.
    func books() throws -> (books: Books, transactions: [Transaction]) {
        var check = BooksCheck()
        var transactions: [Transaction] = []
        try forEach { if let new = try check.post($0) { transactions.append(new) } }
        return (check.books, transactions)
    }
}

/// Short ways to say amounts; they trap on a wrong text, as a test may.
func money(_ text: String) throws -> Money { try Money(text) }

func fill(
    _ side: Side, _ quantity: String, at price: String, fee: String = "0",
    _ instrument: InstrumentID = BooksLog.aapl, strategy: UInt16 = 1
) throws -> OrderFilled {
    OrderFilled(
        instrument: instrument, strategy: StrategyID(strategy), side: side, liquidity: .taker,
        order: OrderID(1), execution: 1, price: try Price(price), quantity: try Quantity(quantity),
        fee: try Money(fee), remaining: .zero)
}
