import LedgerDomain

/// Writes the state of a fold as bytes: little-endian integers, counted arrays and UTF-8 texts.
/// Equal states give equal bytes in every process.
public struct StateWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func write<T: FixedWidthInteger & BitwiseCopyable>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func write(_ value: Bool) { bytes.append(value ? 1 : 0) }
    public mutating func write(_ value: Double) { write(value.bitPattern) }
    public mutating func write(_ value: Price) { write(value.raw) }
    public mutating func write(_ value: Quantity) { write(value.raw) }
    public mutating func write(_ value: Money) { write(value.raw) }
    public mutating func write(_ value: Measure) { write(value.raw) }
    public mutating func write(_ value: BasisPoints) { write(value.raw) }
    public mutating func write(_ value: Timestamp) { write(value.nanoseconds) }
    public mutating func write(_ value: Nanoseconds) { write(value.count) }
    public mutating func write(_ value: SequenceNumber) { write(value.number) }
    public mutating func write(_ value: InstrumentID) { write(value.number) }
    public mutating func write(_ value: AccountID) { write(value.number) }
    public mutating func write(_ value: StrategyID) { write(value.number) }
    public mutating func write(_ value: some RawRepresentable<UInt8>) { write(value.rawValue) }
    public mutating func write(_ value: String) {
        write(UInt32(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    public mutating func write<Element>(
        _ values: [Element], _ body: (inout StateWriter, Element) -> Void
    ) {
        write(UInt32(values.count))
        for value in values { body(&self, value) }
    }

    /// A fast multiplicative hash. Start with FNV-1a's basis xor the length. For each 8-byte word,
    /// xor the word, then set h = (h × 2^64/φ) xor (h >> 29). Add the remaining bytes as in FNV-1a.
    /// The hash detects differences; it does not withstand attacks.
    public var digest: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bytes.count)
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset + 8 <= buffer.count {
                hash ^= buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                hash = (hash &* 0x9E37_79B9_7F4A_7C15) ^ (hash >> 29)
                offset += 8
            }
            while offset < buffer.count {
                hash = (hash ^ UInt64(buffer[offset])) &* 0x0000_0100_0000_01B3
                offset += 1
            }
        }
        return hash
    }
}

/// A saved state that this program cannot read. Fold the events again instead.
public struct StateError: Error, Equatable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}

/// Reads what `StateWriter` wrote. A length that points outside the bytes is an error.
public struct StateReader {
    private let bytes: [UInt8]
    private var offset = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public var isAtEnd: Bool { offset == bytes.count }

    public mutating func read<T: FixedWidthInteger & BitwiseCopyable>(
        _ type: T.Type = T.self
    ) throws(StateError) -> T {
        let size = MemoryLayout<T>.size
        guard offset + size <= bytes.count else { throw StateError("the saved state is truncated") }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: T.self) }
        offset += size
        return T(littleEndian: value)
    }

    public mutating func read() throws(StateError) -> Bool { try read(UInt8.self) != 0 }
    public mutating func read() throws(StateError) -> Double { Double(bitPattern: try read()) }
    public mutating func read() throws(StateError) -> Price { Price(raw: try read()) }
    public mutating func read() throws(StateError) -> Quantity { Quantity(raw: try read()) }
    public mutating func read() throws(StateError) -> Money { Money(raw: try read()) }
    public mutating func read() throws(StateError) -> Measure { Measure(raw: try read()) }
    public mutating func read() throws(StateError) -> BasisPoints { BasisPoints(raw: try read()) }
    public mutating func read() throws(StateError) -> Timestamp {
        Timestamp(nanoseconds: try read())
    }
    public mutating func read() throws(StateError) -> Nanoseconds { Nanoseconds(try read()) }
    public mutating func read() throws(StateError) -> SequenceNumber { SequenceNumber(try read()) }
    public mutating func read() throws(StateError) -> InstrumentID { InstrumentID(try read()) }
    public mutating func read() throws(StateError) -> AccountID { AccountID(try read()) }
    public mutating func read() throws(StateError) -> StrategyID { StrategyID(try read()) }
    public mutating func read<T: RawRepresentable<UInt8>>() throws(StateError) -> T {
        let raw: UInt8 = try read()
        guard let value = T(rawValue: raw) else {
            throw StateError("the saved state has the invalid value \(raw)")
        }
        return value
    }
    public mutating func read() throws(StateError) -> String {
        let count = Int(try read(UInt32.self))
        guard count <= bytes.count - offset else {
            throw StateError("the saved state is truncated")
        }
        defer { offset += count }
        return String(decoding: bytes[offset..<offset + count], as: UTF8.self)
    }

    public mutating func readArray<Element>(
        _ body: (inout StateReader) throws(StateError) -> Element
    ) throws(StateError) -> [Element] {
        let count = Int(try read(UInt32.self))
        guard count <= bytes.count - offset else {
            throw StateError("the saved state is truncated")
        }
        var result: [Element] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try body(&self)) }
        return result
    }
}
