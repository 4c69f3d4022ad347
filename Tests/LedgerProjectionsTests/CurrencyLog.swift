import LedgerDomain
import LedgerEvents
import LedgerProjections
import TestSupport

/// A random history of an account in USD with balances in EUR and BTC: fills in three currencies, fees,
/// dividends, splits, deposits, conversions, and rates that come late.
///
/// EUR converts by the inverse of an observed USD/EUR, BTC over EUR by the prices of an instrument.
struct CurrencyLog {
    static let account: UInt16 = 1
    private(set) var log = EventLog()
    private var generator: Seeded
    private var seconds: Int64 = 1_700_000_000
    private let hasSplits: Bool

    init(seed: UInt64, count: Int, maxAge: UInt64 = 0, hasSplits: Bool = true) {
        generator = Seeded(seed: seed)
        self.hasSplits = hasSplits
        add(RulesDeclared(rules: RulesVersion.newest.number))
        add(AccountDefined(kind: .simulated, name: "main", currency: "USD"))
        for (place, rate) in [
            ("USD", "EUR", "", ""), ("BTC", "EUR", "BTCEUR", ""), ("BTC", "USD", "", "EUR"),
        ].enumerated() {
            add(
                RateDefined(
                    place: UInt16(place), isInverse: false, maxAge: maxAge, base: rate.0,
                    quote: rate.1, symbol: rate.2, via: rate.3))
        }
        for (number, currency) in ["USD", "EUR", "BTC", "EUR"].enumerated() {
            add(
                InstrumentDefined(
                    Instrument(
                        id: InstrumentID(UInt32(number + 1)),
                        symbol: number == 3 ? "BTCEUR" : "X\(number + 1)", venue: "",
                        currency: currency, kind: .crypto, tick: Price(raw: 1),
                        lot: Quantity(raw: 1), priceScale: 9, quantityScale: 9)))
        }
        add(CashDeposited(amount: Money(raw: 1_000_000_000_000_000)))
        while log.entries.count < count { step() }
    }

    private mutating func add(_ event: some Event) {
        log.add(event, account: Self.account, at: seconds)
    }

    private mutating func money(_ most: UInt64 = 9_999_999_999_999) -> Money {
        Money(raw: Int128(1 + generator.next() % most))
    }

    private mutating func price(_ instrument: UInt32) -> Price {
        // BTC costs some 40,000 EUR; the others differ by less than half from price to price.
        let base: UInt64 = instrument == 4 ? 40_000_000_000_000 : 10_000_000_000
        return Price(raw: Int64(base + generator.next() % (base / 4)))
    }

    private mutating func step() {
        seconds += Int64(generator.below(40_000))
        let instrument = UInt32(1 + generator.below(4))
        let currency = ["EUR", "BTC", "USD"][generator.below(3)]
        switch generator.below(16) {
        case 0...4: fill(instrument)
        case 5, 6, 7:
            let price = price(instrument)
            add(
                Trade(
                    instrument: InstrumentID(instrument), aggressor: nil, price: price,
                    size: Quantity(raw: 1), tradeId: 0))
        case 8, 9:
            add(
                RateObserved(
                    rate: Price(raw: 900_000_000 + Int64(generator.below(90_000_000))),
                    since: .zero, base: "USD", quote: "EUR", source: "test"))
        case 10: add(BalanceDeposited(amount: money(), currency: currency))
        case 11: add(BalanceWithdrawn(amount: money(99_999_999_999), currency: currency))
        case 12:
            add(
                BalanceCharged(
                    instrument: InstrumentID(instrument), amount: money(9_999_999),
                    currency: currency, kind: "commission"))
        case 13:
            let other = currency == "USD" ? "BTC" : "USD"
            add(
                BalanceConverted(
                    sold: money(), bought: money(), soldCurrency: currency, boughtCurrency: other))
        case 14:
            add(
                FeeCharged(
                    instrument: InstrumentID(instrument), amount: money(9_999_999), kind: "data"))
        default:
            guard instrument != 4, hasSplits else { return }
            let (numerator, denominator) = generator.pick([(2, 1), (1, 3), (3, 2)])
            add(
                SplitApplied(
                    instrument: InstrumentID(instrument), numerator: Int64(numerator),
                    denominator: Int64(denominator)))
        }
    }

    private mutating func fill(_ instrument: UInt32) {
        let quantity = Quantity(raw: Int128(1 + generator.next() % 5_000_000_000))
        add(
            OrderFilled(
                instrument: InstrumentID(instrument),
                strategy: StrategyID(UInt16(1 + generator.below(2))),
                side: generator.pick([.buy, .sell]), liquidity: .taker, order: OrderID(1),
                execution: 1, price: price(instrument), quantity: quantity,
                fee: money(9_999_999), remaining: .zero))
    }
}
