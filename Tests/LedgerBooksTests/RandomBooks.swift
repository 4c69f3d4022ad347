import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport

/// A random but possible history of two accounts: shorts, flips, splits, dividends with and without a pay
/// date and their corrections, fees, rebates, deposits, withdrawals and adjustments.
struct RandomBooks {
    private(set) var log = BooksLog()
    private(set) var profit = ProfitAndLoss()
    private var generator: Seeded
    private var seconds: Int64 = 1_600_000_000
    /// Whether sizes go to the limits of what fits, beyond what Beancount adds without rounding.
    private let isWild: Bool

    private static let prices: [Int64] = [
        1, 333_333_333, 1_000_000_000, 12_500_000_000, 123_456_789_123, 65_000_120_000_000,
    ]
    private static let tame: [Int128] = [
        1, 7, 333_333_333, 1_000_000_000, 1_500_000_001, 10_000_000_000, 333_000_000_000,
    ]
    private static let wild: [Int128] = [3, 1_000_000_000_000_000_000, 500_000_000_000_000_000_000]

    init(seed: UInt64, count: Int, isWild: Bool) throws {
        (generator, self.isWild) = (Seeded(seed: seed), isWild)
        let target = log.entries.count + count
        while log.entries.count < target { try step() }
    }

    private mutating func money() -> Money {
        Money(raw: Int128(generator.next() % 2_000_000_000_000))
    }
    private mutating func quantity() -> Quantity {
        Quantity(raw: generator.pick(isWild ? Self.tame + Self.wild : Self.tame))
    }

    private mutating func step() throws {
        seconds += Int64(generator.below(40_000))
        let account = generator.pick([BooksLog.main, BooksLog.other])
        let number = UInt32(1 + generator.below(6)) + (account == BooksLog.main ? 0 : 10)
        let instrument = InstrumentID(number)
        let strategy = StrategyID(UInt16(generator.below(4)))
        let price = Price(raw: generator.pick(Self.prices) + Int64(generator.below(1000)))
        switch generator.below(20) {
        case 0...10:
            let fee = Money(raw: money().raw - 300_000_000_000)
            let quantity = quantity()
            try add(
                OrderFilled(
                    instrument: instrument, strategy: strategy,
                    side: generator.pick([.buy, .sell]),
                    liquidity: .taker, order: OrderID(1), execution: 1, price: price,
                    quantity: quantity, fee: fee, remaining: .zero), account)
        case 11: try add(CashDeposited(amount: money()), account)
        case 12: try add(CashWithdrawn(amount: money()), account)
        case 13:
            let kind = generator.pick(["data", "borrow: [2020-01-01], \"odd\" | x; y\n", ""])
            try add(FeeCharged(instrument: instrument, amount: money(), kind: kind), account)
        case 14...15: try pay(account, strategy, instrument)
        case 16...17: try split(instrument)
        case 18:
            try add(
                PositionAdjusted(
                    instrument: instrument, strategy: strategy,
                    quantity: Quantity(raw: quantity().raw * generator.pick([1, -1])),
                    price: generator.pick([price, .zero]), snapshot: 0, actor: "tester",
                    reason: "date:x"),
                account)
        default:
            let amount = Money(raw: money().raw - 1_000_000_000_000)
            try add(
                CashAdjusted(amount: amount, snapshot: 0, actor: "tester", reason: "\\\"é\""),
                account)
        }
    }

    private mutating func pay(
        _ account: AccountID, _ strategy: StrategyID, _ instrument: InstrumentID
    ) throws {
        let held = profit.positions.position(account, strategy, instrument)?.quantity ?? .zero
        let perUnit = Price(raw: Int64(generator.below(1_000_000_000)))
        let amount = try Money.notional(perUnit, held)
        let payable = Timestamp(nanoseconds: (seconds + 100_000) * 1_000_000_000)
        let claim = generator.pick(profit.equity.actions.claims + [nil, nil])
        switch (generator.below(4), claim) {
        case (0, let claim?):
            return try add(
                DividendSettled(
                    instrument: claim.instrument, strategy: claim.strategy, amount: claim.amount,
                    accrual: claim.accrual.number), claim.account)
        case (1, _):
            return try add(
                DividendAccrued(
                    instrument: instrument, strategy: strategy, perUnit: perUnit, quantity: held,
                    amount: amount, payable: payable), account)
        case (2, let claim):
            return try add(
                DividendCorrected(
                    instrument: claim?.instrument ?? instrument,
                    strategy: claim?.strategy ?? strategy, perUnit: perUnit,
                    bookedPerUnit: .zero, quantity: held, amount: amount,
                    payable: generator.below(2) == 0 ? .zero : payable,
                    corrected: claim?.accrual.number ?? 1, actor: "tester", reason: "rate"),
                claim?.account ?? account)
        default: break
        }
        try add(
            DividendPaid(
                instrument: instrument, strategy: strategy, perUnit: perUnit, quantity: held,
                amount: amount), account)
    }

    private mutating func split(_ instrument: InstrumentID) throws {
        let ratio = generator.pick([(2, 1), (3, 2), (1, 3), (7, 1), (1, 10), (2, 3), (1, 1000)])
        let most = profit.positions.positions(in: instrument).map { $0.quantity.magnitude.raw }
            .max()
        let bound = isWild ? Quantity.limit.raw / 8 : 10_000_000_000_000
        guard (most ?? 0) < bound else { return }
        try add(
            SplitApplied(
                instrument: instrument, numerator: Int64(ratio.0), denominator: Int64(ratio.1)),
            .none)
    }

    /// Only what the projections take.
    private mutating func add(_ event: some Event, _ account: AccountID) throws {
        var batch = Batch(next: log.lastSequence.next)
        let time = Timestamp(nanoseconds: seconds * 1_000_000_000)
        guard (try? batch.append(event, Envelope(account: account, time: time))) != nil,
            let record = batch.record(log.lastSequence.next)
        else { return }
        var after = profit
        guard (try? after.apply(record)) != nil else { return }
        profit = after
        log.add(event, account, at: seconds)
    }
}
