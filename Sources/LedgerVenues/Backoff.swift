import LedgerDomain

/// The wait before a retry: U(0,1) · min(base · 2^(n−1), cap) before attempt n ≥ 1, the full jitter
/// of N04. The generator is seeded, so a run can be repeated.
public struct Backoff: Hashable, Sendable {
    public struct Rules: Hashable, Sendable {
        public var base = Nanoseconds(5_000_000_000)
        public var cap = Nanoseconds(120_000_000_000)

        public init() {}

        public init(base: Nanoseconds, cap: Nanoseconds) { (self.base, self.cap) = (base, cap) }
    }

    public let rules: Rules
    /// Attempts since the last success.
    public private(set) var attempts = 0
    private var random: SplitMix64

    public init(_ rules: Rules, seed: UInt64) {
        (self.rules, random) = (rules, SplitMix64(seed: seed))
    }

    /// The wait before the next attempt.
    public mutating func next() -> Nanoseconds {
        attempts = min(attempts + 1, 1 << 20)
        // A duration never needs more doublings than 64 bits have.
        let (doubled, overflow) = rules.base.count.multipliedReportingOverflow(
            by: attempts > 62 ? .max : Int64(1) << (attempts - 1))
        let span = overflow ? rules.cap.count : min(max(doubled, 0), max(rules.cap.count, 0))
        return Nanoseconds(Int64(random.next().multipliedFullWidth(by: UInt64(span)).high))
    }

    /// The wait before a query that failed is sent again; nil where it is not to be sent again.
    ///
    /// - Parameter left: attempts that remain.
    public mutating func wait(after fault: VenueFault, left: Int) -> Nanoseconds? {
        guard fault.isPassing, left > 0 else { return nil }
        if case .rateLimited(let after, _) = fault, after > .zero { return after }
        return next()
    }

    public mutating func reset() { attempts = 0 }
}
