import Synchronization

/// The journals' directories that this process has open.
///
/// LMDB forbids a second environment for one file in one process: closing either would drop the
/// process's file locks under the other.
enum OpenDirectories {
    private static let open = Mutex<Set<FileIdentity>>([])

    /// One directory's place in the list, given back when it goes.
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

/// What a file is, whatever it is called.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}
