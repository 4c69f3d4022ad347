import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport

/// A random history of three accounts in USD, which keep balances in EUR and BTC: fills, prices, rates, splits
/// financing, and transfers of whatever one of them has. Its own fold says what each can transfer.
struct TransferLog {
    private(set) var log = EventLog()
    private(set) var transfers = 0
    private var generator: Seeded
    private var seconds: Int64 = 1_700_000_000
    private var book = ProfitAndLoss()

    init(seed: UInt64, count: Int) throws {
        generator = Seeded(seed: seed)
        try add(RulesDeclared(rules: RulesVersion.newest.number))
        for account in 1...3 as ClosedRange<UInt16> {
            try add(AccountDefined(kind: .simulated, name: "a\(account)", currency: "USD"), account)
            for (place, base) in ["EUR", "BTC"].enumerated() {
                let rate = RateDefined(
                    place: UInt16(place), isInverse: false, maxAge: 0, base: base, quote: "USD",
                    symbol: "", via: "")
                try add(rate, account)
            }
        }
        for (number, currency) in ["USD", "EUR", "USD"].enumerated() {
            let id = InstrumentID(UInt32(number + 1))
            let instrument = Instrument(
                id: id, symbol: "X\(number)", venue: "", currency: currency, kind: .equity,
                tick: Price(raw: 1), lot: Quantity(raw: 1), priceScale: 9, quantityScale: 9)
            try add(InstrumentDefined(instrument))
        }
        for base in ["EUR", "BTC"] { try rate(base) }
        for account in 1...3 as ClosedRange<UInt16> {
            try add(CashDeposited(amount: try money(999_999_999_999_999)), account)
            for currency in ["EUR", "BTC"] {
                let amount = try money(999_999_999_999)
                try add(BalanceDeposited(amount: amount, currency: currency), account)
            }
        }
        while log.entries.count < count { try step() }
    }

    private mutating func add(_ event: some Event, _ account: UInt16 = 1) throws {
        log.add(event, account: account, at: seconds)
        try EventLog.apply(
            event, to: &book, sequence: UInt64(log.entries.count), account: account,
            seconds: seconds)
    }

    private mutating func money(_ most: UInt64) throws -> Money {
        Money(raw: Int128(1 + generator.next() % most))
    }

    private mutating func price() -> Price {
        Price(raw: 9_000_000_000 + Int64(generator.next() % 3_000_000_001))
    }

    private mutating func rate(_ base: String) throws {
        let rate = Price(raw: 900_000_000 + Int64(generator.next() % 333_333_333))
        let event = RateObserved(rate: rate, since: .zero, base: base, quote: "USD", source: "test")
        try add(event)
    }

    private mutating func step() throws {
        seconds += Int64(generator.below(40_000))
        let account = UInt16(1 + generator.below(3))
        let instrument = InstrumentID(UInt32(1 + generator.below(3)))
        switch generator.below(14) {
        case 0, 1, 2:
            let fill = OrderFilled(
                instrument: instrument, strategy: StrategyID(UInt16(1 + generator.below(2))),
                side: generator.pick([.buy, .buy, .sell]), liquidity: .taker, order: OrderID(1),
                execution: 1, price: price(),
                quantity: Quantity(raw: Int128(1 + generator.next() % 5_000_000_000)),
                fee: try money(9_999_999), remaining: .zero)
            try add(fill, account)
        case 3, 4:
            let trade = Trade(
                instrument: instrument, aggressor: nil, price: price(), size: Quantity(raw: 1),
                tradeId: 0)
            try add(trade)
        case 5: try rate(generator.pick(["EUR", "BTC"]))
        case 6:
            let (numerator, denominator) = generator.pick([(2, 1), (2, 3), (3, 2)])
            let split = SplitApplied(
                instrument: instrument, numerator: Int64(numerator),
                denominator: Int64(denominator))
            try add(split)
        case 7, 8, 9: try transferCash(from: account)
        case 10:
            let amount = Money(raw: Int128(generator.below(9_999_999)) - 4_999_999)
            let currency = generator.pick(["USD", "EUR", "BTC"])
            switch generator.below(3) {
            case 0: try add(BorrowCharged(instrument, amount, currency, source: ""), account)
            case 1: try add(InterestCharged(.none, amount, currency, source: ""), account)
            default: try add(FundingCharged(instrument, amount, currency, source: ""), account)
            }
        default: try transferPosition(from: account, instrument)
        }
    }

    private func other(than account: UInt16) -> AccountID { AccountID(account % 3 + 1) }

    private mutating func transferCash(from account: UInt16) throws {
        let currency = generator.pick(["USD", "EUR", "BTC"])
        let has = book.equity.balance(AccountID(account), in: currency).raw
        guard has > 0 else { return }
        let amount = Money(raw: 1 + Int128(generator.next()) % has)
        transfers += 1
        try add(
            CashTransferred(to: other(than: account), amount: amount, currency: currency), account)
    }

    private mutating func transferPosition(
        from account: UInt16, _ instrument: InstrumentID
    ) throws {
        let held = book.positions.positions(in: instrument).filter {
            $0.account.number == account && $0.quantity.raw != 0
        }
        guard !held.isEmpty else { return }
        let position = generator.pick(held)
        let sign = position.quantity.raw.signum()
        let all = position.quantity.raw.magnitude
        let units = generator.below(3) == 0 ? all : 1 + UInt128(generator.next()) % all
        let quantity = Quantity(raw: Int128(units) * sign)
        let target = book.positions.position(
            other(than: account), position.strategy, instrument)
        guard target?.quantity.raw.signum() != -sign else { return }
        transfers += 1
        let event = PositionTransferred(
            instrument: instrument, strategy: position.strategy, toStrategy: position.strategy,
            quantity: quantity, cost: try position.cost(ofOldest: quantity),
            value: try Money.notional(book.equity.mark(instrument), quantity),
            to: other(than: account))
        try add(event, account)
    }
}
