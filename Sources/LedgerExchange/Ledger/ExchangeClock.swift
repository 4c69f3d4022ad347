import Glibc
import LedgerDomain

/// What time the exchange says it is: this machine's, and as far ahead as the faults say.
struct ExchangeClock {
    var skew = Nanoseconds.zero

    /// The machine's own.
    static var machine: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(
            nanoseconds: Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec))
    }

    /// What clients are told.
    var told: Timestamp { Self.machine.advanced(by: skew) }
}

extension Timestamp {
    var milliseconds: Int64 { nanoseconds.floorDivided(by: 1_000_000) }
}
