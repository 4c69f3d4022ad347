import Glibc
import LedgerDomain

/// The right to sequence a journal.
public struct Lease: Hashable, Sendable {
    public let holder: String
    /// Rises by one with each acquisition.
    public let fencing: UInt64
}

/// Who holds a journal's lease at the moment.
public struct LeaseHolder: Hashable, Sendable {
    /// As the holder described itself.
    public var name: String
    /// When it took the lease, by the machine's clock; nil for a journal in memory.
    public var since: Timestamp?

    public init(_ name: String, since: Timestamp?) { (self.name, self.since) = (name, since) }
}

/// The lock on the lease file. The kernel releases it whenever and however the process dies.
struct LeaseLock: ~Copyable {
    private let descriptor: Int32

    /// Linux's F_OFD_GETLK and F_OFD_SETLK, which the C library declares for GNU sources alone.
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37

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
        // A second lock, which `heldSince` can look at without taking one.
        var region = Self.wholeFile(F_WRLCK)
        _ = fcntl(descriptor, Self.setLock, &region)
        // The file's time says since when.
        _ = futimens(descriptor, nil)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// When the present holder took the lock; nil if nobody holds it. Looking takes no lock, so it
    /// never keeps another process from taking one.
    static func heldSince(_ path: String) -> Timestamp? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var region = wholeFile(F_RDLCK)
        guard fcntl(descriptor, getLock, &region) == 0, region.l_type != Int16(F_UNLCK) else {
            return nil
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return .zero }
        let time = status.st_mtim
        let (seconds, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        return Timestamp(nanoseconds: overflow ? 0 : seconds &+ Int64(time.tv_nsec))
    }

    private static func wholeFile(_ type: Int32) -> flock {
        var region = flock()
        region.l_type = Int16(type)
        region.l_whence = Int16(SEEK_SET)
        return region
    }
}
