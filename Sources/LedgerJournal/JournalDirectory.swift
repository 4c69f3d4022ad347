import Glibc

/// A journal's directory and the files in it:
///
///     data.mdb   the journal, an LMDB file
///     lock.mdb   LMDB's table of readers and its writer lock; 8,192 bytes
///     wake       the wake-up page; 4,096 bytes
///     lease      locked by the sequencing process
///
/// A signing key may be in the directory before the journal.
struct JournalDirectory: Sendable {
    let path: String

    static let files = ["data.mdb", "lock.mdb", "wake", "lease"]
    static let key = "signing.key"
    var data: String { path + "/data.mdb" }
    var lock: String { path + "/lock.mdb" }
    var wake: String { path + "/wake" }
    var lease: String { path + "/lease" }

    /// The size of a lock file for 126 readers, LMDB's default.
    private static let lockSize = 8192

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }

    private static func isDirectory(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFDIR }

    var identity: FileIdentity {
        get throws(JournalError) {
            guard let status = Self.status(path) else { throw .notFound(path) }
            return FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        }
    }

    /// The size of the data file in bytes; nil when there is none.
    var dataSize: Int? { Self.status(data).map { Int($0.st_size) } }

    /// Everything in the directory, sorted.
    private func entries() throws(JournalError) -> [String] {
        guard let directory = opendir(path) else { throw .system(path) }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Makes the directory if necessary and checks that it may hold a journal.
    func make() throws(JournalError) {
        if mkdir(path, 0o755) != 0, errno != EEXIST {
            if errno == ENOENT { throw .notPermitted(path, "the folder above cannot be made") }
            throw .system(path)
        }
        try checkPlace()
    }

    /// Checks that the directory holds nothing else and allocates the disk space of the mapped
    /// files.
    ///
    /// Call it only while holding this directory's claim, because closing the lock file drops the
    /// process's locks on it.
    ///
    /// - Throws: `.lost` where a journal was used, `.notEmpty`.
    func prepareForCreation() throws(JournalError) {
        if dataSize ?? 0 == 0, let trace = trace() { throw .lost(path, trace) }
        let foreign = try entries().first { !Self.files.contains($0) && $0 != Self.key }
        if let foreign { throw .notEmpty(path, foreign) }
        // If a mapped page has no disk block yet and the disk is full, writing to it kills the
        // process.
        try Self.allocate(lock, size: Self.lockSize)
        try Self.allocate(wake, size: WakePage.size)
    }

    /// Checks that the directory can hold a journal to open.
    func checkForOpening() throws(JournalError) {
        try checkPlace()
        if let status = Self.status(data), status.st_mode & S_IFMT != S_IFREG {
            throw .notAJournal(path, "data.mdb is not a regular file")
        }
        if dataSize ?? 0 == 0, let trace = trace() { throw .lost(path, trace) }
        guard let size = dataSize else {
            let ours = try entries().contains { Self.files.contains($0) }
            if ours { throw .incomplete(path) }
            throw .notAJournal(path, "it has no data.mdb")
        }
        if size == 0 { throw .incomplete(path) }
    }

    /// What shows that a journal was used here: a file that a journal gets with its first event or its
    /// first lease, or the number of events or of transactions in a page that is made with the journal.
    ///
    /// - Returns: nil for a place where no journal was, or one whose creation was interrupted.
    func trace() -> String? {
        let used = ["lease", "tree", "secret", "segments"]
        if let name = used.first(where: { Self.status("\(path)/\($0)") != nil }) { return name }
        if Self.number(wake, at: 0) ?? 0 > 0 { return "wake" }
        let isTable = Self.number(lock, at: 0).map { UInt32(truncatingIfNeeded: $0) } == Self.magic
        return isTable && Self.number(lock, at: Self.lockTransaction) ?? 0 > 1 ? "lock.mdb" : nil
    }

    /// The mark at the beginning of LMDB's files, and where its lock file has the last transaction. The
    /// first transaction makes the tables of a journal.
    private static let magic: UInt32 = 0xBEEF_C0DE
    private static let lockTransaction = 48

    /// Eight bytes of a file; nil when it has fewer.
    private static func number(_ path: String, at offset: Int) -> UInt64? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var number: UInt64 = 0
        return pread(descriptor, &number, 8, off_t(offset)) == 8 ? number : nil
    }

    private func checkPlace() throws(JournalError) {
        guard let status = Self.status(path) else {
            if errno == ENOENT { throw .notFound(path) }
            throw .system(path)
        }
        guard Self.isDirectory(status) else { throw .notAJournal(path, "it is not a directory") }
        if let name = try FileSystemKind.remoteName(path: path) {
            throw .remoteFileSystem(path, name)
        }
    }

    /// Makes the names of new files durable.
    func sync() throws(JournalError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .system(path) }
    }

    private static func allocate(_ path: String, size: Int) throws(JournalError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .system(path) }
        defer { close(descriptor) }
        let code = posix_fallocate(descriptor, 0, off_t(size))
        if code != 0 { throw .system(path, LMDBError(code: code)) }
    }
}
