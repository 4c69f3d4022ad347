import LedgerDomain
import LedgerEvents

/// Allows at most `limit` events within any sliding `span`. Remembers `limit` times.
public struct SlidingWindow: Hashable, Sendable {
    private var times: [Timestamp] = []

    public init() {}

    /// The number of events less than `span` before `time`.
    public func count(at time: Timestamp, span: Nanoseconds) -> Int {
        times.count { time.nanoseconds(since: $0) < span.count }
    }

    public mutating func add(_ time: Timestamp, span: Nanoseconds) {
        times.removeAll { time.nanoseconds(since: $0) >= span.count }
        times.append(time)
    }

    public func encode(into writer: inout StateWriter) { writer.write(times) { $0.write($1) } }

    public init(from reader: inout StateReader) throws(StateError) {
        times = try reader.readArray { (reader) throws(StateError) in try reader.read() }
    }
}

/// A token bucket: `rate` per second on average, with bursts of the same number, at least one. Uses
/// integers only.
public struct TokenBucket: Hashable, Sendable {
    /// In units of 10^-9 tokens.
    private var tokens: Int64 = 0
    private var last: Timestamp?

    public init() {}

    /// Takes a token; false if there is none.
    ///
    /// - Parameter rate: tokens per second, in units of 10^-9.
    public mutating func spend(at time: Timestamp, rate: Int64) -> Bool {
        let one = FixedPoint.one
        let capacity = max(rate, one)
        if let last {
            let elapsed = Int128(time.nanoseconds) - Int128(last.nanoseconds)
            let gained = elapsed * Int128(rate) / Int128(one)
            tokens = Int64(min(Int128(capacity), Int128(tokens) + max(0, gained)))
        } else {
            tokens = capacity
        }
        last = time
        guard tokens >= one else { return false }
        tokens -= one
        return true
    }

    public func encode(into writer: inout StateWriter) {
        writer.write(tokens)
        writer.write(last != nil)
        writer.write(last ?? .zero)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        tokens = try reader.read()
        let isUsed: Bool = try reader.read()
        let time: Timestamp = try reader.read()
        last = isUsed ? time : nil
    }
}
