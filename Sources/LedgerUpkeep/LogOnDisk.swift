import Glibc
import LedgerReading

/// An open log, with its size when it was opened.
final class LogOnDisk {
    private let path: String
    private let file: Int32
    /// The inode number.
    let node: UInt64
    let size: UInt64

    /// - Returns: nil if there is no file and none is to be created.
    /// - Throws: `ArtifactError`; EINVAL for what is no plain file.
    init?(_ path: String, creates: Bool) throws(ArtifactError) {
        let flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK
        if creates { JournalHome.makeParents(of: path) }
        let file = open(path, creates ? flags | O_CREAT : flags, 0o644)
        guard file >= 0 else {
            if !creates, errno == ENOENT { return nil }
            throw ArtifactError(path: path, code: errno)
        }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(file)
            throw ArtifactError(path: path, code: EINVAL)
        }
        (self.path, self.file) = (path, file)
        (node, size) = (UInt64(status.st_ino), UInt64(max(0, status.st_size)))
    }

    deinit { close(file) }

    func contains(_ bytes: [UInt8], at place: UInt64) -> Bool {
        ArtifactFolder.read(file, count: bytes.count, at: off_t(place)) == bytes
    }

    func cut(at place: UInt64) throws(ArtifactError) {
        guard ftruncate(file, off_t(place)) == 0 else {
            throw ArtifactError(path: path, code: errno)
        }
    }

    /// Replaces everything from `place` on.
    func replace(from place: UInt64, with bytes: [UInt8]) throws(ArtifactError) {
        try cut(at: place)
        try ArtifactFolder.write(bytes, file, at: off_t(place), path)
    }

    /// Where the file has this line; its end, after its last whole line, if it has none such.
    func place(of line: ArraySlice<UInt8>) -> UInt64 {
        let bytes = ArtifactFolder.read(file, count: Int(clamping: size), at: 0)
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if bytes[start...end] == line { break }
            start = end + 1
        }
        return UInt64(start)
    }
}
