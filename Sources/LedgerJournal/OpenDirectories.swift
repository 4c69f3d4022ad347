import Synchronization

/// The journal directories that this process has open.
///
/// LMDB forbids a second environment for one file in one process, because closing either would drop
/// the process's file locks for both.
enum OpenDirectories {
    private static let open = Mutex<Set<FileIdentity>>([])

    /// One directory's entry in the list, removed when this object goes away.
    struct Claim: ~Copyable {
        private let identity: FileIdentity

        init(_ directory: JournalDirectory) throws(JournalError) {
            let identity = try directory.identity
            guard OpenDirectories.open.withLock({ $0.insert(identity).inserted }) else {
                throw .alreadyOpen(directory.path)
            }
            self.identity = identity
        }

        deinit {
            let identity = self.identity
            OpenDirectories.open.withLock { _ = $0.remove(identity) }
        }
    }
}

/// The identity of a file, independent of its name.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}
