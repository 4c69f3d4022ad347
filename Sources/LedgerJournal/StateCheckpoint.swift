import LedgerDomain
import LedgerEvents

/// A fold's state after an event, so that the next reader does not have to begin at the first
/// event.
///
/// As bytes: the key is the name, a zero and the sequence (8, big-endian); the value's body is the
/// version (4) and the state.
public struct StateCheckpoint: Hashable, Sendable {
    /// The fold's name, without a zero byte; at most 200 bytes.
    public var name: String
    /// The fold's version; a reader of another version rebuilds the state.
    public var version: UInt32
    /// The last event that the state includes.
    public var sequence: SequenceNumber
    public var bytes: [UInt8]

    public init(name: String, version: UInt32, sequence: SequenceNumber, bytes: [UInt8]) {
        self.name = name
        self.version = version
        self.sequence = sequence
        self.bytes = bytes
    }

    static let longestName = 200

    static func prefix(_ name: String) throws(JournalError) -> [UInt8] {
        guard (1...longestName).contains(name.utf8.count), !name.utf8.contains(0) else {
            throw .invalidRow(
                "a checkpoint's name has 1 to \(longestName) bytes, none zero: \(name)")
        }
        return Array(name.utf8) + [0]
    }

    static func tableKey(name: String, sequence: SequenceNumber) throws(JournalError) -> [UInt8] {
        var key = try prefix(name)
        key.appendBigEndian(sequence.number)
        return key
    }

    /// The sequence in a key that begins with `prefix`; nil for another fold's.
    static func sequence(in key: UnsafeRawBufferPointer, prefix: [UInt8]) -> SequenceNumber? {
        guard key.count == prefix.count + 8, key.starts(with: prefix) else { return nil }
        let number = key.loadUnaligned(fromByteOffset: prefix.count, as: UInt64.self)
        return SequenceNumber(UInt64(bigEndian: number))
    }

    var body: [UInt8] {
        var writer = StateWriter()
        writer.write(version)
        return writer.bytes + bytes
    }

    init?(name: String, sequence: SequenceNumber, body: [UInt8]) {
        var reader = StateReader(body)
        guard let version = try? reader.read(UInt32.self) else { return nil }
        self.init(name: name, version: version, sequence: sequence, bytes: Array(body[4...]))
    }
}
