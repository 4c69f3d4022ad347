import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// Why an event is in a journal: a tree of what it came from, down to the inputs, and what came of it.
public struct Explanation: Sendable {
    public struct Node: Sendable {
        /// How it bears on the event above it, as "fills" in "a fill: fills an order".
        public var relation: String
        public var sequence: SequenceNumber
        public var type: String
        public var time: Timestamp
        /// What it says, in one line for a person.
        public var text: String
        /// The event as JSON.
        public var json: String
        /// An input has no causes: a tree ends there.
        public var isInput: Bool
        /// Whether its causes are told where it stands for the first time.
        public var isRepeated = false
        /// Each is earlier in the journal.
        public var causes: [Node] = []
    }

    public let root: Node
    /// What an input, a signal, an order or a latch led to, in the order of the journal.
    public let outcomes: [Node]
    /// Whether more came of it than is listed.
    public let hasMoreOutcomes: Bool

    public static let mostOutcomes = 50

    /// - Throws: `InputError` for an event that the journal does not have; `JournalError`.
    public init(of sequence: SequenceNumber, in journal: any Journal) throws {
        var explainer = try Explainer(journal)
        root = try explainer.explain(sequence)
        let found = try explainer.outcomes(of: sequence, limit: Self.mostOutcomes + 1)
        outcomes = Array(found.prefix(Self.mostOutcomes))
        hasMoreOutcomes = found.count > Self.mostOutcomes
    }

    /// The event that a person names: its number, `order:N`, `fill:N`, or an intent's 32 hexadecimal
    /// digits.
    ///
    /// - Throws: `InputError` that says what is there instead.
    public static func sequence(
        of text: String, in journal: any Journal
    ) throws -> SequenceNumber {
        if text.utf8.count == 32, let intent = IntentID(hexadecimal: text) {
            return try self.intent(intent, in: journal)
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = parts.last.flatMap({ UInt64($0) }), parts.count == 1 || number > 0 else {
            throw InputError(
                "'\(text)' is no event: give its number, order:N, fill:N, or an intent's 32 "
                    + "hexadecimal digits, as `ledger tail` prints them")
        }
        let head = try journal.head.lastSequence
        guard number > 0, number <= head.number else {
            throw InputError("the journal has the events 1 to \(head), not \(number)")
        }
        let sequence = SequenceNumber(number)
        guard parts.count == 2 else { return sequence }
        switch parts[0] {
        case "order": try expect(.orderIntended, "an order", sequence, journal)
        case "fill": try expect(.orderFilled, "a fill", sequence, journal)
        default: throw InputError("'\(parts[0])' is neither 'order' nor 'fill'")
        }
        return sequence
    }

    private static func expect(
        _ type: EventType, _ noun: String, _ sequence: SequenceNumber, _ journal: any Journal
    ) throws {
        try journal.forEachRecord(from: sequence, through: sequence) { record in
            guard record.type != type else { return false }
            let name = record.type?.name ?? "of an unknown type"
            throw InputError(
                "event \(sequence) is \(name), not \(noun); `ledger tail --type \(type.name)` lists "
                    + "them")
        }
    }

    private static func intent(
        _ intent: IntentID, in journal: any Journal
    ) throws -> SequenceNumber {
        if let known = try journal.deduplicated(producer: "intent", key: .intent(intent)) {
            return known
        }
        // The rows beside the blocks may be lost; the events say it too.
        var found = SequenceNumber.none
        try journal.forEachRecord(from: .first, filter: EventFilter([.orderIntended])) { record in
            guard try OrderIntended(record).intent == intent else { return true }
            found = record.sequence
            return false
        }
        guard found != .none else { throw InputError("the journal has no intent \(intent)") }
        return found
    }
}

extension IntentID {
    /// Reads what `description` writes; nil for anything else.
    init?(hexadecimal text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}
