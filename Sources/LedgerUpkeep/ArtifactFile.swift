import Glibc
import LedgerReading

/// A file that is always complete: written next to its destination, then renamed.
public enum ArtifactFile {
    /// Creates the directories above `path` and replaces an existing file.
    ///
    /// - Throws: `ArtifactError`; the previous file is then unchanged.
    public static func write(_ bytes: [UInt8], to path: String) throws(ArtifactError) {
        JournalHome.makeParents(of: path)
        let trial = "\(path).\(getpid()).tmp"
        let file = open(trial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw ArtifactError(path: path, code: errno) }
        var failure = write(bytes, file)
        if failure == 0, fsync(file) != 0 { failure = errno }
        close(file)
        if failure == 0, rename(trial, path) != 0 { failure = errno }
        guard failure != 0 else { return }
        unlink(trial)
        throw ArtifactError(path: path, code: failure)
    }

    /// Writes all bytes at the file's position.
    ///
    /// - Returns: 0 or an error number.
    static func write(_ bytes: [UInt8], _ file: Int32) -> Int32 {
        var offset = 0
        while offset < bytes.count {
            let count = bytes[offset...].withContiguousStorageIfAvailable { part in
                Glibc.write(file, part.baseAddress, part.count)
            }
            guard let count, count > 0 else {
                if count == -1, errno == EINTR { continue }
                return count == -1 ? errno : EIO
            }
            offset += count
        }
        return 0
    }
}

/// An artifact that could not be written.
public struct ArtifactError: Error, Hashable, CustomStringConvertible {
    public var path: String
    /// The system's error number.
    public var code: Int32

    public var description: String { "\(path): \(String(cString: strerror(code)))" }
    /// Whether space must be freed before trying again.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}
