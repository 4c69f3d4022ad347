import Glibc

/// Keeps enough of the disk free to record the halt when the rest is used up.
public struct DiskWatch: Sendable {
    public let path: String
    /// Bytes that ordinary batches must not use.
    public let reserve: Int
    private var bytesUntilLook = 0
    private var commitsUntilLook = 0

    public static let standardReserve = 64 << 20
    private static let mostCommits = 256

    public init(path: String, reserve: Int = standardReserve) {
        self.path = path
        self.reserve = reserve
    }

    /// Bytes free for this user; nil when the file system does not say.
    public static func freeBytes(_ path: String) -> Int? {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { return nil }
        return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    /// Whether a file of this size can grow by less than a commit before the limit of file sizes.
    static func isAtFileLimit(_ size: Int?) -> Bool {
        var limit = rlimit()
        guard let size, getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
            return false
        }
        return limit.rlim_cur < UInt64(Int.max) && Int(limit.rlim_cur) - size < 1 << 20
    }

    /// Queries the file system only when an eighth of the free space above the reserve may have
    /// been used since, and at least every 256 commits: cheap on the hot path, exact near the end.
    ///
    /// - Throws: `.diskNearlyFull` when a commit of `bytes` would eat into the reserve.
    mutating func admit(bytes: Int) throws(JournalError) {
        bytesUntilLook -= bytes
        commitsUntilLook -= 1
        guard bytesUntilLook <= 0 || commitsUntilLook <= 0 else { return }
        guard let free = Self.freeBytes(path) else { return }
        let spare = free - reserve - bytes
        guard spare >= 0 else {
            (bytesUntilLook, commitsUntilLook) = (0, 0)
            throw .diskNearlyFull(free: free, reserve: reserve)
        }
        bytesUntilLook = spare / 8
        commitsUntilLook = Self.mostCommits
    }
}

/// The use of a journal's disk and address space, in bytes.
public struct DiskUse: Hashable, Sendable {
    public var free: Int
    public var reserve: Int
    public var mapUsed: Int
    public var mapSize: Int
}
