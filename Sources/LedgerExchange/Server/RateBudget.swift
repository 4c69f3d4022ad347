import LedgerDomain

/// How much a client may still request in this minute, and whether it is banned for ignoring the
/// limit.
public struct RateBudget {
    /// Per minute; 0 for no limit.
    public var limit: Int
    public private(set) var used = 0
    private var minute = Int64.min
    private var refused = 0
    private var bannedUntil = Timestamp(nanoseconds: .min)

    public init(limit: Int) { self.limit = limit }

    public enum Verdict: Hashable {
        case granted
        /// Seconds to wait.
        case limited(Int64)
        case banned(Int64)
    }

    /// The number of requests over the limit before a ban.
    public static let patience = 20

    public mutating func spend(_ weight: Int, at time: Timestamp) -> Verdict {
        let now = time.nanoseconds.floorDivided(by: Nanoseconds.minute.count)
        if now != minute { (minute, used, refused) = (now, 0, 0) }
        if time < bannedUntil { return .banned(Self.seconds(until: bannedUntil, from: time)) }
        used += weight
        guard limit > 0, used > limit else { return .granted }
        refused += 1
        if refused > Self.patience {
            bannedUntil = time.advanced(by: Nanoseconds(120 * Nanoseconds.second.count))
            return .banned(120)
        }
        return .limited(Self.seconds(until: resetsAt, from: time))
    }

    /// Returns what was charged for a request that cost nothing.
    public mutating func giveBack(_ weight: Int) { used = max(0, used - weight) }

    public var remaining: Int { limit > 0 ? max(0, limit - used) : 1_000_000 }
    public var resetsAt: Timestamp {
        Timestamp(nanoseconds: (minute + 1) * Nanoseconds.minute.count)
    }

    private static func seconds(until end: Timestamp, from now: Timestamp) -> Int64 {
        max(1, (end.nanoseconds(since: now) - 1) / 1_000_000_000 + 1)
    }
}
