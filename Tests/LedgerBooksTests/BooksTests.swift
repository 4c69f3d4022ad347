import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerProjections
import Testing

/// Transactions worked out by hand.
@Suite struct BooksTests {
    /// One line: account, amount, and of a lot its units and unit cost.
    private func lines(_ transaction: Transaction?) -> [String] {
        (transaction?.postings ?? []).map { posting in
            let lot = posting.lot.map { " = \($0.quantity) {\($0.unitCost), \($0.opening)}" } ?? ""
            return "\(posting.account.kind) \(posting.amount)\(lot)"
        }
    }

    private func last(_ events: [any Event]) throws -> [String] {
        var log = BooksLog()
        for event in events { add(event, to: &log) }
        let found = try log.books().transactions.last
        return lines(found?.sequence == log.lastSequence ? found : nil)
    }

    private func add(_ event: some Event, to log: inout BooksLog) {
        log.add(event, BooksLog.main, at: 86_400 * Int64(log.entries.count))
    }

    /// What the first event after the definitions is called.
    private let first = BooksLog().lastSequence.number + 1

    @Test func `cash comes from deposits, goes to withdrawals and charges, and is adjusted`() throws
    {
        #expect(try last([CashDeposited(amount: money("100"))]) == ["cash 100", "deposits -100"])
        #expect(try last([CashWithdrawn(amount: money("40"))]) == ["cash -40", "withdrawals 40"])
        let fee = FeeCharged(instrument: .none, amount: try money("1.5"), kind: "data")
        #expect(try last([fee]) == ["cash -1.5", "charges 1.5"])
        let received = FeeCharged(instrument: .none, amount: try money("-2"), kind: "interest")
        #expect(try last([received]) == ["cash 2", "charges -2"])
        let set = CashAdjusted(amount: try money("-3"), snapshot: 0, actor: "a", reason: "r")
        #expect(try last([set]) == ["cash -3", "adjustments 3"])
    }

    @Test func `a purchase is a lot at cost; its fee is an expense`() throws {
        #expect(
            try last([fill(.buy, "10", at: "12.5", fee: "0.5")])
                == ["position 125 = 10 {12.5, \(first)}", "fees 0.5", "cash -125.5"])
    }

    @Test func `a sale closes the oldest lots first, and the gain is what is left`() throws {
        // 10 at 12.5, 10 at 20; 15 at 30: 450 − 125 − 100 = 225.
        #expect(
            try last([
                fill(.buy, "10", at: "12.5"), fill(.buy, "10", at: "20"),
                fill(.sell, "15", at: "30", fee: "-1"),
            ]) == [
                "position -125 = -10 {12.5, \(first)}", "position -100 = -5 {20, \(first + 1)}",
                "realised -225", "fees -1", "cash 451",
            ])
    }

    @Test func `one fill closes a long position and opens a short one`() throws {
        // 10 at 10 sold at 11, and 5 more sold short.
        #expect(
            try last([fill(.buy, "10", at: "10"), fill(.sell, "15", at: "11")])
                == [
                    "position -100 = -10 {10, \(first)}", "position -55 = -5 {11, \(first + 1)}",
                    "realised -10", "cash 165",
                ])
    }

    @Test func `a short position gains when it is bought back for less`() throws {
        #expect(
            try last([fill(.sell, "10", at: "11"), fill(.buy, "4", at: "10")])
                == ["position 44 = 4 {11, \(first)}", "realised -4", "cash -40"])
    }

    @Test func `what rounding leaves of a lot's cost is its remainder`() throws {
        // 0.333333333 × 0.333333333 = 0.111111110888888889, rounded to 0.111111111.
        var log = BooksLog()
        add(try fill(.buy, "0.333333333", at: "0.333333333"), to: &log)
        let lot = try #require(try log.books().transactions.first?.postings.first?.lot)
        #expect(lot.cost == (try money("0.111111111")))
        #expect(try lot.remainder() == 111_111_111)
    }

    @Test func `a split changes units and unit cost, not what they cost`() throws {
        // 10 at 10 become 30 at 3.333333333; 0.00000001 of the 100 is in the remainder.
        let split = SplitApplied(instrument: BooksLog.aapl, numerator: 3, denominator: 1)
        let buys: [any Event] = [try fill(.buy, "10", at: "10"), try fill(.buy, "2", at: "6")]
        #expect(
            try last(buys + [split]) == [
                "position -100 = -10 {10, \(first)}", "position -12 = -2 {6, \(first + 1)}",
                "position 100 = 30 {3.333333333, \(first)}", "position 12 = 6 {2, \(first + 1)}",
            ])
        var log = BooksLog()
        for event in buys + [split] { add(event, to: &log) }
        let lots = try log.books().transactions.last?.postings.compactMap(\.lot) ?? []
        #expect(try lots.last?.remainder() == 0)
        #expect(try lots[2].remainder() == 10_000_000_000)
    }

    @Test func `a position of which a split leaves nothing is lost`() throws {
        let split = SplitApplied(instrument: BooksLog.aapl, numerator: 1, denominator: 1000)
        #expect(
            try last([fill(.buy, "0.000000100", at: "5000000"), split])
                == ["position -0.5 = -0.0000001 {5000000, \(first)}", "realised 0.5"])
    }

    @Test func `a dividend is income; a short position pays it`() throws {
        func paid(_ quantity: String, _ amount: String) throws -> DividendPaid {
            DividendPaid(
                instrument: BooksLog.aapl, strategy: StrategyID(1), perUnit: try Price("0.25"),
                quantity: try Quantity(quantity), amount: try money(amount))
        }
        #expect(try last([paid("10", "2.5")]) == ["cash 2.5", "dividends -2.5"])
        #expect(try last([paid("-10", "-2.5")]) == ["cash -2.5", "dividends 2.5"])
    }

    @Test func `an adjusted holding is brought in or taken out at its price`() throws {
        func adjusted(_ quantity: String, at price: String) throws -> PositionAdjusted {
            PositionAdjusted(
                instrument: BooksLog.aapl, strategy: StrategyID(1),
                quantity: try Quantity(quantity),
                price: try Price(price), snapshot: 0, actor: "a", reason: "r")
        }
        #expect(
            try last([adjusted("5", at: "7")])
                == ["position 35 = 5 {7, \(first)}", "adjustments -35"])
        #expect(
            try last([fill(.buy, "10", at: "10"), adjusted("-4", at: "12")])
                == ["position -40 = -4 {10, \(first)}", "realised -8", "adjustments 48"])
        #expect(try last([adjusted("5", at: "0")]) == ["position 0 = 5 {0, \(first)}"])
    }

    @Test func `an event that moves no value is not a transaction`() throws {
        let bar = Bar(
            instrument: BooksLog.aapl, interval: 60, open: Price(raw: 1), high: Price(raw: 1),
            low: Price(raw: 1), close: Price(raw: 1), volume: Quantity(raw: 1))
        let declared = DividendDeclared(instrument: BooksLog.aapl, perUnit: Price(raw: 1))
        let split = SplitApplied(instrument: BooksLog.aapl, numerator: 2, denominator: 1)
        for event in [
            bar, declared, split, CashAdjusted(amount: .zero, snapshot: 0, actor: "", reason: ""),
        ]
            as [any Event]
        {
            #expect(try last([event]).isEmpty, "\(event)")
        }
        let read = EventType.allCases.filter(Books.types.contains)
        #expect(read.count == 24)
    }

    @Test func `opening balances bring in all that there is`() throws {
        var log = BooksLog()
        for event in [
            CashDeposited(amount: try money("1000")), try fill(.buy, "10", at: "10", fee: "1"),
            try fill(.sell, "4", at: "12"),
        ] as [any Event] { add(event, to: &log) }
        let opening = try log.books().books.opening()
        #expect(
            lines(opening) == ["position 60 = 6 {10, \(first + 1)}", "cash 947", "opening -1007"])
        #expect(opening?.imbalance == nil)
    }

    @Test func `an instrument of another currency than the account's is refused by name`() throws {
        var log = BooksLog()
        add(try fill(.buy, "1", at: "1", InstrumentID(11)), to: &log)
        #expect {
            try log.books()
        } throws: {
            "\($0)"
                == "event \(first): AAPL trades in EUR but account main is in USD: an account "
                + "holds one currency"
        }
    }

    @Test func `an event that does not fit is named`() throws {
        for event in [
            CashDeposited(amount: Money(raw: .max / 4)),
            try fill(.buy, "1000000000000", at: "1000000"),
        ] as [any Event] {
            var log = BooksLog()
            add(event, to: &log)
            #expect {
                try log.books()
            } throws: {
                "\($0)".hasPrefix("event \(first): ") && "\($0)".hasSuffix("does not fit")
            }
        }
    }
}
