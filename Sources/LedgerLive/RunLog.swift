import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// The events that a person watching a run wants to see, one per line, read after the commits.
public struct RunLog: Follower {
    public static let types: [EventType]? = RunLines.types

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
        unshown.append(prefix + (try RunLines.line(record, text)))
    }

    public mutating func finish(through sequence: SequenceNumber) { position = sequence }
}
