import Glibc

/// A file that appears only when it is complete: written under a temporary name next to its
/// destination, synced, then renamed.
// Sendable unchecked: used by one thread at a time.
public final class OutputFile: @unchecked Sendable {
    public let path: String
    private let trial: String
    private var descriptor: Int32
    public private(set) var count = 0

    /// - Parameter replaces: if false, an existing path is an error.
    /// - Throws: `.unusable`, also if another process is writing the same file.
    public init(_ path: String, replaces: Bool = false) throws(ArchiveError) {
        self.path = path
        trial = path + ".partial"
        if !replaces, access(path, F_OK) == 0 {
            throw ArchiveError(
                .unusable, at: path, "the file exists; choose another name or remove it")
        }
        descriptor = open(trial, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw Self.failure(trial) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ArchiveError(.unusable, at: path, "another process is writing this file")
        }
        guard ftruncate(descriptor, 0) == 0 else { throw Self.failure(trial) }
    }

    /// Removes an unfinished file.
    deinit { discard() }

    private func discard() {
        guard descriptor >= 0 else { return }
        unlink(trial)
        close(descriptor)
        descriptor = -1
    }

    static func failure(_ path: String) -> ArchiveError {
        let isFull = errno == ENOSPC || errno == EDQUOT || errno == EFBIG
        let what = String(cString: strerror(errno))
        return isFull
            ? ArchiveError(
                .diskFull, at: path, "\(what); nothing was written. Free disk space and try again")
            : ArchiveError(.unusable, at: path, what)
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws(ArchiveError) {
        var offset = 0
        while offset < bytes.count {
            let written = Glibc.write(
                descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            if written < 0 {
                if errno == EINTR { continue }
                throw Self.failure(path)
            }
            guard written > 0 else {
                throw ArchiveError(.unusable, at: path, "the path cannot be written")
            }
            offset += written
        }
        count += bytes.count
    }

    public func write(_ bytes: [UInt8]) throws(ArchiveError) {
        let failure: ArchiveError? = bytes.withUnsafeBytes { buffer in
            do throws(ArchiveError) {
                try write(buffer)
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }

    /// Syncs the file and gives it its final name.
    public func finish() throws(ArchiveError) {
        guard fsync(descriptor) == 0, rename(trial, path) == 0 else { throw Self.failure(path) }
        close(descriptor)
        descriptor = -1
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let name = folder.isEmpty ? "." : folder.joined(separator: "/") + "/"
        let directory = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }
}
