import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// The events that a person watching a run wants to see, one per line, read after the commits.
public struct RunLog: Follower {
    public static let types: [EventType]? = [
        .runStarted, .runEnded, .runFailed, .operatorCommanded, .orderIntended, .intentRejected,
        .orderRejected, .orderFilled, .orderCancelled, .orderExpired, .orderReplaced,
        .retryScheduled,
        .linkChanged,
        .latchEngaged, .latchCleared, .modeChanged, .drawdownChanged, .reconciliationEnded,
        .discrepancyFound, .feedPaused, .feedResumed, .gapDetected, .faultReported, .alertRaised,
    ]

    /// Belongs to this process: a new process shows only what follows its start.
    public private(set) var position: SequenceNumber
    private let prefix: String
    private var text = EventText(NameBook())
    private var unshown: [String] = []

    public init(after position: SequenceNumber, prefix: String) {
        (self.position, self.prefix) = (position, prefix)
    }

    /// The lines for what was committed since the last call.
    public mutating func lines(_ journal: any Journal, _ names: NameBook) throws -> [String] {
        text = EventText(names)
        try follow(journal)
        defer { unshown = [] }
        return unshown
    }

    public mutating func apply(_ record: Record) throws {
        let name = record.type?.name ?? "event"
        unshown.append("\(prefix)\(record.time) \(name) \(try text.describe(record))")
    }

    public mutating func finish(through sequence: SequenceNumber) { position = sequence }
}
