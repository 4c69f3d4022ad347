import Glibc
import LedgerReading

/// A file that is whole whenever it is there: written beside its place, then renamed into it.
public enum ArtifactFile {
    /// Makes the folders above `path`, and replaces what stands there.
    ///
    /// - Throws: `ArtifactError`; what stood there before then still does.
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

    /// Returns 0, or the number of what went wrong.
    private static func write(_ bytes: [UInt8], _ file: Int32) -> Int32 {
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
    /// The system's number of the error.
    public var code: Int32

    public var description: String { "\(path): \(String(cString: strerror(code)))" }
    /// Whether room has to be made before another try.
    public var isFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }
}
