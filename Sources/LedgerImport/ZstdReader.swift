import CZstd

/// Unpacks a zstd file with any number of frames and windows of at most 128 MiB.
// unsafe: the zstd context is an opaque C pointer, freed with this object.
final class ZstdReader {
    private let feed: FileFeed
    private let context: OpaquePointer
    private var input = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    /// 0 at the end of a frame; otherwise the number of bytes that zstd wants to read next.
    private var hint = 0
    private var isDone = false
    /// Whether zstd may hold output that did not fit in the last buffer.
    private var mayHoldMore = false

    static let windowLog: Int32 = 27

    /// The stored offset of the next byte to unpack.
    var position: Int { max(0, feed.position - (input.size - input.pos)) }

    init(_ feed: FileFeed) throws(ImportError) {
        self.feed = feed
        guard let context = ZSTD_createDCtx() else {
            throw ImportError(.cannotRead, file: feed.file.name, "zstd is out of memory")
        }
        self.context = context
        _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.windowLog)
    }

    deinit { ZSTD_freeDCtx(context) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(ImportError) -> Int {
        var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
        while output.pos == 0, !isDone {
            if input.pos == input.size, !mayHoldMore, try !refill() { continue }
            hint = ZSTD_decompressStream(context, &output, &input)
            mayHoldMore = hint != 0 && output.pos == output.size
            if ZSTD_isError(hint) != 0 { throw damaged(String(cString: ZSTD_getErrorName(hint))) }
        }
        return output.pos
    }

    /// False at the end of the file, once zstd has no output left.
    private func refill() throws(ImportError) -> Bool {
        let bytes = try feed.next()
        guard bytes.isEmpty else {
            input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
            return true
        }
        guard hint == 0 else { throw damaged("it is truncated; fetch the file again") }
        isDone = true
        return false
    }

    private func damaged(_ what: String) -> ImportError {
        ImportError(
            .damaged, file: feed.file.name, byte: position,
            "the zstd stream is damaged: \(what)")
    }
}
