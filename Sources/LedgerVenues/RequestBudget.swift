import LedgerDomain

/// How much may be requested from a venue: a bucket of weight that refills evenly, combined with
/// the venue's own count. Times are from any clock that only goes forward.
///
/// Orders that reduce risk and cancels may empty the bucket. Other orders leave `exitReserve` for them, and
/// queries leave `reserve` for orders.
public struct RequestBudget: Hashable, Sendable {
    public struct Rules: Hashable, Sendable {
        /// Weight per minute.
        public var perMinute: Int
        /// The maximum to spend at once.
        public var burst: Int
        /// What queries leave for orders.
        public var reserve: Int
        /// What entries leave for orders that reduce risk; at most `reserve`.
        public var exitReserve: Int

        public init(perMinute: Int, burst: Int, reserve: Int, exitReserve: Int = 0) {
            (self.perMinute, self.burst, self.reserve) = (perMinute, burst, reserve)
            self.exitReserve = exitReserve
        }
    }

    public enum Verdict: Hashable, Sendable {
        /// The weight was taken from the bucket.
        case go
        /// Try again after this long.
        case wait(Nanoseconds)
    }

    public let rules: Rules
    /// In units of 10^-9 of weight.
    private var level: Int128
    private var updated: Int64
    private var pausedUntil: Int64

    public init(_ rules: Rules, now: Int64) {
        self.rules = rules
        (level, updated, pausedUntil) = (Int128(rules.burst) * 1_000_000_000, now, .min)
    }

    /// - Parameters:
    ///   - isOrder: whether it may use the reserve.
    ///   - reducesRisk: whether it may use the exit reserve too.
    ///   - now: nanoseconds.
    public mutating func spend(
        _ weight: Int, isOrder: Bool, reducesRisk: Bool = false, now: Int64
    ) -> Verdict {
        refill(now)
        if now < pausedUntil { return .wait(Nanoseconds(pausedUntil - now)) }
        let full = Int128(rules.burst) * 1_000_000_000
        let cost = min(Int128(max(weight, 0)) * 1_000_000_000, full)
        // A request heavier than the queries' share is allowed when the bucket is full.
        let kept = reducesRisk ? 0 : isOrder ? rules.exitReserve : rules.reserve
        let floor = min(Int128(max(kept, 0)) * 1_000_000_000, full - cost)
        guard level - cost < floor else {
            level -= cost
            return .go
        }
        guard rules.perMinute > 0 else { return .wait(.minute) }
        let missing = floor + cost - level
        let wait = missing * 60 / Int128(rules.perMinute) + 1
        return .wait(Nanoseconds(Int64(clamping: wait)))
    }

    /// After 429 or 418, nothing is sent until then.
    public mutating func pause(_ span: Nanoseconds, now: Int64) {
        let (until, overflow) = now.addingReportingOverflow(max(span.count, 0))
        pausedUntil = max(pausedUntil, overflow ? .max : until)
    }

    /// For how long nothing is sent.
    public func pauseLeft(now: Int64) -> Nanoseconds {
        Nanoseconds(pausedUntil > now ? pausedUntil - now : 0)
    }

    /// The venue's own count of what was used in this minute, or of what is left: the bucket holds
    /// no more than that.
    public mutating func observe(used: Int? = nil, remaining: Int? = nil, now: Int64) {
        refill(now)
        guard let left = remaining ?? used.map({ rules.perMinute - $0 }) else { return }
        level = min(level, max(Int128(left), 0) * 1_000_000_000)
    }

    private mutating func refill(_ now: Int64) {
        let span = Int128(now) - Int128(updated)
        guard span > 0 else { return }
        updated = now
        level = min(
            level + span * Int128(rules.perMinute) / 60, Int128(rules.burst) * 1_000_000_000)
    }
}
