import Glibc
import LedgerDomain

/// The machine's clocks.
public enum WallClock {
    public static var now: Timestamp { Timestamp(nanoseconds: read(CLOCK_REALTIME)) }

    /// Nanoseconds of a clock that never goes back and that nobody sets.
    public static var steady: Int64 { read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// What time it is for the journal: the machine's clock at the start, and from then on the steady one, so
/// that nobody who sets the machine's clock moves the journal's. What the venue's clock says of ours is
/// measured apart, and is for the clock's latch.
public struct JournalClock: Sendable {
    private let start: Timestamp
    private let steadyStart: Int64
    /// What a recording says that it is.
    private var recorded: Timestamp?

    public init() {
        start = WallClock.now
        steadyStart = WallClock.steady
    }

    /// From here on a recording's time counts; it does not go back.
    public mutating func set(_ time: Timestamp) { recorded = max(time, recorded ?? time) }

    public var now: Timestamp {
        if let recorded { return recorded }
        return Timestamp(nanoseconds: start.nanoseconds + WallClock.steady - steadyStart)
    }
}
