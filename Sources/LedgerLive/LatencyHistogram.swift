/// Counts durations in buckets that are one sixteenth of a power of two wide. Each is known to 6 %,
/// from a nanosecond to centuries, in constant memory.
public struct LatencyHistogram: Sendable {
    private var counts = [UInt64](repeating: 0, count: 64 * 16)
    public private(set) var count: UInt64 = 0
    public private(set) var largest: Int64 = 0

    public init() {}

    /// - Parameter nanoseconds: negative values count as zero.
    public mutating func add(_ nanoseconds: Int64) {
        let value = UInt64(max(0, nanoseconds))
        counts[Self.bucket(value)] += 1
        count += 1
        largest = max(largest, nanoseconds)
    }

    private static func bucket(_ value: UInt64) -> Int {
        guard value >= 16 else { return Int(value) }
        let power = 63 - value.leadingZeroBitCount
        return (power - 3) * 16 + Int(value >> UInt64(power - 4)) & 15
    }

    /// The upper end of the bucket that holds this share of all durations, in nanoseconds; 0 if
    /// empty.
    public func percentile(_ share: Double) -> Int64 {
        let wanted = UInt64((Double(count) * share).rounded(.up))
        var seen: UInt64 = 0
        for (bucket, number) in counts.enumerated() where number > 0 {
            seen += number
            if seen >= max(wanted, 1) { return min(Self.end(bucket), largest) }
        }
        return largest
    }

    private static func end(_ bucket: Int) -> Int64 {
        guard bucket >= 16 else { return Int64(bucket) }
        let power = bucket / 16 + 3
        let low = UInt64(16 + bucket % 16) << UInt64(power - 4)
        return Int64(clamping: low + (1 << UInt64(power - 4)) - 1)
    }
}
