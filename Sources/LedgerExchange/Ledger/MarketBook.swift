import LedgerDomain
import LedgerEvents

/// A quote, trade or bar with its time.
public struct Timed<Value: Hashable & Sendable>: Hashable, Sendable {
    public var value: Value
    public var time: Timestamp

    public init(value: Value, time: Timestamp) { (self.value, self.time) = (value, time) }
}

/// What the exchange knows about one instrument's market: the last of everything, and a bounded
/// history.
public struct MarketHistory {
    public static let most = 5000

    public private(set) var quote: Timed<Quote>?
    public private(set) var trade: Timed<Trade>?
    public private(set) var quotes: [Timed<Quote>] = []
    public private(set) var trades: [Timed<Trade>] = []
    /// Closed minutes, stamped with their end like bars.
    public private(set) var minutes: [Timed<Bar>] = []
    /// Bars of the feed longer than a minute.
    public private(set) var longer: [Timed<Bar>] = []
    /// The current minute.
    public private(set) var forming: Timed<Bar>?
    private var counts: (trades: Int64, forming: Int64) = (0, 0)

    public var lastPrice: Price {
        let quoted = quote.map { ($0.value.mid ?? .zero, $0.time) }
        let traded = trade.map { ($0.value.price, $0.time) }
        let closed = (minutes.last ?? longer.last).map { ($0.value.close, $0.time) }
        return traded?.0 ?? closed?.0 ?? quoted?.0 ?? .zero
    }

    public var firstPrice: Price { (minutes.first ?? longer.first)?.value.open ?? lastPrice }

    public mutating func update(_ new: Quote, at time: Timestamp) {
        quote = Timed(value: new, time: time)
        Self.append(Timed(value: new, time: time), to: &quotes)
    }

    public mutating func update(_ new: Bar, at time: Timestamp) {
        if new.interval > 60 {
            Self.append(Timed(value: new, time: time), to: &longer)
        } else {
            Self.append(Timed(value: new, time: time), to: &minutes)
        }
    }

    /// - Returns: the minute that this trade ended.
    public mutating func update(_ new: Trade, at time: Timestamp) -> Timed<Bar>? {
        trade = Timed(value: new, time: time)
        Self.append(Timed(value: new, time: time), to: &trades)
        let minute = time.nanoseconds.floorDivided(by: Nanoseconds.minute.count)
        let end = Timestamp(nanoseconds: (minute + 1) * Nanoseconds.minute.count)
        if var bar = forming, bar.time == end {
            bar.value.high = max(bar.value.high, new.price)
            bar.value.low = min(bar.value.low, new.price)
            bar.value.close = new.price
            bar.value.volume = bar.value.volume + new.size
            forming = bar
            return nil
        }
        let closed = forming
        if let closed { Self.append(closed, to: &minutes) }
        forming = Timed(
            value: Bar(
                instrument: new.instrument, interval: 60, open: new.price, high: new.price,
                low: new.price, close: new.price, volume: new.size), time: end)
        return closed
    }

    private static func append<Value>(_ value: Value, to list: inout [Value]) {
        list.append(value)
        if list.count >= 2 * most { list.removeFirst(list.count - most) }
    }

    /// Bars of `seconds`, each stamped with its end, built from what exists; the last may be
    /// incomplete.
    public func bars(seconds: Int64) -> [Timed<Bar>] {
        let length = seconds * 1_000_000_000
        var found: [Timed<Bar>] = []
        var parts = longer.filter { Int64($0.value.interval) <= seconds } + minutes
        if let forming { parts.append(forming) }
        parts.sort { $0.time < $1.time }
        for part in parts {
            let start = part.time.advanced(
                by: Nanoseconds(-Int64(part.value.interval) * 1_000_000_000))
            let end = Timestamp(
                nanoseconds: (start.nanoseconds.floorDivided(by: length) + 1)
                    .multipliedSaturating(by: length))
            guard var last = found.last, last.time == end else {
                var bar = part.value
                bar.interval = UInt32(clamping: seconds)
                found.append(Timed(value: bar, time: end))
                continue
            }
            last.value.high = max(last.value.high, part.value.high)
            last.value.low = min(last.value.low, part.value.low)
            last.value.close = part.value.close
            last.value.volume = last.value.volume + part.value.volume
            found[found.count - 1] = last
        }
        return found
    }
}

/// The markets of all instruments.
public struct MarketBook {
    private var histories: [MarketHistory] = []

    public subscript(instrument: InstrumentID) -> MarketHistory {
        Int(instrument.number) < histories.count
            ? histories[Int(instrument.number)] : MarketHistory()
    }

    /// - Returns: the minute that ended.
    public mutating func apply(_ record: Record) throws -> Timed<Bar>? {
        let number = Int(record.instrument.number)
        guard number <= 100_000 else { return nil }
        while histories.count <= number { histories.append(MarketHistory()) }
        switch record.type {
        case .quote: histories[number].update(try Quote(record), at: record.time)
        case .bar: histories[number].update(try Bar(record), at: record.time)
        case .trade: return histories[number].update(try Trade(record), at: record.time)
        default: break
        }
        return nil
    }
}
