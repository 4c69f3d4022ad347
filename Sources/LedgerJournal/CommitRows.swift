import LedgerDomain
import LedgerEvents

/// The rows that are committed together with a batch, in the same transaction.
public struct CommitRows: Sendable {
    public var deduplication: [DeduplicationRow] = []
    public var checkpoints: [StateCheckpoint] = []
    public var consumedInbox: [ConsumedSubmission] = []
    /// The batch records the halt itself and may use the disk reserve that is kept for it.
    public var isHalt = false

    public init(
        deduplication: [DeduplicationRow] = [], checkpoints: [StateCheckpoint] = [],
        consumedInbox: [ConsumedSubmission] = [], isHalt: Bool = false
    ) {
        self.deduplication = deduplication
        self.checkpoints = checkpoints
        self.consumedInbox = consumedInbox
        self.isHalt = isHalt
    }

    /// The size that counts against the disk reserve.
    var byteCount: Int { checkpoints.reduce(0) { $0 + $1.bytes.count } }

    var isEmpty: Bool { deduplication.isEmpty && checkpoints.isEmpty && consumedInbox.isEmpty }
}

/// The key by which a repeated input is recognised.
public enum DeduplicationKey: Hashable, Sendable, CustomStringConvertible {
    /// The producer numbers its inputs upwards. One row holds its last number, and every number up
    /// to it counts as taken.
    case counter(UInt64)
    /// The producer's own identifier, such as a venue's execution id, with its time. Keys rise with
    /// time, because rows at random places are the most expensive part of a commit.
    case identifier(String, at: Timestamp)
    /// A decided order; its number begins with the time of the decision.
    case intent(IntentID)

    public var description: String {
        switch self {
        case .counter(let number): "\(number)"
        case .identifier(let text, let time): "\(text) of \(time)"
        case .intent(let intent): "\(intent)"
        }
    }
}

/// Maps an input to the event that it became.
///
/// As bytes: the key is the producer's length (1), the producer, a kind (1), and for an identifier
/// its time in nanoseconds (8, big-endian, the sign bit flipped) and its text, for an intent its
/// decision's time likewise (8) and its other half (8, big-endian); the value's body is the
/// sequence (8), and for a counter the counter (8).
public struct DeduplicationRow: Hashable, Sendable {
    public var producer: String
    public var key: DeduplicationKey
    public var sequence: SequenceNumber

    public init(producer: String, key: DeduplicationKey, sequence: SequenceNumber) {
        self.producer = producer
        self.key = key
        self.sequence = sequence
    }

    static let longestProducer = 100
    static let longestIdentifier = 300

    /// - Throws: `.invalidRow` for a name or an identifier that does not fit an LMDB key.
    static func tableKey(
        producer: String, key: DeduplicationKey
    ) throws(JournalError) -> [UInt8] {
        guard (1...longestProducer).contains(producer.utf8.count) else {
            throw .invalidRow("a producer's name has 1 to \(longestProducer) bytes: \(producer)")
        }
        var bytes = [UInt8(producer.utf8.count)]
        bytes.append(contentsOf: producer.utf8)
        switch key {
        case .counter: bytes.append(0)
        case .identifier(let text, let time):
            guard (1...longestIdentifier).contains(text.utf8.count) else {
                throw .invalidRow("an identifier has 1 to \(longestIdentifier) bytes: \(text)")
            }
            bytes.append(1)
            bytes.appendBigEndian(UInt64(bitPattern: time.nanoseconds) ^ 1 << 63)
            bytes.append(contentsOf: text.utf8)
        case .intent(let intent):
            bytes.append(2)
            bytes.appendBigEndian(intent.low ^ 1 << 63)
            bytes.appendBigEndian(intent.high)
        }
        return bytes
    }

    var body: [UInt8] {
        var writer = StateWriter()
        writer.write(sequence)
        if case .counter(let number) = key { writer.write(number) }
        return writer.bytes
    }

    /// - Returns: the event of an existing row for this key; nil for a counter above it.
    static func sequence(
        in body: [UInt8], for key: DeduplicationKey
    ) throws(StateError) -> SequenceNumber? {
        var reader = StateReader(body)
        let sequence: SequenceNumber = try reader.read()
        if case .counter(let number) = key, number > (try reader.read(UInt64.self)) { return nil }
        return sequence
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ value: UInt64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
