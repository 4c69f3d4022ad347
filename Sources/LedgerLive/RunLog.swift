import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// The events that a person who watches a run wants to see, a line each, read behind the commits.
public struct RunLog {
    private static let shown: [EventType] = [
        .runStarted, .runEnded, .runFailed, .operatorCommanded, .orderIntended, .intentRejected,
        .orderRejected, .orderFilled, .orderCancelled, .orderExpired, .orderReplaced, .linkChanged,
        .latchEngaged, .latchCleared, .modeChanged, .drawdownChanged, .reconciliationEnded,
        .discrepancyFound, .feedPaused, .feedResumed, .gapDetected, .faultReported, .alertRaised,
    ]

    private var position: SequenceNumber
    private let prefix: String

    public init(after position: SequenceNumber, prefix: String) {
        (self.position, self.prefix) = (position, prefix)
    }

    /// The lines of what came since the last time.
    public mutating func lines(_ journal: any Journal, _ names: NameBook) throws -> [String] {
        let head = try journal.head.lastSequence
        guard head > position else { return [] }
        let text = EventText(names)
        var result: [String] = []
        try journal.forEachRecord(
            from: position.next, through: head, filter: EventFilter(Self.shown)
        ) { record in
            let name = record.type?.name ?? "event"
            result.append("\(prefix)\(record.time) \(name) \(try text.describe(record))")
            return true
        }
        position = head
        return result
    }
}
