import LedgerDomain
import LedgerEvents
import LedgerProjections
import Testing

/// What an account owns, must own and may still buy, as a fold of its journal.
@Suite struct MarginTests {
    private static let account = AccountID(1)

    private func terms(_ maxLeverage: String = "0", _ kind: MarginType = .margin) throws
        -> MarginDefined
    {
        MarginDefined(
            kind: kind, initialLong: try Price("0.5"), initialShort: try Price("0.5"),
            maintenanceLong: try Price("0.3"), maintenanceShort: try Price("0.3"),
            maxLeverage: try Price(maxLeverage), minimumEquity: try Money("2000"))
    }

    /// An account with 10,000 USD that bought or sold at a price; BTC is a coin.
    private func log(
        _ terms: MarginDefined, _ trades: [(UInt32, Side, quantity: String, price: String)]
    ) throws -> EventLog {
        var log = EventLog()
        log.add(RulesDeclared(rules: RulesVersion.newest.number))
        log.add(AccountDefined(kind: .simulated, name: "main", currency: "USD"))
        log.add(terms)
        log.add(CashDeposited(amount: try Money("10000")))
        for (instrument, side, quantity, price) in trades {
            log.add(
                OrderFilled(
                    instrument: InstrumentID(instrument), strategy: StrategyID(1), side: side,
                    liquidity: .taker, order: OrderID(1), execution: 1, price: try Price(price),
                    quantity: try Quantity(quantity), fee: .zero, remaining: .zero))
        }
        return log
    }

    private func names() -> NameBook {
        var names = NameBook()
        for (number, kind) in [InstrumentKind.equity, .equity, .crypto].enumerated() {
            names.define(
                Instrument(
                    id: InstrumentID(UInt32(number + 1)), symbol: "X\(number)", venue: "",
                    currency: "USD", kind: kind, tick: Price(raw: 1), lot: Quantity(raw: 1),
                    priceScale: 9, quantityScale: 9))
        }
        return names
    }

    /// Rows in the order of the rules: what was traded, and initial, maintenance, buying power, leverage.
    private static let rows: [([(UInt32, Side, quantity: String, price: String)], [String])] = [
        ([], ["0", "0", "20000", "0"]),
        ([(1, .buy, "100", "50")], ["2500", "1500", "15000", "0.5"]),
        ([(1, .buy, "400", "50")], ["10000", "6000", "0", "2"]),
        // Below 2.50 a share in full.
        ([(1, .buy, "1000", "2.49")], ["2490", "2490", "15020", "0.249"]),
        ([(1, .buy, "1000", "2.5")], ["1250", "750", "17500", "0.25"]),
        // Short: at least 5 a share from 5 on, in full below, and at least 2.50.
        ([(1, .sell, "100", "50")], ["2500", "1500", "15000", "0.5"]),
        ([(1, .sell, "100", "8")], ["500", "500", "19000", "0.08"]),
        ([(1, .sell, "100", "4")], ["400", "400", "19200", "0.04"]),
        ([(1, .sell, "100", "1")], ["250", "250", "19500", "0.01"]),
        // Coins in full.
        ([(3, .buy, "0.1", "40000")], ["4000", "4000", "12000", "0.4"]),
        (
            [(1, .buy, "100", "50"), (2, .sell, "100", "30")],
            ["4000", "2400", "12000", "0.8"]
        ),
    ]

    @Test(arguments: rows.indices)
    func `requirements follow the published rules`(row: Int) throws {
        let (trades, wanted) = Self.rows[row]
        let book: EquityBook = try log(try terms(), trades).fold()
        let standing = try #require(book.marginStanding(Self.account, names()))
        #expect(standing.equity == (try Money("10000")))
        let figures = [
            "\(standing.required.initial)", "\(standing.required.maintenance)",
            "\(standing.buyingPower)", standing.leverage.map { "\($0)" } ?? "",
        ]
        #expect(figures == wanted)
        #expect(standing.excess == standing.equity - standing.required.maintenance)
        #expect(try EquityBook(restoring: book.bytes).bytes == book.bytes)
        let again = try EquityBook(restoring: book.bytes)
        #expect(again.marginStanding(Self.account, names()) == standing)
    }

    @Test func `a limit of leverage is below what the venue lends`() throws {
        let trades = [(UInt32(1), Side.buy, quantity: "200", price: "50")]
        let book: EquityBook = try log(try terms("1.25"), trades).fold()
        let standing = try #require(book.marginStanding(Self.account, names()))
        #expect(standing.buyingPower == (try Money("2500")))
        #expect(standing.mostExposure == (try Money("12500")))
    }

    @Test func `a cash account and one below the minimum are lent nothing`() throws {
        let cash: EquityBook = try log(
            try terms("0", .cash), [(1, .buy, "100", "50")]
        ).fold()
        let owned = try #require(cash.marginStanding(Self.account, names()))
        #expect(owned.buyingPower == (try Money("5000")))
        #expect(owned.required.maintenance == .zero)
        var log = try log(try terms(), [(1, .buy, "10", "50")])
        log.add(CashWithdrawn(amount: try Money("8000.01")))
        let small: EquityBook = try log.fold()
        let standing = try #require(small.marginStanding(Self.account, names()))
        #expect(!standing.lends)
        #expect(standing.buyingPower == (try Money("1499.99")))
    }

    @Test func `without terms there is no margin, and the state keeps its bytes`() throws {
        var log = try log(try terms(), [])
        let with: EquityBook = try log.fold()
        log.entries.remove(at: 2)
        let without: EquityBook = try log.fold()
        #expect(without.marginStanding(Self.account, names()) == nil)
        #expect(with.bytes.count > without.bytes.count)
        #expect(with.bytes.starts(with: without.bytes))
    }
}
