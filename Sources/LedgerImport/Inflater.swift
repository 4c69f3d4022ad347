import CZlib

/// Unpacks a gzip file with any number of members, or one entry of a zip archive.
// unsafe: zlib keeps a pointer to its stream's state, so the state lives at a fixed address.
final class Inflater {
    enum Container: Equatable {
        case gzip
        /// A zip entry's raw deflate stream, with its unpacked size and CRC-32.
        case deflated(size: Int, checksum: UInt32)
        /// A zip entry stored without compression.
        case stored(size: Int, checksum: UInt32)
    }

    private let feed: FileFeed
    private let container: Container
    private let stream: UnsafeMutablePointer<z_stream>
    private var checksum: UInt = 0
    private var produced = 0
    private var isDone = false
    /// Whether zlib may hold output that did not fit in the last buffer.
    private var mayHoldMore = false

    /// The stored offset of the next byte to unpack.
    var position: Int { max(0, feed.position - Int(stream.pointee.avail_in)) }

    init(_ feed: FileFeed, _ container: Container) throws(ImportError) {
        self.feed = feed
        self.container = container
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let bits = container == .gzip ? 15 + 16 : -15
        let version = ZLIB_VERSION
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, Int32(bits), version, size) == Z_OK else {
            throw ImportError(.cannotRead, file: feed.file.name, "zlib is out of memory")
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        if isDone { return 0 }
        if case .stored(let size, let expected) = container {
            return try copy(into: buffer, size, expected)
        }
        stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(min(buffer.count, 1 << 30))
        let room = stream.pointee.avail_out
        while stream.pointee.avail_out == room, !isDone { try advance() }
        let count = Int(room - stream.pointee.avail_out)
        mayHoldMore = stream.pointee.avail_out == 0
        try account(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    private func advance() throws(ImportError) {
        if stream.pointee.avail_in == 0, !mayHoldMore { try refill() }
        let code = inflate(stream, Z_NO_FLUSH)
        mayHoldMore = false
        switch code {
        case Z_OK: break
        case Z_BUF_ERROR where stream.pointee.avail_in == 0: break
        case Z_STREAM_END: try finishMember()
        default: throw damaged(stream.pointee.msg.map { String(cString: $0) } ?? "code \(code)")
        }
    }

    private func refill() throws(ImportError) {
        let bytes = try feed.next()
        guard !bytes.isEmpty else { throw damaged("it is truncated; fetch the file again") }
        stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(bytes.count)
    }

    /// After a gzip member, only another member or the zero padding of a tape block may follow.
    private func finishMember() throws(ImportError) {
        guard container == .gzip else {
            isDone = true
            return
        }
        while true {
            if stream.pointee.avail_in == 0 {
                let bytes = try feed.next()
                guard !bytes.isEmpty else {
                    isDone = true
                    return
                }
                stream.pointee.next_in = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_in = UInt32(bytes.count)
            }
            guard let next = stream.pointee.next_in, next.pointee == 0 else { break }
            stream.pointee.next_in = next + 1
            stream.pointee.avail_in -= 1
        }
        guard stream.pointee.next_in?.pointee == 0x1F, inflateReset(stream) == Z_OK else {
            throw damaged("unexpected bytes follow the end of the gzip stream")
        }
    }

    private func copy(
        into buffer: UnsafeMutableRawBufferPointer, _ size: Int, _ expected: UInt32
    ) throws(ImportError) -> Int {
        if stream.pointee.avail_in == 0 {
            if produced == size {
                isDone = true
                try account(UnsafeRawBufferPointer(rebasing: buffer[..<0]))
                return 0
            }
            try refill()
        }
        let count = min(buffer.count, Int(stream.pointee.avail_in))
        guard let source = stream.pointee.next_in else { return 0 }
        buffer.copyMemory(from: UnsafeRawBufferPointer(start: source, count: count))
        stream.pointee.next_in = source + count
        stream.pointee.avail_in -= UInt32(count)
        try account(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }

    /// Compares the unpacked size and checksum of a zip entry with the archive's directory. For
    /// gzip, zlib does this itself.
    private func account(_ bytes: UnsafeRawBufferPointer) throws(ImportError) {
        produced += bytes.count
        switch container {
        case .gzip: return
        case .deflated(let size, let expected), .stored(let size, let expected):
            let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            if bytes.count > 0 { checksum = UInt(crc32_z(UInt(checksum), start, bytes.count)) }
            guard produced <= size else { throw damaged("it unpacks to more than \(size) bytes") }
            guard isDone else { return }
            guard produced == size else { throw damaged("it unpacks to fewer than \(size) bytes") }
            guard UInt32(truncatingIfNeeded: checksum) == expected else {
                throw damaged("its checksum does not match")
            }
        }
    }

    private func damaged(_ what: String) -> ImportError {
        let form = container == .gzip ? "gzip" : "zip"
        return ImportError(
            .damaged, file: feed.file.name, byte: position, "the \(form) stream is damaged: \(what)"
        )
    }
}
