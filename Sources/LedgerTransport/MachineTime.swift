import Glibc
import LedgerDomain

/// This machine's clocks.
public enum MachineTime {
    /// The time of day. It can be set and can go backwards.
    public static var now: Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    /// Nanoseconds on a clock that only goes forward, from an arbitrary start.
    public static var steady: Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
