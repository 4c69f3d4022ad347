import LedgerDomain
import LedgerTransport

/// The journal's time: the machine's clock at the start, and from then on the steady clock, so that
/// setting the machine's clock does not move the journal's. The difference from the venue's clock
/// is measured separately, for the clock latch.
public struct JournalClock: Sendable {
    private let start = MachineTime.now
    private let steadyStart = MachineTime.steady
    /// The time stated by a recording.
    private var recorded: Timestamp?

    public init() {}

    /// From now on the time of a recording counts; it never goes back.
    public mutating func set(_ time: Timestamp) { recorded = max(time, recorded ?? time) }

    public var now: Timestamp {
        if let recorded { return recorded }
        return Timestamp(nanoseconds: start.nanoseconds + MachineTime.steady - steadyStart)
    }
}
