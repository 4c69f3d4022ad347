import CZstd

/// Compresses one content into one zstd frame.
// Sendable unchecked: used by one thread at a time.
final class ZstdCompressor: @unchecked Sendable {
    private let context: OpaquePointer
    let output = ByteBuffer(capacity: 1 << 20)

    init(level: Int32) {
        guard let context = ZSTD_createCCtx() else {
            preconditionFailure("zstd can allocate a context")
        }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit { ZSTD_freeCCtx(context) }

    /// - Parameter parts: the ends of parts that get a compression block of their own, and with it
    ///   a code table suited to their bytes.
    func compress(_ content: UnsafeRawBufferPointer, parts: [Int]) {
        output.removeAll()
        ZSTD_CCtx_reset(context, ZSTD_reset_session_only)
        ZSTD_CCtx_setPledgedSrcSize(context, UInt64(content.count))
        let space = ZSTD_compressBound(content.count) + parts.count * 64 + 64
        var target = ZSTD_outBuffer(dst: output.extend(space), size: space, pos: 0)
        var start = 0
        for end in parts + [content.count] {
            var source = ZSTD_inBuffer(
                src: content.baseAddress.map { $0 + start }, size: end - start, pos: 0)
            let isLast = end == content.count
            let code = ZSTD_compressStream2(
                context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_flush)
            precondition(code == 0, "the output buffer holds everything that zstd writes")
            start = end
            if isLast { break }
        }
        output.truncate(to: target.pos)
    }
}

/// Unpacks one zstd frame. The size is checked before memory is allocated.
// Sendable unchecked: used by one thread at a time.
final class ZstdDecompressor: @unchecked Sendable {
    private let context: OpaquePointer
    let output = ByteBuffer(capacity: 1 << 20)

    init() {
        guard let context = ZSTD_createDCtx() else {
            preconditionFailure("zstd can allocate a context")
        }
        self.context = context
        ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 27)
    }

    deinit { ZSTD_freeDCtx(context) }

    /// - Parameter most: the maximum size of the content in bytes.
    func decompress(_ frame: UnsafeRawBufferPointer, atMost most: Int) throws(FrameError) {
        let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
        guard size <= UInt64(most) else {
            throw FrameError(
                size > UInt64(Int64.max)
                    ? "it is not a zstd frame of a known size"
                    : "it claims \(size) bytes, but at most \(most) are possible")
        }
        output.removeAll()
        let target = output.extend(Int(size))
        let code = ZSTD_decompressDCtx(context, target, Int(size), frame.baseAddress, frame.count)
        guard ZSTD_isError(code) == 0 else {
            throw FrameError(
                "its zstd frame is damaged: \(String(cString: ZSTD_getErrorName(code)))")
        }
        guard code == Int(size) else { throw FrameError("its zstd frame is truncated") }
    }
}
