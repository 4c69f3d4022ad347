import CZlib
import CZstd

/// A text file, compressed according to its name (`.zst`, `.gz` or `.tgz`) or plain. The file
/// appears only when it is complete.
// Sendable unchecked: used by one thread at a time.
public final class CompressedFile: @unchecked Sendable {
    private enum Coder {
        case plain
        case zstd(OpaquePointer)
        case gzip(UnsafeMutablePointer<z_stream>)
    }

    private let file: OutputFile
    private let coder: Coder
    private var output = [UInt8](repeating: 0, count: 1 << 17)

    /// - Throws: `.unusable` if the path exists or cannot be written.
    public init(_ path: String) throws(ArchiveError) {
        file = try OutputFile(path)
        if path.hasSuffix(".zst") {
            guard let context = ZSTD_createCCtx() else {
                throw ArchiveError(.unusable, at: path, "zstd is out of memory")
            }
            ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, 3)
            ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
            // A zstd library without threads rejects this parameter and compresses on one thread.
            ZSTD_CCtx_setParameter(context, ZSTD_c_nbWorkers, 2)
            coder = .zstd(context)
        } else if path.hasSuffix(".gz") || path.hasSuffix(".tgz") {
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            // 15 bits of window, plus 16 for the gzip header and trailer.
            let code = deflateInit2_(
                stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY,
                ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            guard code == Z_OK else {
                throw ArchiveError(.unusable, at: path, "zlib is out of memory")
            }
            coder = .gzip(stream)
        } else {
            coder = .plain
        }
    }

    deinit {
        switch coder {
        case .plain: break
        case .zstd(let context): ZSTD_freeCCtx(context)
        case .gzip(let stream):
            deflateEnd(stream)
            stream.deallocate()
        }
    }

    public func write(_ bytes: [UInt8]) throws(ArchiveError) { try push(bytes, isLast: false) }

    public func finish() throws(ArchiveError) {
        try push([], isLast: true)
        try file.finish()
    }

    private func push(_ bytes: [UInt8], isLast: Bool) throws(ArchiveError) {
        switch coder {
        case .plain: try file.write(bytes)
        case .zstd(let context): try zstd(context, bytes, isLast)
        case .gzip(let stream): try gzip(stream, bytes, isLast)
        }
    }

    private func zstd(
        _ context: OpaquePointer, _ bytes: [UInt8], _ isLast: Bool
    ) throws(ArchiveError) {
        var taken = 0
        var isDone = false
        while !isDone {
            var written = 0
            let left: Int = bytes.withUnsafeBytes { source in
                output.withUnsafeMutableBytes { target in
                    var input = ZSTD_inBuffer(
                        src: source.baseAddress, size: source.count, pos: taken)
                    var room = ZSTD_outBuffer(
                        dst: target.baseAddress, size: target.count, pos: 0)
                    let left = ZSTD_compressStream2(
                        context, &room, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
                    (taken, written) = (input.pos, room.pos)
                    return left
                }
            }
            guard ZSTD_isError(left) == 0 else {
                throw ArchiveError(
                    .unusable, at: file.path, "zstd: \(String(cString: ZSTD_getErrorName(left)))")
            }
            try file.write(Array(output[..<written]))
            isDone = isLast ? left == 0 : taken == bytes.count
        }
    }

    private func gzip(
        _ stream: UnsafeMutablePointer<z_stream>, _ bytes: [UInt8], _ isLast: Bool
    ) throws(ArchiveError) {
        var source = bytes
        var taken = 0
        var isDone = false
        while !isDone {
            var written = 0
            let code: Int32 = source.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { target in
                    stream.pointee.next_in = input.baseAddress.map { $0 + taken }
                    stream.pointee.avail_in = UInt32(input.count - taken)
                    stream.pointee.next_out = target.baseAddress
                    stream.pointee.avail_out = UInt32(target.count)
                    let code = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    taken = input.count - Int(stream.pointee.avail_in)
                    written = target.count - Int(stream.pointee.avail_out)
                    return code
                }
            }
            guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
                throw ArchiveError(.unusable, at: file.path, "zlib failed with \(code)")
            }
            try file.write(Array(output[..<written]))
            isDone = isLast ? code == Z_STREAM_END : taken == bytes.count
        }
    }
}
