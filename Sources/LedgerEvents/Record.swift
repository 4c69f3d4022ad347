import LedgerDomain

/// One event in a block, read in place. All integers are little-endian.
///
///     offset  size
///          0     2  length of the record in words of 8 bytes
///          2     2  type
///          4     1  version of the type's payload
///          5     1  flags: 1 a cause follows the payload, 2 a correlation, 4 a record time,
///                   high four bits n: quantities are counted in 10^(n-9)
///          6     2  account, 0 for none
///          8     8  event time, nanoseconds since 1970
///         16     4  instrument, 0 for none
///         20     …  payload, by type; zeros up to a multiple of 8
///        end        cause (8), correlation (8), record time (8), each if its flag is set
///
/// It is a view of memory that it does not own. It is valid inside the closure or until the next
/// read.
public struct Record {
    public let sequence: SequenceNumber
    @usableFromInline let base: UnsafeRawPointer

    // Computed, because each access to another module's stored constant checks that it is
    // initialised.
    @inlinable public static var payloadOffset: Int { 20 }
    @inlinable public static var smallest: Int { 24 }

    @inlinable
    init(sequence: SequenceNumber, base: UnsafeRawPointer) {
        self.sequence = sequence
        self.base = base
    }

    /// The same bytes with another sequence number: the one that an input gets in the journal that
    /// takes it.
    @inline(__always)
    public func numbered(_ sequence: SequenceNumber) -> Record {
        Record(sequence: sequence, base: base)
    }

    /// Calls `body` with the single record in `bytes`, such as one that another process submitted.
    ///
    /// - Throws: `RecordError` if the bytes are not exactly one record.
    public static func reading<R>(
        _ bytes: [UInt8], _ body: (Record) throws -> R
    ) throws -> R {
        try bytes.withUnsafeBytes { buffer in
            let refusal = RecordError(sequence: .none, type: 0, problem: .badLength(buffer.count))
            guard buffer.count >= smallest, let base = buffer.baseAddress else { throw refusal }
            let record = Record(sequence: .none, base: base)
            guard record.byteCount == buffer.count, record.payloadEnd >= payloadOffset else {
                throw refusal
            }
            return try body(record)
        }
    }

    /// Calls `body` with each of the records that lie in `bytes` one after the other.
    ///
    /// - Throws: `RecordError` before any call when the bytes are not whole records.
    public static func readingEach(_ bytes: [UInt8], _ body: (Record) throws -> Void) throws {
        var (at, records) = (0, [[UInt8]]())
        repeat {
            let size = bytes.count - at >= smallest ? Int(bytes[at]) | Int(bytes[at + 1]) << 8 : 0
            let end = at + max(size, 3) * 8
            records.append(Array(bytes[at..<min(end, bytes.count)]))
            try reading(records[records.count - 1]) { _ in }
            at = end
        } while at < bytes.count
        for record in records { try reading(record, body) }
    }

    @usableFromInline
    struct Flags {
        @usableFromInline static var cause: UInt8 { 1 }
        static let correlation: UInt8 = 2
        static let recordTime: UInt8 = 4
    }

    @inlinable @inline(__always)
    func load<T: BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
        base.loadUnaligned(fromByteOffset: offset, as: T.self)
    }

    @inlinable @inline(__always)
    public var byteCount: Int { Int(load(0, as: UInt16.self)) * 8 }
    @inlinable @inline(__always)
    public var rawType: UInt16 { load(2) }
    public var type: EventType? { EventType(rawValue: rawType) }
    @inlinable @inline(__always)
    public var version: UInt8 { load(4) }
    @inlinable @inline(__always)
    var flags: UInt8 { load(5) }
    @inlinable @inline(__always)
    public var account: AccountID { AccountID(load(6)) }
    @inlinable @inline(__always)
    public var time: Timestamp { Timestamp(nanoseconds: load(8)) }
    @inlinable @inline(__always)
    public var instrument: InstrumentID { InstrumentID(load(16)) }
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: byteCount)
    }

    @inlinable @inline(__always)
    var trailerSize: Int { (flags & 7).nonzeroBitCount * 8 }

    /// The end of the payload, including padding.
    @inlinable @inline(__always)
    public var payloadEnd: Int { byteCount - trailerSize }

    /// The input from which this event was derived; none for an input.
    public var cause: SequenceNumber {
        flags & Flags.cause == 0 ? .none : SequenceNumber(load(payloadEnd))
    }

    @inlinable @inline(__always)
    public var isInput: Bool { flags & Flags.cause == 0 }

    /// The first event of the chain to which this event belongs.
    public var correlation: SequenceNumber {
        guard flags & Flags.correlation != 0 else { return .none }
        return SequenceNumber(load(payloadEnd + Int(flags & Flags.cause) * 8))
    }

    public var hasRecordTime: Bool { flags & Flags.recordTime != 0 }

    /// When the sequencer took the event. Equals the event time if none was recorded, as in a
    /// back-test.
    public var recordTime: Timestamp {
        guard flags & Flags.recordTime != 0 else { return time }
        return Timestamp(nanoseconds: load(byteCount - 8))
    }

    @inlinable @inline(__always)
    func price(_ offset: Int) -> Price { Price(raw: load(offset)) }
    @inlinable @inline(__always)
    func money(_ offset: Int) -> Money { Money(raw: load(offset)) }
    func measure(_ offset: Int) -> Measure { Measure(raw: load(offset)) }
    @inlinable @inline(__always)
    func quantity(_ offset: Int) -> Quantity {
        let mantissa = Int128(load(offset, as: Int64.self))
        let shift = flags >> 4
        return Quantity(raw: shift == 0 ? mantissa : Self.scaled(mantissa, shift))
    }

    @usableFromInline
    static func scaled(_ mantissa: Int128, _ shift: UInt8) -> Int128 {
        mantissa &* FixedPoint.powers[Int(shift)]
    }

    /// The texts in a payload. Each is a 4-byte length followed by that many bytes of UTF-8.
    func texts(from offset: Int, count: Int) throws(RecordError) -> [String] {
        var result: [String] = []
        var at = offset
        for _ in 0..<count {
            guard at + 4 <= payloadEnd else { throw truncated }
            let length = Int(load(at, as: UInt32.self))
            guard length <= payloadEnd - at - 4 else { throw truncated }
            let slice = UnsafeRawBufferPointer(start: base + at + 4, count: length)
            guard let text = String(validating: slice, as: UTF8.self) else {
                throw error(.textNotUTF8)
            }
            result.append(text)
            at += 4 + length
        }
        return result
    }

    @usableFromInline
    var truncated: RecordError { error(.truncated(byteCount)) }

    /// The same check for inlined events, which are decoded too often for a layout lookup.
    @inlinable @inline(__always)
    func expect(version expected: UInt8, size: Int) throws(RecordError) {
        guard version == expected else { throw otherVersion(than: expected) }
        guard payloadEnd >= size else { throw truncated }
    }

    /// The first check in every decoder: the right version, and room for the fixed part.
    @inlinable @inline(__always)
    func expect<E: Event>(_ type: E.Type) throws(RecordError) {
        guard version == E.version else { throw otherVersion(than: E.version) }
        try expectSize(E.layout)
    }

    @inlinable @inline(__always)
    func expectSize(_ layout: Layout) throws(RecordError) {
        guard payloadEnd >= layout.size else { throw truncated }
    }

    @usableFromInline
    func otherVersion(than current: UInt8) -> RecordError {
        error(version > current ? .newerVersion(version) : .olderVersion(version))
    }

    func error(_ problem: RecordError.Problem) -> RecordError {
        RecordError(sequence: sequence, type: rawType, problem: problem)
    }

    func value<T: RawRepresentable>(_ offset: Int, as type: T.Type = T.self) throws(RecordError)
        -> T
    where T.RawValue == UInt8 {
        guard let value = T(rawValue: load(offset)) else {
            throw error(.badValue(offset: offset, value: load(offset)))
        }
        return value
    }
}

/// A record with a correct checksum that its reader cannot decode. Its writer was newer or faulty.
public struct RecordError: Error, Equatable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        case truncated(Int)
        case badLength(Int)
        case badValue(offset: Int, value: UInt8)
        case textNotUTF8
        case newerVersion(UInt8)
        /// The reader has no step from this version to the current one.
        case olderVersion(UInt8)
        /// The digest in the payload does not match its text.
        case wrongDigest(UInt64)
        /// Another process may not submit this type.
        case notSubmittable
    }

    public var sequence: SequenceNumber
    public var type: UInt16
    public var problem: Problem

    public init(sequence: SequenceNumber, type: UInt16, problem: Problem) {
        self.sequence = sequence
        self.type = type
        self.problem = problem
    }

    public var description: String {
        let name = EventType(rawValue: type)?.name ?? "type \(type)"
        let what =
            switch problem {
            case .truncated(let size): "has only \(size) bytes"
            case .badLength(let size): "claims a length of \(size) bytes"
            case .badValue(let offset, let value):
                "has the unknown value \(value) at offset \(offset)"
            case .textNotUTF8: "contains text that is not valid UTF-8"
            case .notSubmittable: "may not be submitted by another process"
            case .newerVersion(let version): "has version \(version), newer than this program reads"
            case .olderVersion(let version):
                "has version \(version), which this program cannot convert to the current one"
            case .wrongDigest(let digest):
                "has the digest \(digest.hex), which does not match its text"
            }
        return "event \(sequence) (\(name)) \(what)"
    }
}
