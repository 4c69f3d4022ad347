import Glibc

/// The limit of open files, which libraries do not expect to be hit.
package enum OpenFileLimit {
    private static let wanted: rlim_t = 1024

    /// Raises the soft limit as far as the program may use it.
    ///
    /// - Parameter least: files without which the program cannot start.
    /// - Throws: `CommandError` where the limit stays below that.
    package static func raise(least: UInt) throws {
        var limit = rlimit()
        let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(files, &limit) == 0, limit.rlim_cur < wanted else { return }
        limit.rlim_cur = min(wanted, limit.rlim_max)
        _ = setrlimit(files, &limit)
        guard getrlimit(files, &limit) == 0, limit.rlim_cur >= rlim_t(least) else {
            throw CommandError(
                "at most \(limit.rlim_cur) files may be open, and \(least) are needed: raise the limit "
                    + "with `ulimit -n`")
        }
    }
}
