/// A growing byte buffer that keeps its memory for the next use.
// Sendable unchecked: the thread that fills it hands it over as a whole.
final class ByteBuffer: @unchecked Sendable {
    private(set) var base: UnsafeMutableRawPointer
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 1 << 16) {
        self.capacity = max(capacity, 64)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    func removeAll() { count = 0 }

    /// Appends `size` undefined bytes and returns a pointer to them.
    @inline(__always)
    func extend(_ size: Int) -> UnsafeMutableRawPointer {
        if count + size > capacity { grow(count + size) }
        defer { count += size }
        return base + count
    }

    @inline(never)
    private func grow(_ needed: Int) {
        let larger = max(capacity * 2, needed)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        (base, capacity) = (moved, larger)
    }

    /// Truncates the buffer to `size` bytes.
    func truncate(to size: Int) { count = min(count, size) }

    func append<T: BitwiseCopyable>(_ value: T) {
        extend(MemoryLayout<T>.size).storeBytes(of: value, as: T.self)
    }

    func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        extend(bytes.count).copyMemory(from: source, byteCount: bytes.count)
    }

    /// LEB128: seven bits per byte, lowest first.
    func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}

/// An error in the content of a frame; the reader adds the file name.
struct FrameError: Error {
    let problem: String
    init(_ problem: String) { self.problem = problem }
}

/// Reads untrusted bytes and never goes past their end.
struct ByteCursor {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var remaining: Int { bytes.count - offset }

    mutating func read(_ size: Int) throws(FrameError) -> UnsafeRawBufferPointer {
        guard size >= 0, size <= remaining else {
            throw FrameError("\(size - remaining) bytes are missing at its end")
        }
        defer { offset += size }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size])
    }

    mutating func read<T: BitwiseCopyable>(
        _ type: T.Type = T.self
    ) throws(FrameError) -> T {
        try read(MemoryLayout<T>.size).loadUnaligned(as: T.self)
    }

    /// The result of the next `read`.
    func peek<T: BitwiseCopyable>(_ type: T.Type = T.self) throws(FrameError) -> T {
        var copy = self
        return try copy.read()
    }

    mutating func readVarint() throws(FrameError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let byte: UInt8 = try read()
            guard shift < 63 || byte <= 1 else { throw FrameError("a number has too many digits") }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// Reads a count that must not exceed `limit`.
    mutating func readCount(_ what: String, atMost limit: Int) throws(FrameError) -> Int {
        let value = try readVarint()
        guard value <= UInt64(limit) else {
            throw FrameError("it claims \(value) \(what); at most \(limit) are possible")
        }
        return Int(value)
    }
}
