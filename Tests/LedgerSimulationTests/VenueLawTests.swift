import LedgerDomain
import LedgerEvents
import LedgerSimulation
import Testing

/// Laws of the venue over random orders and markets.
@Suite struct VenueLawTests {
    private struct Seeded {
        var generator: SplitMix64
        init(seed: UInt64) { generator = SplitMix64(seed: seed) }
        mutating func below(_ bound: Int) -> Int {
            Int(generator.next(upTo: UInt64(bound - 1)))
        }
        mutating func pick<T>(_ values: [T]) -> T { values[below(values.count)] }
    }

    private enum Market {
        case bar(Bar), quote(Quote), trade(Trade)

        var volume: (buy: Quantity, sell: Quantity) {
            switch self {
            case .bar(let bar): (bar.volume, bar.volume)
            case .trade(let trade): (trade.size, trade.size)
            case .quote(let quote): (quote.askSize, quote.bidSize)
            }
        }

        var range: ClosedRange<Price> {
            switch self {
            case .bar(let bar): bar.low...bar.high
            case .trade(let trade): trade.price...trade.price
            case .quote(let quote): quote.bid...quote.ask
            }
        }
    }

    private static func market(_ random: inout Seeded) -> Market {
        let prices = (0..<4).map { _ in VenueCase.price(80 + random.below(40)) }.sorted()
        let volume = VenueCase.units(random.below(300))
        let inner = random.below(2)
        switch random.below(4) {
        case 0:
            return .quote(
                Quote(
                    instrument: VenueCase.instrument, bid: prices[0], ask: prices[1],
                    bidSize: volume, askSize: VenueCase.units(random.below(300))))
        case 1:
            return .trade(
                Trade(
                    instrument: VenueCase.instrument, aggressor: nil, price: prices[0],
                    size: volume, tradeId: 0))
        default:
            return .bar(
                Bar(
                    instrument: VenueCase.instrument, interval: 60, open: prices[1 + inner],
                    high: prices[3], low: prices[0], close: prices[2 - inner], volume: volume))
        }
    }

    private static func terms(_ random: inout Seeded) -> OrderIntended {
        let side = random.pick(Side.allCases)
        let price = 85 + random.below(30)
        return VenueCase.terms(
            side, random.pick(OrderType.allCases), 1 + random.below(60), limit: price,
            stop: price + random.below(5) - 2, random.pick(TimeInForce.allCases),
            parent: random.below(3) == 0 ? UInt64(1000 + random.below(4)) : 0)
    }

    /// One step of a random life: an order now and then, then a market event.
    private static func step(
        _ index: Int, _ random: inout Seeded, _ venue: inout SimulatedVenue,
        _ check: (Market, VenueReport, OrderIntended) -> Void
    ) throws -> [VenueReport] {
        let time = VenueCase.time(1_700_000_000 + Int64(index) * 7_000)
        if random.below(2) == 0 {
            _ = venue.accept(
                terms(&random), id: OrderID(UInt64(index + 1)), account: AccountID(1),
                at: time.advanced(by: Nanoseconds(-Int64(random.below(90)) * 1_000_000_000)))
        }
        let market = market(&random)
        let sequence = SequenceNumber(UInt64(10_000 + index))
        switch market {
        case .bar(let bar): venue.begin(bar, at: time, sequence: sequence)
        case .quote(let quote): venue.begin(quote, at: time, sequence: sequence)
        case .trade(let trade): venue.begin(trade, at: time, sequence: sequence)
        }
        var reports: [VenueReport] = []
        while let report = try venue.next() {
            reports.append(report)
            if case .filled(let order, _, _, _, _) = report { check(market, report, order.terms) }
        }
        return reports
    }

    private static func venue(_ random: inout Seeded, slips: Bool) -> SimulatedVenue {
        var settings = VenueSettings(
            participation: BasisPoints(raw: Int64(random.below(4)) * 1_234_567),
            latency: .milliseconds(Int64(random.below(40_000))),
            latencyJitter: .milliseconds(Int64(random.below(30_000))))
        settings.fees = FillFees(fixed: Money(raw: 1), basisPoints: BasisPoints(raw: 700))
        if slips { settings.slippage = BasisPoints(raw: 12_345) }
        return VenueCase(settings, seed: UInt64(random.below(1000))).venue
    }

    static let seeds: [UInt64] = (0..<12).map { 0x5EED_0400 + $0 }

    @Test(arguments: seeds)
    func `a fill lies inside the market's range, within its limit and its volume`(
        seed: UInt64
    ) throws {
        var random = Seeded(seed: seed)
        var venue = Self.venue(&random, slips: false)
        let share = venue.settings.participation.raw
        var fills = 0
        for index in 0..<400 {
            var taken = (buy: Int128(0), sell: Int128(0))
            var last: Market?
            _ = try Self.step(index, &random, &venue) { market, report, terms in
                guard case .filled(let order, let price, let quantity, _, _) = report else {
                    return
                }
                let comment: Comment = "seed \(seed.hex), step \(index): \(VenueCase.text(report))"
                fills += 1
                last = market
                if case .quote = market, order.terms.orderType == .limit {
                } else if case .trade = market, order.terms.orderType == .limit {
                } else if order.terms.orderType != .stopLimit {
                    #expect(market.range.contains(price), comment)
                }
                if case .bar = market { #expect(market.range.contains(price), comment) }
                if terms.orderType == .limit || terms.orderType == .stopLimit {
                    let isGood =
                        terms.side == .buy ? price <= terms.limitPrice : price >= terms.limitPrice
                    #expect(isGood, comment)
                }
                #expect(quantity.raw > 0 && order.remaining.raw >= 0, comment)
                if case .quote = market, terms.side == .sell {
                    taken.sell += quantity.raw
                } else {
                    taken.buy += quantity.raw
                }
            }
            if share > 0, let last {
                #expect(taken.buy * 10_000_000 <= last.volume.buy.raw * Int128(share))
                #expect(taken.sell * 10_000_000 <= last.volume.sell.raw * Int128(share))
            }
        }
        #expect(fills > 20, "seed \(seed.hex): the law saw too little")
    }

    @Test(arguments: seeds)
    func `a venue restored after any event continues the same`(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var one = Self.venue(&random, slips: true)
        var two = one
        for index in 0..<300 {
            var again = random
            let expected = try Self.step(index, &random, &one) { _, _, _ in }
            let found = try Self.step(index, &again, &two) { _, _, _ in }
            #expect(expected == found, "seed \(seed.hex), step \(index)")
            var writer = StateWriter()
            two.encode(into: &writer)
            two = VenueCase(two.settings, seed: 0).venue
            var reader = StateReader(writer.bytes)
            try two.restore(from: &reader)
            #expect(reader.isAtEnd)
            #expect(one.allOrders == two.allOrders, "seed \(seed.hex), step \(index)")
        }
    }

    @Test(arguments: seeds)
    func `an order ends once and its parts add up`(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        var venue = Self.venue(&random, slips: true)
        var ended: [UInt64: Int] = [:]
        for index in 0..<400 {
            for report in try Self.step(index, &random, &venue, { _, _, _ in }) {
                switch report {
                case .filled(let order, _, _, _, _):
                    if order.remaining.raw == 0 { ended[order.id.number, default: 0] += 1 }
                case .cancelled(let order, _), .expired(let order, _):
                    ended[order.id.number, default: 0] += 1
                }
            }
            for order in venue.allOrders { #expect(ended[order.id.number] == nil) }
        }
        #expect(ended.values.allSatisfy { $0 == 1 }, "seed \(seed.hex)")
    }
}
