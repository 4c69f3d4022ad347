import Glibc
import LedgerDomain

/// The exchange's time: this machine's clock plus the skew set by the faults.
public struct ExchangeClock {
    public var skew = Nanoseconds.zero

    /// The machine's own clock.
    public static var machine: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(
            nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }

    /// What clients are told.
    public var told: Timestamp { Self.machine.advanced(by: skew) }
}

extension Timestamp {
    public var milliseconds: Int64 { nanoseconds.floorDivided(by: 1_000_000) }
}
