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
        guard let directory = opendir(path) else { throw .io(path, .lastSystemCall) }
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
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw .io(path, .lastSystemCall) }
        try checkPlace()
    }

    /// Checks that the directory holds nothing else and allocates the disk space of the mapped
    /// files.
    ///
    /// Call it only while holding this directory's claim, because closing the lock file drops the
    /// process's locks on it.
    func prepareForCreation() throws(JournalError) {
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
        guard let size = dataSize else {
            let ours = try entries().contains { Self.files.contains($0) }
            if ours { throw .incomplete(path) }
            throw .notAJournal(path, "it has no data.mdb")
        }
        if size == 0 { throw .incomplete(path) }
    }

    private func checkPlace() throws(JournalError) {
        guard let status = Self.status(path) else {
            if errno == ENOENT { throw .notFound(path) }
            throw .io(path, .lastSystemCall)
        }
        guard Self.isDirectory(status) else { throw .notAJournal(path, "it is not a directory") }
        if let name = try FileSystemKind.remoteName(path: path) {
            throw .remoteFileSystem(path, name)
        }
    }

    /// Makes the names of new files durable.
    func sync() throws(JournalError) {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .io(path, .lastSystemCall) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .io(path, .lastSystemCall) }
    }

    private static func allocate(_ path: String, size: Int) throws(JournalError) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .io(path, .lastSystemCall) }
        defer { close(descriptor) }
        let code = posix_fallocate(descriptor, 0, off_t(size))
        if code == ENOSPC { throw .diskFull(path, LMDBError(code: code)) }
        if code != 0 { throw .io(path, LMDBError(code: code)) }
    }
}
