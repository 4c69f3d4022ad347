/// Feeds the stored bytes of a file, or of part of it, to a decoder chunk by chunk.
// unsafe: the C decoders keep a pointer into the chunk between calls, so it outlives each call.
final class FileFeed {
    let file: InputFile
    private let chunk: UnsafeMutableRawBufferPointer
    private var headCount: Int
    private var offset: Int
    /// Where the part ends; nil for the end of the file.
    private let end: Int?
    /// The stored offset of the byte after the last chunk.
    private(set) var position: Int

    static let chunkSize = 1 << 17

    /// The whole file; its first bytes have already been read.
    init(_ file: InputFile, head: [UInt8]) {
        self.file = file
        chunk = .allocate(byteCount: Self.chunkSize, alignment: 16)
        chunk.copyBytes(from: head)
        headCount = head.count
        offset = 0
        end = nil
        position = 0
    }

    /// The bytes in `range` of a seekable file.
    init(_ file: InputFile, _ range: Range<Int>) {
        self.file = file
        chunk = .allocate(byteCount: Self.chunkSize, alignment: 16)
        headCount = 0
        offset = range.lowerBound
        end = range.upperBound
        position = range.lowerBound
    }

    deinit { chunk.deallocate() }

    /// The next bytes, valid until the next call; empty at the end.
    func next() throws(ImportError) -> UnsafeMutableRawBufferPointer {
        let count = try fill()
        position += count
        return UnsafeMutableRawBufferPointer(rebasing: chunk[..<count])
    }

    private func fill() throws(ImportError) -> Int {
        if headCount > 0 {
            defer { headCount = 0 }
            return headCount
        }
        guard let end else { return try file.read(into: chunk) }
        let wanted = min(chunk.count, end - offset)
        guard wanted > 0 else { return 0 }
        let part = UnsafeMutableRawBufferPointer(rebasing: chunk[..<wanted])
        let count = try file.read(at: offset, into: part)
        offset += count
        return count
    }
}
