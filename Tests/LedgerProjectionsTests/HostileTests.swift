import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport
import Testing

/// Journals whose checksums hold and whose numbers are absurd: an error, never a trap.
@Suite struct HostileTests {
    static let instrument = InstrumentID(1)

    private static func fill(
        _ quantity: Int128, _ price: Int64, fee: Int128 = 0, instrument: UInt32 = 1
    ) -> OrderFilled {
        OrderFilled(
            instrument: InstrumentID(instrument), strategy: StrategyID(1), side: .buy,
            liquidity: .taker, order: OrderID(1), execution: 1, price: Price(raw: price),
            quantity: Quantity(raw: quantity), fee: Money(raw: fee), remaining: .zero)
    }

    private static func trade(_ price: Int64, instrument: UInt32 = 1) -> Trade {
        Trade(
            instrument: InstrumentID(instrument), aggressor: nil, price: Price(raw: price),
            size: .zero, tradeId: 0)
    }

    static let cases: [(title: String, events: [any Event])] = [
        ("a fill of nothing", [fill(0, 5)]), ("a negative fill", [fill(-5, 5)]),
        ("a fill beyond 10^12", [fill(Quantity.limit.raw * 10, 0)]),
        ("a notional beyond 10^12", [fill(Quantity.limit.raw, 2_000_000_000)]),
        ("a fee of 2^127", [fill(5, 5, fee: .max)]), ("a fee of −2^127", [fill(5, 5, fee: .min)]),
        ("a position beyond 10^12", [fill(Quantity.limit.raw, 1), fill(1_000_000_000, 1)]),
        ("instrument 2^32 − 1", [fill(5, 5, instrument: .max)]),
        ("a worth of 10^19", [fill(9_000_000_000_000_000_000, 1), trade(.max), trade(.max)]),
        ("a split by 0", [SplitApplied(instrument: instrument, numerator: 0, denominator: 1)]),
        (
            "a split that overflows a position",
            [
                fill(Quantity.limit.raw, 1),
                SplitApplied(instrument: instrument, numerator: .max, denominator: 1),
            ]
        ),
        (
            "a split that overflows a price",
            [fill(5, .max), SplitApplied(instrument: instrument, numerator: 1, denominator: .max)]
        ),
        (
            "a dividend of 2^127",
            [
                DividendPaid(
                    instrument: instrument, strategy: .none, perUnit: .zero, quantity: .zero,
                    amount: Money(raw: .max))
            ]
        ),
        (
            "a dividend of instrument 2^32 − 1",
            [
                DividendPaid(
                    instrument: InstrumentID(.max), strategy: .none, perUnit: .zero,
                    quantity: .zero, amount: .zero)
            ]
        ),
    ]

    @Test(arguments: cases.indices)
    func `an impossible event is refused`(row: Int) throws {
        let (title, events) = Self.cases[row]
        var books = ProfitAndLoss()
        #expect(throws: FoldError.self, "\(title)") {
            for event in events { try EventLog.apply(event, to: &books) }
        }
    }

    static let cash: [(title: String, event: any Event)] = [
        ("a deposit of 2^127", CashDeposited(amount: Money(raw: .max))),
        ("a negative deposit", CashDeposited(amount: Money(raw: -1))),
        ("a withdrawal of −2^127", CashWithdrawn(amount: Money(raw: .min))),
        ("a fee of 2^127", FeeCharged(instrument: .none, amount: Money(raw: .max), kind: "")),
        ("a price of instrument 2^32 − 1", trade(1, instrument: .max)),
    ]

    @Test(arguments: cash.indices)
    func `an impossible payment or price is refused`(row: Int) throws {
        var books = EquityBook()
        #expect(throws: FoldError.self, "\(Self.cash[row].title)") {
            try EventLog.apply(Self.cash[row].event, to: &books)
        }
    }

    private func extreme(_ generator: inout Seeded) -> Int64 {
        generator.pick([
            0, 1, -1, .max, .min, 7, 1_000_000_000, 1 << 40, Int64(generator.next() >> 8),
        ])
    }

    private func event(_ generator: inout Seeded) -> any Event {
        let instrument = InstrumentID(generator.pick([1, 1, 1, 2, 65_536, 65_537, .max]))
        let (a, b) = (extreme(&generator), extreme(&generator))
        let quantity = Quantity(raw: Int128(a) * generator.pick([1, 1_000, 1_000_000_000_000]))
        let money = Money(raw: Int128(a) * Int128(generator.pick([1, b])))
        switch generator.below(12) {
        case 0...4:
            var fill = Self.fill(quantity.raw, b, instrument: instrument.number)
            fill.side = generator.pick([.buy, .sell])
            fill.fee = generator.pick([.zero, money])
            fill.order = OrderID(UInt64(generator.below(4)))
            return fill
        case 5...6: return Self.trade(b, instrument: instrument.number)
        case 7: return SplitApplied(instrument: instrument, numerator: a, denominator: b)
        case 8: return CashDeposited(amount: money)
        case 9: return FeeCharged(instrument: instrument, amount: money, kind: "")
        case 10:
            return DividendPaid(
                instrument: instrument, strategy: .none, perUnit: Price(raw: b),
                quantity: quantity, amount: money)
        default:
            return OrderIntended(
                instrument: instrument, strategy: StrategyID(1), side: .buy, orderType: .limit,
                intent: IntentID(high: 1, low: 1), quantity: quantity, limitPrice: Price(raw: b),
                referencePrice: Price(raw: b), timeInForce: .day, purpose: .entry)
        }
    }

    @Test func `no journal makes a fold trap`() throws {
        for round in 0..<150 {
            var generator = Seeded(seed: 0x5EED_0200 + UInt64(round))
            var books = ProfitAndLoss()
            var register = OrderRegister()
            for sequence in UInt64(1)...60 {
                let next = event(&generator)
                do { try EventLog.apply(next, to: &books, sequence: sequence) } catch is FoldError {
                    books = ProfitAndLoss()
                } catch is NumberError {}
                do {
                    try EventLog.apply(next, to: &register, sequence: sequence)
                } catch is FoldError { register = OrderRegister() } catch is NumberError {}
                _ = books.total(AccountID(1))
                _ = books.today(AccountID(1))
                _ = books.equity[AccountID(1)]?.drawdown
                _ = books.positions.positions.map(\.averageCost)
                _ = try? register.reservedCash(AccountID(1))
            }
        }
    }

    @Test func `a damaged checkpoint is refused or read, never a trap`() throws {
        let log = try RandomLog(seed: 0x5EED_0300, count: 60).log
        let good = try log.fold(ProfitAndLoss.self).bytes
        var generator = Seeded(seed: 0x5EED_0301)
        let next = try RandomLog(seed: 0x5EED_0302, count: 5).log
        for _ in 0..<400 {
            var bytes = good
            for _ in 0...generator.below(4) {
                bytes[generator.below(bytes.count)] = UInt8(truncatingIfNeeded: generator.next())
            }
            guard var books = try? ProfitAndLoss(restoring: bytes) else { continue }
            _ = try? next.forEach { try books.apply($1) }
            _ = books.total(AccountID(1))
        }
    }
}
