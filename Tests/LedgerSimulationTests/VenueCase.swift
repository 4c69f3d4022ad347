import LedgerDomain
import LedgerEvents
import LedgerSimulation

/// A venue with one instrument, orders and market events in words; time counts in seconds.
struct VenueCase {
    var venue: SimulatedVenue
    private var sequence: UInt64 = 100
    private(set) var reports: [String] = []

    static let instrument = InstrumentID(1)

    init(_ settings: VenueSettings = VenueSettings(), tick: Int64 = 1, seed: UInt64 = 1) {
        venue = SimulatedVenue(settings: settings, seed: seed)
        venue.define(
            Instrument(
                id: Self.instrument, symbol: "A", venue: "", currency: "USD", kind: .equity,
                tick: Price(raw: tick * 1_000_000_000), lot: Quantity(raw: 1_000_000_000),
                priceScale: 0, quantityScale: 0))
    }

    static func price(_ whole: Int) -> Price { Price(raw: Int64(whole) * 1_000_000_000) }
    static func units(_ whole: Int) -> Quantity { Quantity(raw: Int128(whole) * 1_000_000_000) }

    static func terms(
        _ side: Side, _ type: OrderType, _ quantity: Int, limit: Int = 0, stop: Int = 0,
        _ timeInForce: TimeInForce = .goodTillCancelled, parent: UInt64 = 0
    ) -> OrderIntended {
        OrderIntended(
            instrument: instrument, strategy: StrategyID(1), side: side, orderType: type,
            intent: IntentID(high: 0, low: 0), quantity: units(quantity), limitPrice: price(limit),
            stopPrice: price(stop), referencePrice: price(1), parent: OrderID(parent),
            timeInForce: timeInForce, purpose: parent == 0 ? .entry : .exit)
    }

    /// Accepts an order decided at second `time`.
    mutating func order(_ id: UInt64, _ terms: OrderIntended, at time: Int64 = 0) {
        _ = venue.accept(
            terms, id: OrderID(id), account: AccountID(1), at: Self.time(time))
    }

    static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: seconds * 1_000_000_000)
    }

    /// A bar of a minute that ends at second `time`.
    mutating func bar(
        _ open: Int, _ high: Int, _ low: Int, _ close: Int, volume: Int = 1000,
        at time: Int64 = 60, exits: (inout VenueCase) -> Void = { _ in }
    ) throws {
        sequence += 1
        venue.begin(
            Bar(
                instrument: Self.instrument, interval: 60, open: Self.price(open),
                high: Self.price(high), low: Self.price(low), close: Self.price(close),
                volume: Self.units(volume)), at: Self.time(time),
            sequence: SequenceNumber(sequence))
        try drain(exits)
    }

    mutating func quote(
        _ bid: Int, _ ask: Int, sizes: (Int, Int) = (1000, 1000), at time: Int64 = 60
    ) throws {
        sequence += 1
        venue.begin(
            Quote(
                instrument: Self.instrument, bid: Self.price(bid), ask: Self.price(ask),
                bidSize: Self.units(sizes.0), askSize: Self.units(sizes.1)),
            at: Self.time(time), sequence: SequenceNumber(sequence))
        try drain { _ in }
    }

    mutating func trade(_ price: Int, size: Int = 1000, at time: Int64 = 60) throws {
        sequence += 1
        venue.begin(
            Trade(
                instrument: Self.instrument, aggressor: nil, price: Self.price(price),
                size: Self.units(size), tradeId: 0), at: Self.time(time),
            sequence: SequenceNumber(sequence))
        try drain { _ in }
    }

    /// Notes every report; after the first fill `exits` may place orders.
    private mutating func drain(_ exits: (inout VenueCase) -> Void) throws {
        var isFirst = true
        while let report = try venue.next() {
            reports.append(Self.text(report))
            if case .filled = report, isFirst {
                isFirst = false
                exits(&self)
            }
        }
    }

    mutating func close() {
        reports += venue.endOfSession(Self.instrument).map(Self.text)
    }

    /// `1 fills 10 at 100 as taker`, with ` for 2` where there is a fee.
    static func text(_ report: VenueReport) -> String {
        switch report {
        case .filled(let order, let price, let quantity, let fee, let liquidity):
            "\(order.id) fills \(quantity) at \(price) as \(liquidity)"
                + (fee == .zero ? "" : " for \(fee)")
        case .cancelled(let order, let reason): "\(order.id) is cancelled: \(reason)"
        case .expired(let order, let reason): "\(order.id) expires: \(reason)"
        }
    }
}
