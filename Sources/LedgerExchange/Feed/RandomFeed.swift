import LedgerDomain
import LedgerEvents
import LedgerImport

/// Seeded random walks without an end: each tick moves every symbol's quote by a few price steps
/// and trades once at one side.
struct RandomFeed: MarketFeed {
    private struct Walk {
        var instrument: Instrument
        var price: Price
        var start: Price
        var trades: UInt64 = 0
    }

    private var walks: [Walk]
    private var random: SplitMix64
    private let tick: Nanoseconds
    private var time: Timestamp
    private var waiting: [FeedItem] = []

    init(
        _ symbols: [(instrument: Instrument, price: Price)], seed: UInt64, tick: Nanoseconds,
        start: Timestamp
    ) {
        walks = symbols.map { Walk(instrument: $0.instrument, price: $0.price, start: $0.price) }
        random = SplitMix64(seed: seed)
        self.tick = tick
        time = start
    }

    mutating func next() -> FeedItem? {
        if waiting.isEmpty {
            for place in walks.indices { move(place) }
            waiting.reverse()
            time = time.advanced(by: tick)
        }
        return waiting.popLast()
    }

    private mutating func move(_ place: Int) {
        var walk = walks[place]
        let step = walk.instrument.tick.raw
        // Steps of about a hundred-thousandth of the price, pulled back towards the start.
        let size = max(1, walk.start.raw / 100_000 / step)
        let pull: Int64 = walk.price > walk.start ? -1 : 1
        let moved = Int64(random.next(upTo: UInt64(2 * size))) - size
        let isPulled = random.next(upTo: 9) == 0
        let raw = walk.price.raw + (moved + (isPulled ? pull * size : 0)) * step
        walk.price = Price(raw: max(step * 10, raw))
        let bid = walk.price
        let ask = Price(raw: bid.raw + step * max(1, size / 2))
        let quote = Quote(
            instrument: walk.instrument.id, bid: bid, ask: ask, bidSize: amount(walk.instrument),
            askSize: amount(walk.instrument))
        append(.quote(quote, time))
        let buys = random.next(upTo: 1) == 0
        walk.trades += 1
        let trade = Trade(
            instrument: walk.instrument.id, aggressor: buys ? .buy : .sell,
            price: buys ? ask : bid, size: amount(walk.instrument), tradeId: walk.trades)
        append(.trade(trade, time))
        walks[place] = walk
    }

    private mutating func append(_ event: MarketEvent) {
        waiting.append(FeedItem(content: .event(event), time: time, received: time))
    }

    private mutating func amount(_ instrument: Instrument) -> Quantity {
        let lots = Int128(random.next(upTo: 999) + 1)
        let lot = max(instrument.lot.raw, instrument.kind == .equity ? 1_000_000_000 : 1_000_000)
        return Quantity(raw: lot * lots)
    }
}
