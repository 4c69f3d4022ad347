import Glibc
import LedgerEvents

/// A tar archive (POSIX ustar) of small files, compressed according to its name.
public final class TarFile {
    private let file: CompressedFile
    private let seconds: Int64

    /// - Parameters:
    ///   - path: NAME.tar, NAME.tar.zst, NAME.tar.gz or NAME.tgz.
    ///   - seconds: the modification time of every member, in seconds since 1970.
    public init(_ path: String, seconds: Int64) throws(ArchiveError) {
        file = try CompressedFile(path)
        self.seconds = seconds
    }

    /// - Parameter name: at most 100 bytes.
    public func add(_ name: String, _ bytes: [UInt8]) throws(ArchiveError) {
        try begin(name, bytes.count)
        try file.write(bytes)
        try pad(bytes.count)
    }

    /// Adds a file from disk, piece by piece.
    ///
    /// - Returns: its digest.
    public func add(_ name: String, contentsOf path: String) throws(ArchiveError) -> ChainLink {
        let source = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard source >= 0 else { throw OutputFile.failure(path) }
        defer { close(source) }
        let size = Int(lseek(source, 0, SEEK_END))
        try begin(name, size)
        var hasher = StreamHasher()
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        var offset = 0
        while offset < size {
            let count = pread(source, &buffer, min(buffer.count, size - offset), off_t(offset))
            guard count > 0 else { throw OutputFile.failure(path) }
            let piece = Array(buffer[..<count])
            hasher.update(piece)
            try file.write(piece)
            offset += count
        }
        try pad(size)
        return hasher.finish()
    }

    private func begin(_ name: String, _ size: Int) throws(ArchiveError) {
        guard name.utf8.count <= 100, size < 1 << 33 else {
            throw ArchiveError(
                .unusable, at: name, "the name is too long or the file too large for an archive")
        }
        var head = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            for (index, byte) in text.utf8.enumerated() { head[offset + index] = byte }
        }
        func octal(_ value: Int64, _ digits: Int) -> String {
            let text = String(value, radix: 8)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        put(name, 0)
        put("0000644", 100)
        put("0000000", 108)
        put("0000000", 116)
        put(octal(Int64(size), 11), 124)
        put(octal(max(0, seconds), 11), 136)
        put("        ", 148)
        put("0", 156)
        put("ustar", 257)
        put("00", 263)
        let sum = head.reduce(Int64(0)) { $0 + Int64($1) }
        put(octal(sum, 6) + "\0 ", 148)
        try file.write(head)
    }

    private func pad(_ size: Int) throws(ArchiveError) {
        try file.write([UInt8](repeating: 0, count: (512 - size % 512) % 512))
    }

    public func finish() throws(ArchiveError) {
        try file.write([UInt8](repeating: 0, count: 1024))
        try file.finish()
    }
}
