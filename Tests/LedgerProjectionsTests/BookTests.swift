import LedgerDomain
import LedgerEvents
import LedgerProjections
import Testing

/// The books against a plain recount of the same random history.
@Suite struct BookTests {
    static let seeds: [UInt64] = (0..<8).map { 0x5EED_0100 + $0 }

    @Test(arguments: seeds)
    func `positions and cash are those of a plain recount, after every event`(seed: UInt64) throws {
        let random = try RandomLog(seed: seed, count: 400)
        var books = ProfitAndLoss()
        var plain = ReferenceBook()
        try random.log.forEach { index, record in
            try books.apply(record)
            try plain.apply(record)
            let comment: Comment = "seed \(seed.hex), event \(index + 1)"
            for (key, holding) in plain.holdings {
                let position = try #require(
                    books.positions.position(
                        AccountID(key.account), StrategyID(key.strategy),
                        InstrumentID(key.instrument)))
                #expect(position.quantity.raw == holding.quantity, comment)
                #expect(position.cost.raw == holding.cost, comment)
                #expect(position.realised.raw == holding.realised, comment)
                #expect(position.fees.raw == holding.fees, comment)
                #expect(position.dividends.raw == holding.dividends, comment)
                let lots = position.lots.map {
                    ReferenceBook.Lot(quantity: $0.quantity.raw, cost: $0.cost.raw)
                }
                #expect(lots == holding.lots, comment)
            }
            for (number, account) in plain.accounts {
                let worth = try #require(books.equity[AccountID(number)])
                #expect(worth.cash.raw == account.cash, comment)
                #expect(worth.netDeposits.raw == account.deposits, comment)
                #expect(worth.fees.raw == account.fees, comment)
                #expect(worth.dividends.raw == account.dividends, comment)
                #expect(worth.equity.raw == plain.equity(number), comment)
                for instrument in UInt32(1)...3 {
                    let held = plain.holdings.filter {
                        $0.key.account == number && $0.key.instrument == instrument
                    }.reduce(Int128(0)) { $0 + $1.value.quantity }
                    let found = books.equity.quantity(
                        AccountID(number), InstrumentID(instrument))
                    #expect(found.raw == held, comment)
                }
            }
        }
    }

    @Test(arguments: seeds)
    func `net profit is what equity gained beyond deposits, to the last digit`(seed: UInt64) throws
    {
        let random = try RandomLog(seed: seed, count: 400)
        var books = ProfitAndLoss()
        var plain = ReferenceBook()
        var day = Int64.min
        var dayStart: [UInt16: (equity: Int128, deposits: Int128)] = [:]
        try random.log.forEach { index, record in
            if record.time.utcDay != day {
                day = record.time.utcDay
                for (number, account) in plain.accounts {
                    dayStart[number] = (plain.equity(number), account.deposits)
                }
            }
            try books.apply(record)
            try plain.apply(record)
            let comment: Comment = "seed \(seed.hex), event \(index + 1)"
            for (number, account) in plain.accounts {
                let total = try #require(books.total(AccountID(number)))
                #expect(total.net.raw == plain.equity(number) - account.deposits, comment)
                let today = try #require(books.today(AccountID(number)))
                let start = dayStart[number] ?? (0, 0)
                let gained = plain.equity(number) - start.equity
                #expect(today.net.raw == gained - (account.deposits - start.deposits), comment)
                #expect(today.net == today.equity - today.netDeposits, comment)
            }
            #expect(books.day == day)
        }
    }

    @Test(arguments: seeds)
    func `the peak and the deepest fall are those of the whole history`(seed: UInt64) throws {
        let random = try RandomLog(seed: seed, count: 300)
        var book = EquityBook()
        try random.log.forEach { try book.apply($1) }
        for number in random.book.accounts.keys {
            let worth = try #require(book[AccountID(number)])
            let plain = random.book.peaks(number)
            func money(_ value: Int128) -> Int128 { ReferenceBook.scaled(value, 1, 1_000_000_000) }
            #expect(worth.peak.raw == money(plain.peak), "seed \(seed.hex)")
            #expect(worth.worstDrawdown.peak.raw == money(plain.worstPeak), "seed \(seed.hex)")
            #expect(worth.worstDrawdown.low.raw == money(plain.worstLow), "seed \(seed.hex)")
        }
    }

    private func checkPrefixes<P: Projection & Equatable>(
        _ type: P.Type, _ log: EventLog, _ comment: Comment
    ) throws {
        let whole = try log.fold(P.self)
        for cut in stride(from: 0, through: log.entries.count, by: 13) {
            var state = P()
            try log.forEach { index, record in
                if index == cut { state = try P(restoring: state.bytes) }
                try state.apply(record)
            }
            #expect(state.bytes == whole.bytes, "\(P.name), \(comment), saved after \(cut)")
        }
    }

    @Test(arguments: seeds.prefix(3))
    func `a fold restored from any point ends the same`(seed: UInt64) throws {
        let log = try RandomLog(seed: seed, count: 200).log
        let comment: Comment = "seed \(seed.hex)"
        try checkPrefixes(PositionBook.self, log, comment)
        try checkPrefixes(EquityBook.self, log, comment)
        try checkPrefixes(ProfitAndLoss.self, log, comment)
    }

    private func fill(
        _ side: Side, _ quantity: String, _ price: String, fee: String = "0"
    ) throws -> OrderFilled {
        OrderFilled(
            instrument: InstrumentID(1), strategy: StrategyID(1), side: side, liquidity: .taker,
            order: OrderID(1), execution: 1, price: try Price(price),
            quantity: try Quantity(quantity), fee: try Money(fee), remaining: .zero)
    }

    @Test func `a worked example: long, partly closed, turned short, bought back`() throws {
        var log = EventLog()
        log.add(CashDeposited(amount: try Money("10000")))
        log.add(try fill(.buy, "10", "100", fee: "1"))
        log.add(try fill(.buy, "10", "110", fee: "1"))
        log.add(try fill(.sell, "15", "120", fee: "1"))
        log.add(try fill(.sell, "10", "90", fee: "1"))
        log.add(try fill(.buy, "2", "80", fee: "1"))
        log.add(
            Trade(
                instrument: InstrumentID(1), aggressor: nil, price: try Price("90"), size: .zero,
                tradeId: 1))
        let books = try log.fold(ProfitAndLoss.self)
        let position = try #require(
            books.positions.position(AccountID(1), StrategyID(1), InstrumentID(1)))
        // 10·20 + 5·10; then 5·(90 − 110) and short 5 at 90; then 2·(90 − 80).
        #expect(position.realised.description == "170")
        #expect(position.quantity.description == "-3")
        #expect(position.averageCost?.description == "90")
        let total = try #require(books.total(AccountID(1)))
        #expect(total.unrealised.description == "0")
        #expect(total.net.description == "165")
        #expect(total.equity.description == "10165")
    }

    @Test func `half a unit of the last digit rounds the same in the parts and in the whole`()
        throws
    {
        var log = EventLog()
        log.add(CashDeposited(amount: Money(raw: 1)))
        log.add(
            OrderFilled(
                instrument: InstrumentID(1), strategy: .none, side: .buy, liquidity: .taker,
                order: OrderID(1), execution: 1, price: Price(raw: 1),
                quantity: Quantity(raw: 500_000_000), fee: .zero, remaining: .zero))
        let total = try #require(try log.fold(ProfitAndLoss.self).total(AccountID(1)))
        #expect(total.net == total.equity - total.netDeposits)
    }

    @Test func `a large lot is sold in parts though the products pass 128 bits`() throws {
        var log = EventLog()
        log.add(try fill(.buy, "1000000000000", "0.999999999"))
        log.add(try fill(.sell, "333333333333", "1"))
        log.add(try fill(.sell, "666666666667", "1"))
        let book = try log.fold(PositionBook.self)
        let position = try #require(
            book.position(AccountID(1), StrategyID(1), InstrumentID(1)))
        #expect(position.realised.description == "1000")
        #expect(position.cost == .zero && position.lots.isEmpty)
    }

    @Test func `a reverse split leaves no empty lot in the way`() throws {
        var log = EventLog()
        log.add(try fill(.sell, "0.000000001", "5"))
        log.add(try fill(.sell, "10", "5"))
        log.add(
            SplitApplied(instrument: InstrumentID(1), numerator: 1, denominator: 10))
        log.add(try fill(.buy, "1", "50"))
        let position = try #require(
            try log.fold(PositionBook.self).position(
                AccountID(1), StrategyID(1), InstrumentID(1)))
        #expect(position.quantity == .zero && position.lots.isEmpty)
        #expect(position.realised == Money(raw: 5))
    }

    @Test func `an account is at its peak from its first deposit on`() throws {
        var log = EventLog()
        log.add(CashDeposited(amount: try Money("5")), at: 7)
        let worth = try #require(try log.fold(EquityBook.self)[AccountID(1)])
        #expect(worth.peak.description == "5")
        #expect(worth.peakAt == Timestamp(nanoseconds: 7_000_000_000))
    }

    @Test func `two holdings that offset each other make no peak between them`() throws {
        var log = EventLog()
        log.add(CashDeposited(amount: try Money("1000")))
        for (strategy, side) in [(UInt16(1), Side.sell), (2, .buy)] {
            var event = try fill(side, "10", "100")
            event.strategy = StrategyID(strategy)
            log.add(event)
        }
        log.add(
            Trade(
                instrument: InstrumentID(1), aggressor: nil, price: try Price("150"),
                size: .zero, tradeId: 1))
        let worth = try #require(try log.fold(EquityBook.self)[AccountID(1)])
        #expect(worth.peak.description == "1000")
        #expect(worth.maximumDrawdown == 0)
    }
}

extension ReferenceBook {
    mutating func apply(_ record: Record) throws {
        let account = record.account.number
        func money(_ change: Int128, _ keep: (inout Cash) -> Void) {
            accounts[account, default: Cash()].cash += change
            keep(&accounts[account, default: Cash()])
        }
        switch record.type {
        case .orderFilled: fill(try OrderFilled(record), account)
        case .splitApplied: split(try SplitApplied(record))
        case .dividendPaid: dividend(try DividendPaid(record), account)
        case .bar: mark(record.instrument.number, Int128(try Bar(record).close.raw))
        case .trade: mark(record.instrument.number, Int128(try Trade(record).price.raw))
        case .quote:
            let quote = try Quote(record)
            mark(record.instrument.number, (Int128(quote.bid.raw) + Int128(quote.ask.raw)) / 2)
        case .cashDeposited:
            let amount = try CashDeposited(record).amount.raw
            money(amount) { $0.deposits += amount }
        case .cashWithdrawn:
            let amount = try CashWithdrawn(record).amount.raw
            money(-amount) { $0.deposits -= amount }
        case .feeCharged:
            let amount = try FeeCharged(record).amount.raw
            money(-amount) { $0.fees += amount }
        default: break
        }
    }
}
