import Foundation
import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport
import Testing

/// Dividends and splits change no equity under rules 2.
@Suite struct CorporateActionTests {
    static let seeds: [UInt64] = (0..<24).map { 0xAC71_0000 + $0 }

    private static let account = AccountID(1)
    private static let symbol = InstrumentID(1)

    /// A book of one instrument under the newest rules, with the numbers and times of its events.
    private struct Book {
        var books = ProfitAndLoss()
        var sequence = SequenceNumber(1)
        var time = Timestamp(nanoseconds: 1_700_000_000_000_000_000)

        init(_ rules: RulesVersion = .newest) throws {
            try books.follow(RulesDeclared(rules: rules.number), sequence: sequence)
        }

        private mutating func next() {
            sequence = sequence.next
            time = time.advanced(by: Nanoseconds(3_600_000_000_000))
        }

        mutating func price(_ price: Price) throws {
            next()
            try books.mark(symbol, price, at: time, sequence: sequence)
        }

        mutating func fill(_ quantity: Quantity, _ price: Price, _ strategy: UInt16 = 1) throws {
            next()
            let fill = OrderFilled(
                instrument: symbol, strategy: StrategyID(strategy),
                side: quantity.raw > 0 ? .buy : .sell, liquidity: .taker, order: OrderID(1),
                execution: 1, price: price, quantity: quantity.magnitude, fee: .zero,
                remaining: .zero)
            try books.book(fill, account: account, at: time, sequence: sequence)
        }

        mutating func split(_ up: Int64, _ down: Int64) throws {
            next()
            try books.split(
                SplitApplied(instrument: symbol, numerator: up, denominator: down), at: time,
                sequence: sequence)
        }

        /// The declaration, then a payment for each position, as the engine books them.
        mutating func dividend(_ perUnit: Price, check: (ProfitAndLoss) throws -> Void) throws {
            next()
            try books.declare(
                DividendDeclared(instrument: symbol, perUnit: perUnit), at: time,
                sequence: sequence)
            try check(books)
            for position in books.positions.positions(in: symbol) where position.quantity.raw != 0 {
                sequence = sequence.next
                let amount = try Money.notional(perUnit, position.quantity)
                let paid = DividendPaid(
                    instrument: symbol, strategy: position.strategy, perUnit: perUnit,
                    quantity: position.quantity, amount: amount)
                try books.book(paid, account: account, at: time, sequence: sequence)
                try check(books)
            }
        }

        var worth: AccountEquity { get throws { try #require(books.equity[account]) } }
        var mark: Price { books.equity.mark(symbol) }
    }

    private func expectSame(
        _ a: AccountEquity, _ b: AccountEquity, _ comment: Comment
    ) {
        #expect(a.equityValue == b.equityValue, comment)
        #expect(a.equity == b.equity, comment)
        #expect(a.drawdown == b.drawdown, comment)
        #expect(a.peak == b.peak, comment)
        #expect(a.maximumDrawdown == b.maximumDrawdown, comment)
    }

    @Test(arguments: seeds)
    func `equity is the same before and after every action, to the last digit`(
        seed: UInt64
    ) throws {
        var random = Seeded(seed: seed)
        var book = try Book()
        try book.fill(Quantity(raw: 333_333_333), Price(raw: 77_777_777_777))
        for step in 0..<300 {
            let comment: Comment = "seed \(seed.hex), step \(step)"
            let before = try book.worth
            switch random.below(10) {
            case 0...2:
                let size = Int128(1 + random.below(3_000_000_000_000))
                try book.fill(
                    Quantity(raw: random.below(2) == 0 ? size : -size), book.mark,
                    UInt16(1 + random.below(2)))
            case 3...5:
                let near = max(1, book.mark.raw)
                try book.price(Price(raw: near - near / 3 + Int64(random.below(near / 2 + 1))))
                let held = book.books.equity.quantity(Self.account, Self.symbol)
                let worth = try book.worth
                let market = held.raw * Int128(book.mark.raw)
                #expect(worth.equityValue == worth.cash.raw * 1_000_000_000 + market, comment)
            case 6, 7:
                let perUnit = Price(raw: Int64(random.below(book.mark.raw / 2 + 1)))
                try book.dividend(perUnit) { books in
                    let after = try #require(books.equity[Self.account])
                    expectSame(before, after, comment)
                }
                expectSame(before, try book.worth, comment)
            default:
                let ratios: [(Int64, Int64)] = [
                    (2, 1), (3, 2), (7, 1), (1, 3), (11, 10), (1, 1), (9, 7),
                ]
                let held = book.books.equity.quantity(Self.account, Self.symbol)
                let (up, down) =
                    held.magnitude.raw > 1_000_000_000_000_000
                    ? (1, 1000) : random.pick(ratios)
                try book.split(up, down)
                expectSame(before, try book.worth, comment)
            }
            let worth = try book.worth
            let total = try #require(book.books.total(Self.account))
            #expect(total.net == worth.equity - worth.netDeposits, comment)
            if step % 37 == 0 { book.books = try ProfitAndLoss(restoring: book.books.bytes) }
        }
    }

    @Test(arguments: [1000, -1000])
    func `a dividend comes off the mark until the next price`(units: Int64) throws {
        var book = try Book()
        let quantity = Quantity(raw: Int128(units) * 1_000_000_000)
        try book.fill(quantity, try Price("100"))
        try book.price(try Price("100"))
        let before = try book.worth
        try book.dividend(try Price("12")) {
            expectSame(before, try #require($0.equity[Self.account]), "")
        }
        #expect(try book.mark == Price("88"))
        #expect(try book.worth.cash - before.cash == Money("\(12 * units)"))
        try book.price(try Price("88"))
        expectSame(before, try book.worth, "the price without the dividend")
        #expect(try book.worth.maximumDrawdown == 0)
    }

    @Test func `a fill between the ex-date and the next price is valued without the dividend`()
        throws
    {
        var book = try Book()
        try book.fill(try Quantity("10"), try Price("100"))
        try book.dividend(try Price("12")) { _ in }
        let before = try book.worth
        try book.fill(try Quantity("5"), try Price("88"))
        expectSame(before, try book.worth, "")
    }

    @Test func `a dividend above the mark leaves equity, and the next price is believed`() throws {
        var book = try Book()
        try book.fill(try Quantity("10"), try Price("100"))
        let before = try book.worth
        try book.dividend(try Price("150")) { _ in }
        expectSame(before, try book.worth, "")
        try book.price(try Price("1"))
        #expect(try book.mark == Price("1"))
        #expect(try book.worth.equity == Money("510"))
    }

    @Test func `a payment that a venue reports by itself is cash alone`() throws {
        var log = EventLog()
        log.add(RulesDeclared(rules: 2))
        log.add(
            OrderFilled(
                instrument: Self.symbol, strategy: StrategyID(1), side: .buy, liquidity: .taker,
                order: OrderID(1), execution: 1, price: try Price("10"),
                quantity: try Quantity("1"),
                fee: .zero, remaining: .zero))
        log.add(
            DividendPaid(
                instrument: Self.symbol, strategy: StrategyID(1), perUnit: try Price("2"),
                quantity: try Quantity("1"), amount: try Money("2")))
        let book = try log.fold(EquityBook.self)
        #expect(try book[Self.account]?.equity == Money("2"))
        #expect(try book.mark(Self.symbol) == Price("10"))
    }

    @Test func `under rules 1 a dividend is cash beside the old mark`() throws {
        var book = try Book(.first)
        try book.fill(try Quantity("1000"), try Price("100"))
        try book.dividend(try Price("12")) { _ in }
        #expect(try book.worth.equity == Money("12000"))
        #expect(try book.mark == Price("100"))
    }

    // MARK: Held prices

    private func marks(_ rules: RulesVersion, _ prices: [String]) throws -> [String] {
        var book = try Book(rules)
        return try prices.map {
            try book.price(try Price($0))
            return "\(book.mark)"
        }
    }

    @Test(arguments: [
        ("100 45 20 9 4", "100 100 20 20 4"), ("100 1000 101", "100 100 101"),
        ("100 1000 10 11", "100 100 10 11"), ("100 0 99", "100 100 99"),
        ("100 300 100 300 100", "100 100 100 100 100"), ("100 49 48 10", "100 100 48 48"),
    ])
    func `one price at most is held, whatever follows it`(prices: String, marks: String) throws {
        let given = prices.split(separator: " ").map(String.init)
        #expect(try self.marks(.newest, given).joined(separator: " ") == marks)
    }

    @Test func `under rules 1 only a price near the held one confirms it`() throws {
        let marks = try marks(.first, ["100", "45", "20", "9", "4"])
        #expect(marks == ["100", "100", "100", "100", "100"])
    }

    @Test func `a split rescales a held price, and the next one is believed`() throws {
        var book = try Book()
        try book.price(try Price("100"))
        try book.price(try Price("20"))
        try book.split(2, 1)
        #expect(try book.mark == Price("50"))
        #expect(try book.books.equity.heldPrice(Self.symbol) == Price("10"))
        try book.price(try Price("11"))
        #expect(try book.mark == Price("11"))
        #expect(book.books.equity.held.isEmpty)
    }

    // MARK: Versions

    @Test func `rules that are not known are refused, and rules never go back`() throws {
        var rules = RulesVersion.first
        for number in [0, RulesVersion.newest.number + 1, .max] {
            #expect(throws: FoldError.self) {
                try rules.follow(RulesDeclared(rules: number), SequenceNumber(7))
            }
        }
        try rules.follow(RulesDeclared(rules: RulesVersion.newest.number), SequenceNumber(7))
        try rules.follow(RulesDeclared(rules: 1), SequenceNumber(8))
        #expect(rules == .newest)
        #expect(RulesVersion.newest.changesSince.isEmpty)
        #expect(RulesVersion.first.changesSince.count == RulesVersion.changes.count)
    }

    /// What is left of a pruned journal is in its checkpoints.
    @Test func `a state that was saved before rules had versions is read under rules 1`() throws {
        let log = try RandomLog(seed: 0xAC71, count: 120).log
        let (equity, profit) = (try log.fold(EquityBook.self), try log.fold(ProfitAndLoss.self))
        // Version 3 had neither rules before the body nor currencies behind it.
        var (body, books) = (StateWriter(), StateWriter())
        equity.encodeBody(into: &body)
        profit.encodeBody(into: &books)
        let old = try EquityBook(
            restoring: #require(EquityBook.present(body.bytes, version: 3)))
        #expect(old.rules == .first && old.accounts == equity.accounts)
        let older = try ProfitAndLoss(
            restoring: #require(ProfitAndLoss.present(books.bytes, version: 3)))
        var again = StateWriter()
        older.encodeBody(into: &again)
        #expect(again.bytes == books.bytes)
        #expect(EquityBook.present(equity.bytes, version: 2) == nil)
        #expect(EquityBook.present(equity.bytes, version: EquityBook.version) == equity.bytes)
    }

    @Test func `the document has a paragraph for each version, which begins with its line`() throws
    {
        let text = try String(
            contentsOf: Checkout.root.appendingPathComponent("docs/RULES.md"), encoding: .utf8)
        let paragraphs = text.replacingOccurrences(of: "`", with: "").components(
            separatedBy: "\n## ")
        for (place, line) in RulesVersion.changes.enumerated() {
            let paragraph = try #require(
                paragraphs.first { $0.hasPrefix("Rules \(place + 2)\n") })
            let words = paragraph.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            #expect(words.contains(line.prefix(1).uppercased() + line.dropFirst() + "."))
        }
        #expect(
            paragraphs.count { $0.hasPrefix("Rules ") } == Int(RulesVersion.newest.number))
    }
}
