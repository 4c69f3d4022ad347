import LedgerDomain
import LedgerEvents
import LedgerProjections
import Testing

/// Accounts with balances in several currencies.
@Suite struct CurrencyTests {
    private static let account = AccountID(CurrencyLog.account)

    private func book(_ log: EventLog) throws -> ProfitAndLoss { try log.fold() }

    private func rate(_ base: String, _ quote: String, _ maxAge: UInt64 = 0, place: UInt16 = 0)
        -> RateDefined
    {
        RateDefined(
            place: place, isInverse: false, maxAge: maxAge, base: base, quote: quote, symbol: "",
            via: "")
    }

    private func observed(_ rate: String, _ base: String, _ quote: String) throws -> RateObserved {
        RateObserved(rate: try Price(rate), since: .zero, base: base, quote: quote, source: "test")
    }

    /// An account in USD with a share in EUR, and 1000 USD.
    private func opened(maxAge: UInt64 = 0) throws -> EventLog {
        var log = EventLog()
        log.add(RulesDeclared(rules: RulesVersion.newest.number))
        log.add(AccountDefined(kind: .simulated, name: "main", currency: "USD"))
        log.add(rate("EUR", "USD", maxAge))
        log.add(
            InstrumentDefined(
                Instrument(
                    id: InstrumentID(1), symbol: "SAP", venue: "", currency: "EUR", kind: .equity,
                    tick: Price(raw: 1), lot: Quantity(raw: 1), priceScale: 9, quantityScale: 9)))
        log.add(CashDeposited(amount: try Money("1000")))
        return log
    }

    private func fill(_ side: Side, _ quantity: String, _ price: String) throws -> OrderFilled {
        OrderFilled(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: side, liquidity: .taker,
            order: OrderID(1), execution: 1, price: try Price(price),
            quantity: try Quantity(quantity), fee: try Money("1"), remaining: .zero)
    }

    @Test func `prices and rates contribute their own parts`() throws {
        var log = try opened()
        log.add(try observed("1.1", "EUR", "USD"))
        log.add(BalanceDeposited(amount: try Money("500"), currency: "EUR"))
        log.add(try fill(.buy, "4", "100"), at: 1)
        log.add(try fill(.sell, "1", "110"), at: 2)
        log.add(try observed("1.2", "EUR", "USD"), at: 3)
        let book = try book(log)
        let balance = try #require(book.equity.currencies.balances(Self.account).first)
        // 500 − 401 + 109 EUR, and three shares at the last price, which no bar has moved from 100.
        #expect(balance.amount == (try Money("208")))
        #expect(balance.worth == (try Money("249.6")))
        #expect(balance.holdings == (try Money("300")))
        let parts = try #require(book.total(Self.account))
        #expect(parts.netDeposits == (try Money("1550")))
        #expect(parts.realised == (try Money("11")))
        #expect(parts.fees == (try Money("2.2")))
        #expect(parts.unrealised == .zero)
        // 508 EUR gained 0.1 USD each.
        #expect(parts.rates == (try Money("50.8")))
        #expect(parts.equity == (try Money("1609.6")))
        #expect(parts.net == parts.equity - parts.netDeposits)
    }

    @Test func `equity is unknown before the first rate, and deposits count at it`() throws {
        var log = try opened()
        log.add(BalanceDeposited(amount: try Money("100"), currency: "EUR"), at: 1)
        var book = try book(log)
        #expect(book.equity.gap(Self.account) == .missing("EUR/USD"))
        #expect(book.total(Self.account)?.isKnown == false)
        #expect(book.equity[Self.account]?.peak == (try Money("1000")))
        try EventLog.apply(
            observed("1.25", "EUR", "USD"), to: &book, sequence: 9, account: 0, seconds: 2)
        #expect(book.equity.gap(Self.account) == nil)
        let parts = try #require(book.total(Self.account))
        #expect(parts.equity == (try Money("1125")))
        #expect(parts.netDeposits == (try Money("1125")))
        #expect(parts.net == .zero)
        #expect(book.equity[Self.account]?.peak == (try Money("1125")))
    }

    @Test func `a rate that is too old makes equity unknown, and no peak is made of it`() throws {
        var log = try opened(maxAge: 10_000_000_000)
        log.add(try observed("1.1", "EUR", "USD"), at: 100)
        log.add(BalanceDeposited(amount: try Money("500"), currency: "EUR"), at: 100)
        log.add(try fill(.buy, "4", "100"), at: 105)
        let before = try book(log)
        #expect(before.equity.gap(Self.account, at: Timestamp(nanoseconds: 110_000_000_000)) == nil)
        log.add(
            Trade(
                instrument: InstrumentID(1), aggressor: nil, price: try Price("120"),
                size: Quantity(raw: 1), tradeId: 0), at: 111)
        let after = try book(log)
        #expect(
            after.equity.gap(Self.account)?.description
                == "the rate EUR/USD is too old since 1970-01-01T00:01:50Z")
        #expect(after.equity[Self.account]?.peak == before.equity[Self.account]?.peak)
    }

    @Test(arguments: 1...30 as ClosedRange<UInt64>)
    func `the parts add up after every event, and equity is the sum of all worths`(
        seed: UInt64
    ) throws {
        // What a split rounds off stays with the holding, where the reference does not look.
        let hasSplits = seed % 2 == 0
        let log = CurrencyLog(seed: seed, count: 300, hasSplits: hasSplits).log
        var book = ProfitAndLoss()
        var reference = CurrencyReference()
        try log.forEach { index, record in
            try book.apply(record)
            try reference.apply(record)
            guard let parts = book.total(Self.account), parts.isKnown else { return }
            #expect(
                parts.net == parts.equity - parts.netDeposits, "seed \(seed), event \(index + 1)")
            guard !hasSplits else { return }
            #expect(
                parts.equity == reference.equity(marks: book.equity, book.positions),
                "seed \(seed), event \(index + 1)")
        }
        #expect(book.equity.gap(Self.account) == nil, "seed \(seed)")
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a prefix that is saved, restored and continued equals the whole`(seed: UInt64) throws {
        let log = CurrencyLog(seed: seed, count: 250, maxAge: 200_000_000_000_000).log
        let whole: ProfitAndLoss = try log.fold()
        for cut in stride(from: 3, to: log.entries.count, by: 17) {
            var book = ProfitAndLoss()
            try log.forEach { index, record in
                if index == cut { book = try ProfitAndLoss(restoring: book.bytes) }
                try book.apply(record)
            }
            #expect(book.bytes == whole.bytes, "seed \(seed), cut \(cut)")
        }
        let equity: EquityBook = try log.fold()
        #expect(try EquityBook(restoring: equity.bytes).bytes == equity.bytes)
    }

    @Test func `impossible rates and movements are refused by name`() throws {
        let cases: [(any Event, String)] = [
            (
                try observed("0", "EUR", "USD"), "a rate of 0 for EUR/USD"
            ),
            (try observed("-1", "EUR", "USD"), "a rate of -1 for EUR/USD"),
            (rate("EUR", "EUR"), "a rate from 'EUR' to 'EUR'"),
            (
                BalanceDeposited(amount: try Money("-1"), currency: "EUR"),
                "a movement of -1 'EUR'"
            ),
            (BalanceWithdrawn(amount: try Money("1"), currency: ""), "a movement of 1 ''"),
            (
                BalanceConverted(
                    sold: try Money("1"), bought: try Money("1"), soldCurrency: "EUR",
                    boughtCurrency: "EUR"), "EUR becomes itself"
            ),
        ]
        for (event, problem) in cases {
            var book: ProfitAndLoss = try opened().fold()
            #expect(
                throws: FoldError.inconsistent(problem, SequenceNumber(9)), "\(event)"
            ) {
                try EventLog.apply(event, to: &book, sequence: 9)
            }
        }
    }

    @Test func `an account without rates takes no other currency`() throws {
        var log = EventLog()
        log.add(AccountDefined(kind: .simulated, name: "main", currency: "USD"))
        log.add(BalanceDeposited(amount: try Money("1"), currency: "EUR"))
        #expect(throws: FoldError.self) { try self.book(log) }
    }

    @Test func `a journal of one currency keeps its state as it was`() throws {
        let log = try RandomLog(seed: 3, count: 200).log
        let book: EquityBook = try log.fold()
        #expect(!book.currencies.isActive)
        var body = StateWriter()
        book.encodeBody(into: &body)
        var reader = StateReader(body.bytes)
        let restored = try EquityBook(from: &reader, rules: book.rules)
        #expect(reader.isAtEnd)
        #expect(restored.accounts == book.accounts)
    }
}
