import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// The events that a person who watches a run wants to see, a line each, read behind the commits.
public struct RunLog: Follower {
    public static let types: [EventType]? = [
        .runStarted, .runEnded, .runFailed, .operatorCommanded, .orderIntended, .intentRejected,
        .orderRejected, .orderFilled, .orderCancelled, .orderExpired, .orderReplaced, .linkChanged,
        .latchEngaged, .latchCleared, .modeChanged, .drawdownChanged, .reconciliationEnded,
        .discrepancyFound, .feedPaused, .feedResumed, .gapDetected, .faultReported, .alertRaised,
    ]

    /// Of this process alone: a new one shows what comes after its start.
    public private(set) var position: SequenceNumber
    private let prefix: String
    private var text = EventText(NameBook())
    private var unshown: [String] = []

    public init(after position: SequenceNumber, prefix: String) {
        (self.position, self.prefix) = (position, prefix)
    }

    /// The lines of what was committed since the last time.
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
