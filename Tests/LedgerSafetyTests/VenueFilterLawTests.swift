import LedgerDomain
import LedgerEvents
import LedgerSafety
import TestSupport
import Testing

/// Filters and orders of every kind, from a seed.
@Suite struct VenueFilterLawTests {
    private struct Dice {
        private var generator: Seeded

        init(seed: UInt64) { generator = Seeded(seed: seed) }

        mutating func roll(_ sides: Int) -> Int { generator.below(sides) }

        /// Zero, a power of ten, or anything, up to 10^power.
        mutating func number(_ power: Int) -> Int64 {
            let top = FixedPoint.powers[roll(power + 1)]
            switch roll(10) {
            case 0...5: return 0
            case 6, 7: return Int64(top)
            default: return Int64(1 + roll(Int(top)))
            }
        }

        mutating func filters() -> VenueFilters {
            var event = VenueFiltersLoaded(instrument: InstrumentID(1), origin: "")
            event.flags = UInt16(roll(8))
            event.tick = Price(raw: number(9))
            event.minimumPrice = Price(raw: number(9))
            event.maximumPrice = Price(raw: number(18))
            event.lot = Quantity(raw: Int128(number(9)))
            event.minimumQuantity = Quantity(raw: Int128(number(9)))
            event.maximumQuantity = Quantity(raw: Int128(number(18)) * (roll(2) == 0 ? 1 : 1000))
            event.marketLot = Quantity(raw: Int128(number(9)))
            event.marketMinimumQuantity = Quantity(raw: Int128(number(9)))
            event.marketMaximumQuantity = Quantity(raw: Int128(number(18)))
            event.minimumNotional = Money(raw: Int128(number(12)))
            event.maximumNotional = Money(raw: Int128(number(18)) * (roll(2) == 0 ? 1 : 1000))
            event.bidMultiplierDown = Price(raw: number(9))
            event.bidMultiplierUp = Price(raw: number(11))
            event.askMultiplierDown = Price(raw: number(9))
            event.askMultiplierUp = Price(raw: number(11))
            event.maximumOrders = UInt32(roll(4))
            event.maximumStops = UInt32(roll(4))
            return VenueFilters(event)
        }

        mutating func order() -> OrderIntended {
            let type = OrderType.allCases[roll(4)]
            let hasLimit = type == .limit || type == .stopLimit
            let hasStop = type == .stop || type == .stopLimit
            return OrderIntended(
                instrument: InstrumentID(1), strategy: StrategyID(1),
                side: roll(2) == 0 ? .buy : .sell, orderType: type,
                intent: IntentID(high: 1, low: 2),
                quantity: Quantity(raw: Int128(1 + number(18)) * (roll(9) == 0 ? 1000 : 1)),
                limitPrice: hasLimit ? Price(raw: 1 + number(18)) : .zero,
                stopPrice: hasStop ? Price(raw: 1 + number(18)) : .zero,
                referencePrice: Price(raw: number(12)),
                timeInForce: TimeInForce.allCases[roll(4)], purpose: .entry)
        }
    }

    @Test func `an adjusted order passes unchanged, never grows and never crosses its limit`() {
        var counts = (pass: 0, adjusted: 0, refused: 0)
        for seed in 0..<60_000 {
            var dice = Dice(seed: UInt64(seed))
            let (filters, order) = (dice.filters(), dice.order())
            let average = Price(raw: dice.number(18))
            let (open, stops) = (dice.roll(4), dice.roll(4))
            func verdict(_ order: OrderIntended) -> FilterVerdict {
                filters.verdict(order, average: average, openOrders: open, openStops: stops)
            }
            switch verdict(order) {
            case .pass: counts.pass += 1
            case .refused: counts.refused += 1
            case .adjusted(let terms, let why):
                counts.adjusted += 1
                #expect(!why.isEmpty, "seed \(seed)")
                #expect(verdict(terms) == .pass, "seed \(seed)")
                expectNoWorse(terms, than: order, seed)
            }
        }
        #expect(counts.pass > 1000 && counts.adjusted > 1000 && counts.refused > 1000, "\(counts)")
    }

    private func expectNoWorse(
        _ terms: OrderIntended, than order: OrderIntended, _ seed: Int
    ) {
        #expect(terms.quantity <= order.quantity && terms.quantity.raw > 0, "seed \(seed)")
        if terms.side == .buy {
            #expect(terms.limitPrice <= order.limitPrice, "seed \(seed)")
        } else {
            #expect(terms.limitPrice >= order.limitPrice, "seed \(seed)")
        }
        if order.orderType == .stop {
            let isEarlier =
                terms.side == .buy
                ? terms.stopPrice < order.stopPrice : terms.stopPrice > order.stopPrice
            #expect(!isEarlier, "seed \(seed)")
        }
        var same = terms
        (same.quantity, same.limitPrice, same.stopPrice) = (
            order.quantity, order.limitPrice, order.stopPrice
        )
        #expect(same == order, "seed \(seed): something else changed")
    }
}
