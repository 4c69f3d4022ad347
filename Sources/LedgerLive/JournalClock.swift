import LedgerDomain
import LedgerTransport

/// What time it is for the journal: the machine's clock at the start, and from then on the steady one, so
/// that nobody who sets the machine's clock moves the journal's. What the venue's clock says of ours is
/// measured apart, and is for the clock's latch.
public struct JournalClock: Sendable {
    private let start = MachineTime.now
    private let steadyStart = MachineTime.steady
    /// What a recording says that it is.
    private var recorded: Timestamp?

    public init() {}

    /// From here on a recording's time counts; it does not go back.
    public mutating func set(_ time: Timestamp) { recorded = max(time, recorded ?? time) }

    public var now: Timestamp {
        if let recorded { return recorded }
        return Timestamp(nanoseconds: start.nanoseconds + MachineTime.steady - steadyStart)
    }
}
