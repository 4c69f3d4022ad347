import LedgerDomain
import LedgerEvents

/// One question for the venue's time and its answer.
public struct ClockSample: Hashable, Sendable {
    /// What the venue said.
    public var server: Timestamp
    /// From the question to the answer.
    public var roundTrip: Nanoseconds
    /// Our clock when the answer was there.
    public var local: Timestamp

    public init(server: Timestamp, roundTrip: Nanoseconds, local: Timestamp) {
        (self.server, self.roundTrip, self.local) = (server, roundTrip, local)
    }
}

/// How far the venue's clock is ahead of ours (N02, C17).
///
/// Each synchronisation asks a few times. A sample says server + round trip / 2 − local; those with a
/// round trip above the 90th percentile (linear between neighbours) are dropped, and the median of the
/// rest is what was measured. What requests are stamped with follows it, by `alpha` of the way and by
/// no more than `maximumStep`. Limits watch what was measured: a clock that was set must be seen
/// at once and not step by step.
///
/// Whoever talks to a venue asks `isDue`, then takes `attempts` samples, gives them to `take` and reports
/// the reading's metric; after the venue's complaint about a time stamp it calls `invalidate` before.
public struct ClockEstimator: Hashable, Sendable {
    public struct Rules: Hashable, Sendable {
        public var attempts = 5
        /// The share of the way to a new measurement, in 10^-9; from 1 to 10^9.
        public var alpha: Int64 = 1_000_000_000
        public var maximumStep = Nanoseconds(1_000_000_000)
        public var refresh = Nanoseconds(300_000_000_000)

        public init() {}
    }

    /// What one synchronisation found; positive is a venue ahead of us.
    public struct Reading: Hashable, Sendable {
        /// The median of the samples that were kept.
        public var measured: Nanoseconds
        /// The same, smoothed and limited: what is added to our clock.
        public var offset: Nanoseconds
        /// The longest of the samples that were kept: half of it is the most that an offset errs by.
        public var roundTrip: Nanoseconds
        public var kept: Int
        public var dropped: Int

        /// What the engine's thresholds watch: milliseconds, venue less ours.
        public func metric(origin: String) -> MetricReported {
            let (raw, overflow) = measured.count.multipliedReportingOverflow(by: 1000)
            let most: Int64 = measured.count < 0 ? .min : .max
            return MetricReported(
                .clockSkew, value: Price(raw: overflow ? most : raw), origin: origin)
        }
    }

    public let rules: Rules
    /// Nil before the first synchronisation.
    public private(set) var offset: Nanoseconds?
    private var lastSync: Timestamp?

    public init(_ rules: Rules = Rules()) { self.rules = rules }

    /// Whether it is time to ask again; a local clock that ran backwards is one reason.
    public func isDue(at local: Timestamp) -> Bool {
        guard let lastSync else { return true }
        let age = Int128(local.nanoseconds) - Int128(lastSync.nanoseconds)
        return age < 0 || age >= Int128(rules.refresh.count)
    }

    /// The venue found a time stamp wrong (-1021): what was measured is no longer true.
    public mutating func invalidate() { lastSync = nil }

    /// What the venue's clock shows; ours before the first synchronisation.
    public func venueTime(at local: Timestamp) -> Timestamp {
        Timestamp(
            nanoseconds: Int64(clamping: Int128(local.nanoseconds) + Int128(offset?.count ?? 0)))
    }

    /// - Parameter local: our clock now.
    /// - Returns: nil when no sample can be used; then the last offset stays and the next question is due.
    public mutating func add(_ samples: [ClockSample], at local: Timestamp) -> Reading? {
        let usable = samples.filter { $0.roundTrip.count >= 0 }
        let trips = usable.map(\.roundTrip.count).sorted()
        guard !trips.isEmpty else { return nil }
        let limit = Self.ninetiethPercentile(trips)
        let kept = usable.filter { Int128($0.roundTrip.count) * 10 <= limit }
        let measured = Self.median(kept.map(Self.offset).sorted())
        let next = Nanoseconds(Int64(clamping: followed(measured)))
        (offset, lastSync) = (next, local)
        return Reading(
            measured: Nanoseconds(Int64(clamping: measured)), offset: next,
            roundTrip: Nanoseconds(kept.map(\.roundTrip.count).max() ?? 0), kept: kept.count,
            dropped: samples.count - kept.count)
    }

    /// The first measurement is taken as it is.
    private func followed(_ measured: Int128) -> Int128 {
        guard let offset else { return measured }
        let old = Int128(offset.count)
        let step = FixedPoint.dividedHalfEven(
            (measured - old) * Int128(rules.alpha), by: Int128(FixedPoint.one))
        let most = Int128(rules.maximumStep.count)
        return old + min(max(step, -most), most)
    }

    private static func offset(_ sample: ClockSample) -> Int128 {
        Int128(sample.server.nanoseconds) + Int128(sample.roundTrip.count / 2)
            - Int128(sample.local.nanoseconds)
    }

    /// Tenfold, so that it is exact.
    private static func ninetiethPercentile(_ sorted: [Int64]) -> Int128 {
        let place = 9 * (sorted.count - 1)
        let (index, tenths) = (place / 10, place % 10)
        let low = Int128(sorted[index])
        guard tenths > 0 else { return low * 10 }
        return low * 10 + (Int128(sorted[index + 1]) - low) * Int128(tenths)
    }

    /// Of an even number the mean of the two in the middle, down.
    private static func median(_ sorted: [Int128]) -> Int128 {
        let middle = sorted.count / 2
        guard sorted.count % 2 == 0 else { return sorted[middle] }
        return (sorted[middle - 1] + sorted[middle]) >> 1
    }
}
