import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading
import TestSupport
import Testing

/// A moment's state, as it was known then and as it was known later.
@Suite struct LateFactsTests {
    private static let account = AccountID(.paper, index: 1)

    /// A deposit and a purchase of 10 at 50, which the venue takes back two days later; in between another one.
    private func journal() throws -> MemoryJournal {
        let journal = MemoryJournal()
        var batch = Batch(next: .first)
        func add(
            _ event: some Event, day: Int64, cause: UInt64 = 0, account: AccountID = Self.account
        ) throws {
            var envelope = Envelope(time: Timestamp(nanoseconds: day * 86_400_000_000_000))
            envelope.account = account
            envelope.cause = SequenceNumber(cause)
            try batch.append(event, envelope)
        }
        try add(
            InstrumentDefined(
                Instrument(
                    id: InstrumentID(1), symbol: "A", venue: "", currency: "USD", kind: .equity,
                    tick: Price("0.01"), lot: Quantity("1"), priceScale: 2, quantityScale: 0)),
            day: 1, account: .none)
        try add(
            AccountDefined(kind: .paper, name: "main", currency: "USD"), day: 1)
        try add(CashDeposited(amount: Money("1000")), day: 1)
        try add(fill("10", at: "50"), day: 2)
        try add(fill("2", at: "60"), day: 3)
        try add(
            VenueFillCorrected(
                instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy,
                order: OrderID(9), fill: 4, price: Price("50"), quantity: .zero,
                bookedPrice: Price("50"), bookedQuantity: Quantity("10"), fee: .zero,
                clientOrder: "c", execution: "3", corrected: "1", reason: "TRADE_BUST"), day: 4)
        try add(
            PositionAdjusted(
                instrument: InstrumentID(1), strategy: StrategyID(1), quantity: Quantity("-10"),
                price: Price("50"), snapshot: 0, actor: "venue", reason: "TRADE_BUST"),
            day: 4, cause: 6)
        try add(
            CashAdjusted(amount: Money("500"), snapshot: 0, actor: "venue", reason: "TRADE_BUST"),
            day: 4, cause: 6)
        try journal.append(&batch, CommitRows())
        return journal
    }

    private func fill(_ quantity: String, at price: String) throws -> OrderFilled {
        OrderFilled(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy, liquidity: .taker,
            order: OrderID(9), execution: 1, price: try Price(price),
            quantity: try Quantity(quantity), fee: .zero, remaining: .zero)
    }

    private func cash(_ tables: ProjectionTables) throws -> String? {
        let table = try tables.equity()
        return table.index("cash").flatMap { table.rows[0][$0] }
    }

    private func held(_ tables: ProjectionTables) throws -> [String?] {
        let table = try tables.positions(includesClosed: false)
        return table.rows.map { row in table.index("quantity").flatMap { row[$0] } }
    }

    private func tables(day: Int64, through: UInt64, known: UInt64) throws -> ProjectionTables {
        try ProjectionTables(
            journal(), asOf: Timestamp(nanoseconds: day * 86_400_000_000_000),
            through: SequenceNumber(through), knownThrough: SequenceNumber(known))
    }

    @Test func `a fill that was taken back later is not in the state as known later`() throws {
        let then = try tables(day: 2, through: 4, known: 4)
        #expect(try held(then) == ["10"])
        #expect(try cash(then) == "500")
        let later = try tables(day: 2, through: 4, known: 8)
        #expect(try held(later) == [])
        #expect(try cash(later) == "1000")
    }

    @Test func `a corrected dividend is corrected in the state as known later`() throws {
        let memory = try journal()
        var batch = Batch(next: try memory.head.lastSequence.next)
        func add(_ event: some Event, day: Int64) throws -> UInt64 {
            let time = Timestamp(nanoseconds: day * 86_400_000_000_000)
            let envelope = Envelope(account: Self.account, time: time, cause: SequenceNumber(1))
            let sequence = try batch.append(event, envelope)
            return sequence.number
        }
        func corrected(_ event: UInt64) throws -> DividendCorrected {
            DividendCorrected(
                instrument: InstrumentID(1), strategy: StrategyID(1), perUnit: try Price("0.4"),
                bookedPerUnit: try Price("0.5"), quantity: try Quantity("2"),
                amount: try Money("-0.2"), payable: .zero, corrected: event, actor: "kim",
                reason: "")
        }
        let paid = try add(
            DividendPaid(
                instrument: InstrumentID(1), strategy: StrategyID(1), perUnit: Price("0.5"),
                quantity: Quantity("2"), amount: Money("1")), day: 5)
        let first = try add(corrected(paid), day: 7)
        try memory.append(&batch, CommitRows())
        func cash(through: UInt64, known: UInt64) throws -> String? {
            try self.cash(
                ProjectionTables(
                    memory, asOf: Timestamp(nanoseconds: 5 * 86_400_000_000_000),
                    through: SequenceNumber(through), knownThrough: SequenceNumber(known)))
        }
        let then = try #require(try cash(through: paid, known: paid))
        let later = try #require(try cash(through: paid, known: first))
        #expect(try Money(then) - Money(later) == Money("0.2"))
        #expect(try cash(through: paid - 1, known: first) == cash(through: paid - 1, known: paid))
        let found = try DividendBookings(of: memory, event: SequenceNumber(paid))
        #expect(try found.bookings.map(\.perUnit) == [Price("0.4")])
        for (event, problem) in [
            (4, "event 4 is OrderFilled, not a dividend"), (99, "the journal has no event 99"),
        ] {
            let error = #expect(throws: InputError.self) {
                try DividendBookings(of: memory, event: SequenceNumber(UInt64(event)))
            }
            #expect("\(try #require(error))" == problem)
        }
    }

    @Test func `what happened later by itself stays out`() throws {
        let before = try tables(day: 1, through: 3, known: 8)
        #expect(try held(before) == [])
        #expect(try cash(before) == "1000")
        let after = try tables(day: 3, through: 5, known: 8)
        #expect(try held(after) == ["2"])
        #expect(try cash(after) == "880")
    }
}
