import CChecksum
import LedgerDomain

func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    ledger_crc32c(0, bytes.baseAddress, bytes.count)
}

/// SHA-256 of the previous link, this block's first sequence, count and length, and its payload.
public struct ChainLink: Hashable, Sendable, CustomStringConvertible {
    public var words: (UInt64, UInt64, UInt64, UInt64)

    public init(_ words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)) { self.words = words }

    /// The link before the first block.
    public static let origin = ChainLink()

    public static func == (a: ChainLink, b: ChainLink) -> Bool { a.words == b.words }
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
    public var description: String {
        [words.0, words.1, words.2, words.3].map(\.byteSwapped.hex).joined()
    }
}

/// The first 112 bytes of a block. All integers are little-endian.
///
///     offset  size
///          0     4  "LGRB"
///          4     2  version of the block format, 1
///          6     2  length of this header, 112
///          8     8  sequence of the first event      ┐
///         16     4  number of events                 │ covered by the link
///         20     4  length of the payload in bytes   ┘
///         24     8  smallest event time
///         32     8  largest event time
///         40     8  types in the block: bit (type & 63)
///         48     8  instruments in the block: bit (instrument & 63)
///         56     8  correlations in the block: bit (correlation × 0x9E3779B97F4A7C15 >> 58)
///         64     4  CRC-32C of the payload
///         68     4  zero
///         72    32  chain link
///        104     4  zero
///        108     4  CRC-32C of bytes 0 to 107
public struct BlockHeader: Sendable {
    public var firstSequence: SequenceNumber
    public var count: UInt32 = 0
    public var payloadLength: UInt32 = 0
    public var earliest = Int64.max
    public var latest = Int64.min
    public var types: UInt64 = 0
    public var instruments: UInt64 = 0
    public var correlations: UInt64 = 0
    public var payloadChecksum: UInt32 = 0
    public var link = ChainLink.origin

    public static let size = 112
    public static let version: UInt16 = 1
    public static let magic: UInt32 = 0x4252_474C
    static let linkedOffset = 8
    /// The largest LMDB value that fills four pages: 4 × 4096 − 16.
    public static let fullBlock = 16_368
    static let fullPayload = fullBlock - size

    init(firstSequence: SequenceNumber) { self.firstSequence = firstSequence }

    public var nextSequence: SequenceNumber { firstSequence.advanced(by: Int(count)) }

    public static func correlationBit(_ correlation: SequenceNumber) -> UInt64 {
        1 << ((correlation.number &* 0x9E37_79B9_7F4A_7C15) >> 58)
    }

    @inline(__always)
    mutating func include(_ record: Record) {
        count += 1
        let time = record.time.nanoseconds
        earliest = min(earliest, time)
        latest = max(latest, time)
        types |= EventTypeSet.bit(record.rawType)
        instruments |= 1 << UInt64(record.instrument.number & 63)
        if record.flags & Record.Flags.correlation != 0 {
            correlations |= Self.correlationBit(record.correlation)
        }
    }

    func write(to base: UnsafeMutableRawPointer) {
        func store<T: BitwiseCopyable>(_ value: T, _ offset: Int) {
            base.storeBytes(of: value, toByteOffset: offset, as: T.self)
        }
        store(Self.magic, 0)
        store(Self.version, 4)
        store(UInt16(Self.size), 6)
        store(firstSequence.number, 8)
        store(count, 16)
        store(payloadLength, 20)
        store(earliest, 24)
        store(latest, 32)
        store(types, 40)
        store(instruments, 48)
        store(correlations, 56)
        store(payloadChecksum, 64)
        store(UInt32(0), 68)
        store(link.words.0, 72)
        store(link.words.1, 80)
        store(link.words.2, 88)
        store(link.words.3, 96)
        store(UInt32(0), 104)
        store(checksum(UnsafeRawBufferPointer(start: base, count: 108)), 108)
    }

    /// Reads and checks the header but not the payload.
    ///
    /// - Throws: `BlockError`, which describes the fault.
    public init(_ bytes: UnsafeRawBufferPointer) throws(BlockError) {
        guard bytes.count >= Self.size, let base = bytes.baseAddress else {
            throw .truncated(bytes.count)
        }
        func load<T: BitwiseCopyable>(_ offset: Int, as type: T.Type = T.self) -> T {
            base.loadUnaligned(fromByteOffset: offset, as: T.self)
        }
        guard load(0, as: UInt32.self) == Self.magic else { throw .notABlock }
        let found = checksum(UnsafeRawBufferPointer(start: base, count: 108))
        guard load(108, as: UInt32.self) == found else { throw .headerChecksum }
        guard load(4, as: UInt16.self) == Self.version,
            load(6, as: UInt16.self) == UInt16(Self.size)
        else { throw .newerFormat(load(4)) }
        firstSequence = SequenceNumber(load(8))
        count = load(16)
        guard firstSequence.number <= UInt64.max - UInt64(count) else { throw .count(count) }
        payloadLength = load(20)
        guard Int(payloadLength) == bytes.count - Self.size else { throw .truncated(bytes.count) }
        earliest = load(24)
        latest = load(32)
        types = load(40)
        instruments = load(48)
        correlations = load(56)
        payloadChecksum = load(64)
        link = ChainLink((load(72), load(80), load(88), load(96)))
    }
}

/// Why a block cannot be read.
public enum BlockError: Error, Equatable, CustomStringConvertible {
    case truncated(Int)
    case notABlock
    case headerChecksum
    case payloadChecksum
    case newerFormat(UInt16)
    case record(RecordError)
    case count(UInt32)

    public var description: String {
        switch self {
        case .truncated(let size): "its length of \(size) bytes does not match its header"
        case .notABlock: "it does not start with the block marker"
        case .headerChecksum: "its header's checksum is wrong"
        case .payloadChecksum: "its payload's checksum is wrong"
        case .newerFormat(let version): "its format \(version) is newer than this program reads (1)"
        case .record(let error): error.description
        case .count(let count): "its header claims \(count) records, which do not match its payload"
        }
    }
}

/// A block that is checked once and then read in place.
///
/// It is a view of memory that it does not own. It is valid inside the closure or until the next
/// read.
public struct Block {
    public let header: BlockHeader
    public let bytes: UnsafeRawBufferPointer

    /// Checks the header and the payload.
    public init(_ bytes: UnsafeRawBufferPointer) throws(BlockError) {
        try self.init(header: BlockHeader(bytes), bytes)
    }

    /// Checks the payload of a block whose header has been read.
    public init(header: BlockHeader, _ bytes: UnsafeRawBufferPointer) throws(BlockError) {
        self.header = header
        self.bytes = bytes
        guard checksum(payload) == header.payloadChecksum else { throw .payloadChecksum }
    }

    public var payload: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[BlockHeader.size...])
    }

    /// The header bytes that the link covers.
    public var linkedHeader: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            rebasing: bytes[BlockHeader.linkedOffset..<BlockHeader.linkedOffset + 16])
    }

    @inlinable @inline(__always)
    public func records() -> RecordIterator {
        RecordIterator(payload: payload, next: header.firstSequence, count: header.count)
    }

    /// The records from last to first.
    public func reversedRecords() throws(BlockError) -> [Record] {
        var result: [Record] = []
        var iterator = records()
        while let record = try iterator.next() { result.append(record) }
        return result.reversed()
    }
}

extension BlockHeader {
    /// Writes the header of a block whose records are known. The whole header follows from the
    /// records and the link of the previous block.
    ///
    /// - Parameters:
    ///   - base: the start of the block; its payload follows the header.
    ///   - link: returns the chain link for the 16 header bytes and the payload it covers.
    /// - Throws: `BlockError` if the records do not fill the payload.
    public static func complete(
        _ base: UnsafeMutableRawPointer, first: SequenceNumber, count: UInt32, payloadLength: Int,
        link: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> ChainLink
    ) throws(BlockError) -> BlockHeader {
        let payload = UnsafeRawBufferPointer(start: base + size, count: payloadLength)
        var header = BlockHeader(firstSequence: first)
        var records = RecordIterator(payload: payload, next: first, count: count)
        while let record = try records.next() { header.include(record) }
        header.payloadLength = UInt32(payloadLength)
        header.payloadChecksum = checksum(payload)
        header.write(to: base)
        header.link = link(
            UnsafeRawBufferPointer(start: base + linkedOffset, count: 16), payload)
        header.write(to: base)
        return header
    }
}

/// Iterates over the records of a payload. A length that points outside the payload is an error.
public struct RecordIterator {
    @usableFromInline var at: UnsafeRawPointer?
    @usableFromInline var remaining: Int
    @usableFromInline var sequence: SequenceNumber
    @usableFromInline var count: UInt32

    @inlinable
    public init(payload: UnsafeRawBufferPointer, next: SequenceNumber, count: UInt32) {
        at = payload.baseAddress
        remaining = payload.count
        sequence = next
        self.count = count
    }

    @inlinable @inline(__always)
    public mutating func next() throws(BlockError) -> Record? {
        guard remaining >= Record.smallest, count > 0, let base = at else {
            if remaining == 0 && count == 0 { return nil }
            throw .count(count)
        }
        let record = Record(sequence: sequence, base: base)
        let size = record.byteCount
        guard size <= remaining, size >= Record.smallest, record.payloadEnd >= Record.payloadOffset
        else {
            throw .record(
                RecordError(sequence: sequence, type: record.rawType, problem: .badLength(size)))
        }
        at = base + size
        remaining -= size
        count -= 1
        sequence = SequenceNumber(sequence.number &+ 1)
        return record
    }
}
