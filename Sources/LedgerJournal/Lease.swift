import Glibc

/// The right to sequence a journal.
public struct Lease: Hashable, Sendable {
    public let holder: String
    /// Rises by one with each acquisition.
    public let fencing: UInt64
}

/// The lock on the lease file. The kernel releases it whenever and however the process dies.
struct LeaseLock: ~Copyable {
    private let descriptor: Int32

    /// - Returns: nil when another process holds it.
    init?(_ path: String) throws(JournalError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = LMDBError.lastSystemCall
            close(descriptor)
            if error.code == EWOULDBLOCK { return nil }
            throw .system(path, error)
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
