import LedgerDomain
import LedgerEvents
import TestSupport

/// A random but possible history: what accounts with three instruments can have lived through.
struct RandomLog {
    private(set) var log = EventLog()
    /// The book after all that was added, for what may come next.
    private(set) var book = ReferenceBook()
    private var generator: Seeded
    private var seconds: Int64 = 1_700_000_000

    static let prices: [Int64] = [
        1, 999_999_999, 1_000_000_000, 100_000_000_000, 123_456_789_123, 33_333_333_333,
        65_000_120_000_000,
    ]

    static let quantities: [Int128] = [
        1, 3, 7, 999_999_999, 1_000_000_000, 1_500_000_001, 10_000_000_000, 333_333_333_333,
        1_000_000_000_000_000_000, 500_000_000_000_000_000_000,
    ]

    init(seed: UInt64, count: Int) throws {
        generator = Seeded(seed: seed)
        while log.entries.count < count { try step() }
    }

    private mutating func step() throws {
        seconds += Int64(generator.below(20_000))
        let account = UInt16(1 + generator.below(2))
        let instrument = InstrumentID(UInt32(1 + generator.below(3)))
        switch generator.below(20) {
        case 0...10: fill(account, instrument)
        case 11...14: mark(instrument)
        case 15: transfer(account, isDeposit: true)
        case 16: transfer(account, isDeposit: false)
        case 17: charge(account, instrument)
        case 18: try pay(account, instrument)
        default: split(instrument)
        }
    }

    private mutating func money() -> Money {
        Money(raw: Int128(generator.next() % 2_000_000_000_000_000))
    }

    private mutating func fill(_ account: UInt16, _ instrument: InstrumentID) {
        let quantity = Quantity(raw: generator.pick(Self.quantities)).written
        let near = book.marks[instrument.number].flatMap(Int64.init(exactly:)) ?? 0
        let price = Price(raw: generator.below(3) == 0 ? max(1, near) : generator.pick(Self.prices))
        let event = OrderFilled(
            instrument: instrument, strategy: StrategyID(UInt16(generator.below(3))),
            side: generator.pick([.buy, .sell]), liquidity: .taker, order: OrderID(1), execution: 1,
            price: price, quantity: quantity, fee: Money(raw: money().raw - 300_000_000_000_000),
            remaining: .zero)
        let key = ReferenceBook.Key(
            account: account, strategy: event.strategy.number, instrument: instrument.number)
        let after = book.quantity(key) + quantity.raw * event.side.sign
        let worth = ReferenceBook.money(Int128(price.raw), quantity.raw)
        guard after.magnitude < Quantity.limit.raw.magnitude, worth <= Money.limit.raw else {
            return
        }
        book.fill(event, account)
        add(event, account)
    }

    private mutating func mark(_ instrument: InstrumentID) {
        let price = Price(raw: generator.pick(Self.prices) + Int64(generator.below(1000)))
        book.mark(instrument.number, Int128(price.raw))
        let size = Quantity(raw: 1)
        switch generator.below(3) {
        case 0:
            add(
                Bar(
                    instrument: instrument, interval: 60, open: price, high: price, low: price,
                    close: price, volume: size), 1)
        case 1:
            add(
                Quote(
                    instrument: instrument, bid: Price(raw: max(1, price.raw - 1)),
                    ask: Price(raw: price.raw + min(2, price.raw)), bidSize: size, askSize: size), 1
            )
        default:
            add(
                Trade(
                    instrument: instrument, aggressor: nil, price: price, size: size, tradeId: 0), 1
            )
        }
    }

    private mutating func transfer(_ account: UInt16, isDeposit: Bool) {
        let amount = money()
        let signed = isDeposit ? amount.raw : -amount.raw
        book.accounts[account, default: ReferenceBook.Cash()].cash += signed
        book.accounts[account, default: ReferenceBook.Cash()].deposits += signed
        if isDeposit {
            add(CashDeposited(amount: amount), account, deposited: signed)
        } else {
            add(CashWithdrawn(amount: amount), account, deposited: signed)
        }
    }

    private mutating func charge(_ account: UInt16, _ instrument: InstrumentID) {
        let amount = money()
        book.accounts[account, default: ReferenceBook.Cash()].cash -= amount.raw
        book.accounts[account, default: ReferenceBook.Cash()].fees += amount.raw
        add(FeeCharged(instrument: instrument, amount: amount, kind: "data"), account)
    }

    private mutating func pay(_ account: UInt16, _ instrument: InstrumentID) throws {
        let strategy = StrategyID(UInt16(generator.below(3)))
        let held = book.quantity(
            ReferenceBook.Key(
                account: account, strategy: strategy.number, instrument: instrument.number))
        let quantity = Quantity(raw: held).written
        let perUnit = Price(raw: Int64(generator.below(1_000_000_000)))
        let event = DividendPaid(
            instrument: instrument, strategy: strategy, perUnit: perUnit, quantity: quantity,
            amount: try Money.notional(perUnit, quantity))
        book.dividend(event, account)
        add(event, account)
    }

    private mutating func split(_ instrument: InstrumentID) {
        let ratio = generator.pick([(2, 1), (3, 2), (1, 3), (7, 1), (1, 10), (2, 3), (1, 1000)])
        let event = SplitApplied(
            instrument: instrument, numerator: Int64(ratio.0), denominator: Int64(ratio.1))
        let held = book.holdings.filter { $0.key.instrument == instrument.number }
        let most = held.map { $0.value.quantity.magnitude }.max() ?? 0
        guard most < Quantity.limit.raw.magnitude / 8 else { return }
        book.split(event)
        add(event, 1)
    }

    private mutating func add(
        _ event: some Event, _ account: UInt16, deposited: Int128 = 0
    ) {
        book.observe(deposited: deposited, account)
        log.add(event, account: account, at: seconds)
    }
}
