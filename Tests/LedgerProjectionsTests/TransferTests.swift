import LedgerDomain
import LedgerEvents
import LedgerProjections
import Testing

/// What goes from one account of a journal to another.
@Suite struct TransferTests {
    private static let all = (1...3 as ClosedRange<UInt16>).map(AccountID.init)

    private func desk(_ book: ProfitAndLoss) -> Money {
        Self.all.reduce(.zero) { $0 + (book.equity[$1]?.equity ?? .zero) }
    }

    private func deposits(_ book: ProfitAndLoss) -> Money {
        Self.all.reduce(.zero) { $0 + (book.equity[$1]?.netDeposits ?? .zero) }
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `no transfer changes the desk's equity, nor the profit of an account`(seed: UInt64) throws
    {
        let made = try TransferLog(seed: seed, count: 400)
        #expect(made.transfers > 50, "seed \(seed)")
        var book = ProfitAndLoss()
        try made.log.forEach { index, record in
            let before = book
            try book.apply(record)
            let place = "seed \(seed), event \(index + 1)"
            for account in Self.all {
                guard let parts = book.total(account) else { continue }
                #expect(parts.net == parts.equity - parts.netDeposits, "\(place)")
            }
            guard record.type == .cashTransferred || record.type == .positionTransferred else {
                return
            }
            #expect(desk(book) == desk(before), "\(place)")
            #expect(deposits(book) == deposits(before), "\(place)")
            for account in Self.all {
                #expect(book.total(account)?.net == before.total(account)?.net, "\(place)")
                let (now, then) = (book.equity[account], before.equity[account])
                guard let now, let then, now.equity.raw > 1_000_000_000,
                    then.equity.raw > 1_000_000_000
                else { continue }
                #expect(abs(now.drawdown - then.drawdown) < 1e-9, "\(place)")
            }
        }
        let gains = Self.all.compactMap { book.total($0)?.transfers }
        #expect(gains.reduce(.zero) { $0 + $1 } == .zero, "seed \(seed)")
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func `a prefix that is saved, restored and continued equals the whole`(seed: UInt64) throws {
        let log = try TransferLog(seed: seed, count: 250).log
        let whole: ProfitAndLoss = try log.fold()
        for cut in stride(from: 40, to: log.entries.count, by: 19) {
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

    /// Two accounts with 1000 USD each; the first bought 4 at 100 and 6 at 110.
    private func opened() throws -> EventLog {
        var log = EventLog()
        log.add(RulesDeclared(rules: RulesVersion.newest.number))
        for account in [1, 2] as [UInt16] {
            log.add(
                AccountDefined(kind: .simulated, name: "a\(account)", currency: "USD"),
                account: account)
            log.add(CashDeposited(amount: try Money("2000")), account: account)
        }
        for (quantity, price) in [("4", "100"), ("6", "110")] {
            log.add(
                OrderFilled(
                    instrument: InstrumentID(1), strategy: StrategyID(1), side: .buy,
                    liquidity: .taker, order: OrderID(1), execution: 1, price: try Price(price),
                    quantity: try Quantity(quantity), fee: .zero, remaining: .zero))
        }
        log.add(
            Trade(
                instrument: InstrumentID(1), aggressor: nil, price: try Price("130"),
                size: Quantity(raw: 1), tradeId: 0))
        return log
    }

    private func move(_ quantity: String, cost: String, value: String, to account: UInt16) throws
        -> PositionTransferred
    {
        PositionTransferred(
            instrument: InstrumentID(1), strategy: StrategyID(1), toStrategy: .none,
            quantity: try Quantity(quantity), cost: try Money(cost), value: try Money(value),
            to: AccountID(account))
    }

    @Test func `lots go with their cost and their age, and the gain stays where it was made`()
        throws
    {
        var log = try opened()
        log.add(try move("7", cost: "730", value: "910", to: 2))
        let book: ProfitAndLoss = try log.fold()
        let moved = try #require(
            book.positions.position(AccountID(2), .none, InstrumentID(1)))
        let lots = moved.lots.map { "\($0.quantity) \($0.cost) \($0.fill)" }
        #expect(lots == ["4 400 6", "3 330 7"])
        let first = try #require(book.total(AccountID(1)))
        #expect(first.unrealised == (try Money("60")))
        #expect(first.transfers == (try Money("180")))
        #expect(first.net == (try Money("240")))
        #expect(first.netDeposits == (try Money("1090")))
        let second = try #require(book.total(AccountID(2)))
        #expect(second.unrealised == (try Money("180")))
        #expect(second.transfers == (try Money("-180")))
        #expect(second.net == .zero)
        #expect(second.netDeposits == (try Money("2910")))
    }

    @Test func `lots that come back become the lots that they were`() throws {
        var log = try opened()
        let before: ProfitAndLoss = try log.fold()
        log.add(try move("7", cost: "730", value: "910", to: 2))
        var back = try move("7", cost: "730", value: "910", to: 1)
        (back.strategy, back.toStrategy) = (.none, StrategyID(1))
        log.add(back, account: 2)
        let after: ProfitAndLoss = try log.fold()
        func lots(_ book: ProfitAndLoss) -> [Lot] {
            Array(
                book.positions.position(AccountID(1), StrategyID(1), InstrumentID(1))?.lots ?? [])
        }
        #expect(lots(before) == lots(after))
        #expect(after.total(AccountID(1)) == before.total(AccountID(1)))
    }

    @Test func `what cannot be transferred is refused by the fold`() throws {
        let log = try opened()
        let short = PositionTransferred(
            instrument: InstrumentID(1), strategy: StrategyID(1), toStrategy: .none,
            quantity: try Quantity("-1"), cost: .zero, value: .zero, to: AccountID(2))
        let cash = CashTransferred(to: AccountID(2), amount: try Money("1000"), currency: "USD")
        var nowhere = cash
        nowhere.to = .none
        var same = cash
        same.to = AccountID(1)
        var live = cash
        live.to = AccountID(.live, index: 2)
        var nothing = cash
        nothing.amount = .zero
        let cases: [(any Event, String)] = [
            (try move("11", cost: "1060", value: "1430", to: 2), "11 units of a position of 10"),
            (try move("7", cost: "731", value: "910", to: 2), "lots that cost 730, transferred at"),
            (short, "a transfer of -1 units of a position of 10"),
            (cash, "a transfer of 1000 USD of a balance of 940"),
            (nowhere, "to account 0"), (same, "from account 1 to account 1"),
            (live, "to account 49154"), (nothing, "a transfer of 0 USD"),
        ]
        for (event, says) in cases {
            var book: ProfitAndLoss = try log.fold()
            do {
                try EventLog.apply(event, to: &book, sequence: 10)
                Issue.record("\(event) was taken")
            } catch let error as FoldError {
                #expect(error.description.contains(says), "\(error)")
            }
        }
    }
}
