import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// What a tape holds, and whether its last import ended.
///
/// An import is a `RunStarted` of mode "import", the rows, and a `RunEnded`. A tape whose last import has no
/// `RunEnded` is incomplete. Recorded feeds have neither event: each is complete up to its last event.
public struct TapeState {
    public private(set) var kind = JournalKind.general
    public private(set) var names = NameBook()
    /// The time of the last event; nil for an empty journal.
    public private(set) var last: Timestamp?
    /// The import that began and did not end.
    public private(set) var unfinished: Import?
    private var imports = 0

    public struct Import: Hashable, Sendable {
        /// Its `RunStarted`.
        public let event: SequenceNumber
        /// The files, as the command named them.
        public let source: String
        /// Whether the tape holds nothing else.
        public let isOnly: Bool
    }

    static let mode = "import"
    private static let types: [EventType] =
        [.journalOpened, .runStarted, .runEnded] + NameBook.types

    public init(_ journal: any Journal) throws {
        let head = try journal.head.lastSequence
        guard head != .none else { return }
        try journal.forEachRecord(from: .first, through: head, filter: EventFilter(Self.types)) {
            record in
            try apply(record)
            return true
        }
        try journal.forEachRecord(from: head, through: head) { record in
            last = record.time
            return false
        }
    }

    private mutating func apply(_ record: Record) throws {
        switch record.type {
        case .journalOpened: kind = try JournalOpened(record).kind
        case .runStarted:
            let event = try RunStarted(record)
            guard event.mode == Self.mode else { return }
            // Rows before the first import, as older programs wrote them, are kept.
            let isOnly = imports == 0 && record.sequence.number == 2
            imports += 1
            unfinished = Import(event: record.sequence, source: event.name, isOnly: isOnly)
        case .runEnded: unfinished = nil
        default: try names.remember(record)
        }
    }

    /// - Parameter name: the tape's.
    /// - Throws: `InputError` for a part of a tape.
    func checkWhole(_ name: String) throws(InputError) {
        guard let unfinished else { return }
        throw InputError(
            "\(name) is an incomplete tape: its import of \(unfinished.source) did not end; repeat the "
                + "import to finish it")
    }
}
