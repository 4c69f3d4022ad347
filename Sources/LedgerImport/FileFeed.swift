/// Feeds a decoder the stored bytes of a file, or of a part of it, chunk by chunk.
// unsafe: the chunk outlives each call of the C decoders that keep a pointer into it between calls.
final class FileFeed {
    let file: InputFile
    private let chunk: UnsafeMutableRawBufferPointer
    private var headCount: Int
    private var offset: Int
    /// The end of the part; nil for the end of the file.
    private let end: Int?
    /// The stored offset of the byte after the last chunk.
    private(set) var position: Int

    static let chunkSize = 1 << 17

    /// The whole file, whose first bytes have been read already.
    init(_ file: InputFile, head: [UInt8]) {
        self.file = file
        chunk = .allocate(byteCount: Self.chunkSize, alignment: 16)
        chunk.copyBytes(from: head)
        headCount = head.count
        offset = 0
        end = nil
        position = 0
    }

    /// The bytes of `range` in a file that can seek.
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
