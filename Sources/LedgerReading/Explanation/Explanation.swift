import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// Why an event is in a journal: the tree of its causes down to the inputs, and its effects.
public struct Explanation: Sendable {
    public struct Node: Sendable {
        /// How it relates to the event above it, such as "fills" in "a fill: fills an order".
        public var relation: String
        public var sequence: SequenceNumber
        public var type: String
        public var time: Timestamp
        /// A one-line description.
        public var text: String
        /// The event as JSON.
        public var json: String
        /// An input has no causes: the tree ends there.
        public var isInput: Bool
        /// Whether its causes are shown where it appears first.
        public var isRepeated = false
        /// Each is earlier in the journal.
        public var causes: [Node] = []
    }

    public let root: Node
    /// The effects of an input, a signal, an order or a latch, in journal order.
    public let outcomes: [Node]
    /// Whether there are more effects than listed.
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

    /// The event that the user names: its number, `order:N`, `fill:N`, or the 32 hexadecimal digits
    /// of an intent.
    ///
    /// - Throws: `InputError` that lists what is possible.
    public static func sequence(
        of text: String, in journal: any Journal
    ) throws -> SequenceNumber {
        if text.utf8.count == 32, let intent = IntentID(hexadecimal: text) {
            return try self.intent(intent, in: journal)
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let number = parts.last.flatMap({ UInt64($0) }), parts.count == 1 || number > 0 else {
            throw InputError(
                "'\(text)' is not an event; write its number, order:N, fill:N, or an intent's 32 "
                    + "hexadecimal digits, as `ledger tail` prints them")
        }
        let head = try journal.head.lastSequence
        guard number > 0, number <= head.number else {
            throw InputError("the journal has events 1 to \(head), not \(number)")
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
                "event \(sequence) is \(name), not \(noun); `ledger tail --type \(type.name)` "
                    + "lists them")
        }
    }

    private static func intent(
        _ intent: IntentID, in journal: any Journal
    ) throws -> SequenceNumber {
        if let known = try journal.deduplicated(producer: "intent", key: .intent(intent)) {
            return known
        }
        // The rows beside the blocks may be lost; the events contain the same.
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
    /// Parses what `description` writes; nil for anything else.
    init?(hexadecimal text: String) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            let high = UInt64(text.prefix(16), radix: 16),
            let low = UInt64(text.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }
}
