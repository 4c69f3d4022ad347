import CLMDB
import Glibc

/// One LMDB environment, open until nothing refers to it.
// Sendable unchecked: any thread may use LMDB's environment; the handle never changes.
final class LMDBEnvironment: @unchecked Sendable {
    let directory: JournalDirectory
    let isReadOnly: Bool
    private let raw: OpaquePointer
    private let claim: OpenDirectories.Claim

    private static let largestMap = 256 << 30
    private static let smallestMap = 1 << 30
    /// Pages at the end of the file that a transaction may have allocated and released without
    /// writing them.
    private static let unwrittenPages = 16

    /// - Throws: `.alreadyOpen`, `.notAJournal` for a file that is not LMDB's, `.notPermitted`,
    ///   `.damaged` for a truncated file.
    init(
        _ directory: JournalDirectory, _ claim: consuming OpenDirectories.Claim, readOnly: Bool
    ) throws(JournalError) {
        self.directory = directory
        isReadOnly = readOnly
        raw = try Self.open(directory, readOnly: readOnly)
        self.claim = claim
        try discardStaleReaders()
        try checkSize()
    }

    deinit { mdb_env_close(raw) }

    /// This reserves address space, not memory or disk; a machine that limits it gets a smaller
    /// map.
    private static func open(
        _ directory: JournalDirectory, readOnly: Bool
    ) throws(JournalError) -> OpaquePointer {
        var size = largestMap
        while true {
            do {
                return try open(directory, readOnly: readOnly, mapSize: size)
            } catch .store(.noMemory) where size > smallestMap {
                size /= 2
            } catch {
                throw opening(error, directory)
            }
        }
    }

    private static func open(
        _ directory: JournalDirectory, readOnly: Bool, mapSize: Int
    ) throws(JournalError) -> OpaquePointer {
        var created: OpaquePointer?
        try check(mdb_env_create(&created))
        guard let created else { throw .store(.noMemory) }
        do {
            try check(mdb_env_set_mapsize(created, mapSize))
            try check(mdb_env_set_maxdbs(created, 16))
            try check(mdb_env_set_maxreaders(created, 126))
            let flags = MDB_NOTLS | (readOnly ? MDB_RDONLY : 0)
            try check(mdb_env_open(created, directory.path, UInt32(flags), 0o644))
            return created
        } catch {
            mdb_env_close(created)
            throw error
        }
    }

    private static func opening(_ error: JournalError, _ directory: JournalDirectory)
        -> JournalError
    {
        switch error {
        case .store(.invalid): .notAJournal(directory.path, "data.mdb is not an LMDB file")
        case .store(.versionMismatch):
            .notAJournal(directory.path, "data.mdb or lock.mdb belongs to another version of LMDB")
        case .store(.access), .store(.notPermitted), .store(.readOnlyFileSystem):
            .notPermitted(
                directory.path, "data.mdb must be readable and lock.mdb writable, by readers too")
        default: located(error, directory)
        }
    }

    /// Frees the slots of killed readers; otherwise a writer could never reuse their pages.
    private func discardStaleReaders() throws(JournalError) {
        var dead: Int32 = 0
        do { try check(mdb_reader_check(raw, &dead)) } catch { throw located(error) }
    }

    /// Reading a mapped page past the end of its file kills the process, so the length is checked
    /// here.
    private func checkSize() throws(JournalError) {
        let needed =
            max(0, info.lastPage + 1 - Self.unwrittenPages) * Int(sysconf(Int32(_SC_PAGESIZE)))
        let found = directory.dataSize ?? 0
        guard found >= needed else {
            throw .damaged(
                directory.path, "data.mdb was truncated to \(found) of at least \(needed) bytes")
        }
    }

    // MARK: Transactions

    /// Calls `body` in a snapshot. Its result must not point into the map.
    func read<Result>(
        _ body: (borrowing ReadTransaction) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        do {
            let transaction = try ReadTransaction(raw)
            return try body(transaction)
        } catch {
            throw located(error)
        }
    }

    /// Like `read`, and keeps the handles of tables that `body` opened.
    func openTables<Result>(
        _ body: (borrowing ReadTransaction) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        do {
            let transaction = try ReadTransaction(raw)
            let result = try body(transaction)
            try transaction.commit()
            return result
        } catch {
            throw located(error)
        }
    }

    /// Calls `body` as the only writer and commits; aborts if it throws. Do not nest calls.
    func write<Result>(
        _ body: (borrowing WriteTransaction) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        guard !isReadOnly else { throw .readOnly(directory.path) }
        do {
            let transaction = try WriteTransaction(raw)
            let result = try body(transaction)
            try transaction.commit()
            return result
        } catch {
            throw located(error)
        }
    }

    /// A snapshot that the caller keeps, resets and renews.
    func beginReading() throws(JournalError) -> OpaquePointer {
        var begun: OpaquePointer?
        do { try check(mdb_txn_begin(raw, nil, UInt32(MDB_RDONLY), &begun)) } catch {
            throw located(error)
        }
        guard let begun else { throw .store(.noMemory) }
        return begun
    }

    func setUnsynced(_ isUnsynced: Bool) {
        mdb_env_set_flags(raw, UInt32(MDB_NOSYNC), isUnsynced ? 1 : 0)
    }

    /// Waits until everything committed is on disk.
    func sync() throws(JournalError) {
        guard !isReadOnly else { return }
        do { try check(mdb_env_sync(raw, 1)) } catch { throw located(error) }
    }

    // MARK: State

    struct Info {
        var lastPage: Int
        var lastTransaction: Int
        /// Bytes of address space.
        var mapSize: Int
    }

    var info: Info {
        var info = MDB_envinfo()
        mdb_env_info(raw, &info)
        return Info(
            lastPage: info.me_last_pgno, lastTransaction: info.me_last_txnid,
            mapSize: info.me_mapsize)
    }

    /// The lines of LMDB's table of readers, without its headings.
    func readerLines() -> [String] {
        var lines: [String] = []
        withUnsafeMutablePointer(to: &lines) { pointer in
            _ = mdb_reader_list(
                raw,
                { line, context in
                    guard let line, let context else { return -1 }
                    let lines = context.assumingMemoryBound(to: [String].self)
                    lines.pointee.append(String(cString: line))
                    return 0
                }, pointer)
        }
        return lines
    }

    /// Translates a code into a journal error with its place.
    func located(_ error: JournalError) -> JournalError { Self.located(error, directory) }

    private static func located(
        _ error: JournalError, _ directory: JournalDirectory
    ) -> JournalError {
        guard case .store(let code) = error else { return error }
        switch code {
        case .noSpace, .quota: return .diskFull(directory.path, code)
        // LMDB reports a short write, which is how a disk fills up, as an input/output error.
        case .inputOutput:
            let free = DiskWatch.freeBytes(directory.path) ?? .max
            return free < 1 << 20 ? .diskFull(directory.path, code) : .io(directory.path, code)
        case .mapFull, .mapResized: return .mapFull(directory.path)
        case .corrupted, .pageNotFound: return .damaged(directory.path, code.description)
        case .panic: return .io(directory.path, code)
        default: return error
        }
    }
}
