import CLMDB
import CProcess

/// One LMDB environment, open until nothing refers to it.
// Sendable unchecked: any thread may use LMDB's environment; the handle never changes.
final class LMDBEnvironment: @unchecked Sendable {
    let directory: JournalDirectory
    let isReadOnly: Bool
    private let raw: OpaquePointer
    private let claim: OpenDirectories.Claim

    private static let largestMap = 256 << 30
    private static let smallestMap = 1 << 30
    /// Leaves and overflow pages that opening reads: those of most journals, and a hundredth of a
    /// second's worth of a large one.
    private static let pagesToOpen = 4096

    /// Checks the file's pages before anything follows them: LMDB trusts what it maps. A file that
    /// is damaged later, or in a page that opening does not read, ends the process with a message.
    ///
    /// - Throws: `.alreadyOpen`, `.notAJournal` for a file that is not LMDB's, `.notPermitted`,
    ///   `.damaged`.
    init(
        _ directory: JournalDirectory, _ claim: consuming OpenDirectories.Claim, readOnly: Bool
    ) throws(JournalError) {
        self.directory = directory
        isReadOnly = readOnly
        ledger_fault_watch()
        let isEmpty = try Self.checkMetas(directory)
        raw = try Self.open(directory, readOnly: readOnly)
        self.claim = claim
        mdb_env_set_assert(raw) { _, _ in ledger_fault_refuse("LMDB met pages that contradict") }
        try discardStaleReaders()
        if !isEmpty { try checkPages(budget: Self.pagesToOpen) }
    }

    /// - Returns: whether there is nothing yet to check.
    private static func checkMetas(_ directory: JournalDirectory) throws(JournalError) -> Bool {
        guard let file = try PageFile(directory) else { return true }
        _ = try file.metas()
        return false
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

    /// Checks the pages of one snapshot, which stays registered so that no writer reuses them.
    ///
    /// - Parameter budget: see `PageWalk`.
    func checkPages(budget: Int?) throws(JournalError) {
        guard let file = try PageFile(directory) else { return }
        let transaction = try beginReading()
        defer { mdb_txn_abort(transaction) }
        for _ in 0..<1000 {
            let number = UInt64(mdb_txn_id(transaction))
            if let meta = try file.metas().first(where: { $0.transaction == number }) {
                var walk = PageWalk(
                    file, meta, budget: budget, tables: LMDBTables.flags)
                return try walk.run()
            }
            // Two commits since then have replaced this snapshot's meta page.
            mdb_txn_reset(transaction)
            do { try check(mdb_txn_renew(transaction)) } catch { throw located(error) }
        }
        // A writer that commits this fast has checked the same pages when it opened them.
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
        case .noSpace, .quota, .fileTooLarge: return .diskFull(directory.path, code)
        // LMDB reports a short write, which is how a disk fills up, as an input/output error.
        case .inputOutput:
            if DiskWatch.isAtFileLimit(directory.dataSize) {
                return .diskFull(directory.path, .fileTooLarge)
            }
            let free = DiskWatch.freeBytes(directory.path) ?? .max
            return free < 1 << 20 ? .diskFull(directory.path, code) : .io(directory.path, code)
        case .mapFull, .mapResized: return .mapFull(directory.path)
        case .corrupted, .pageNotFound: return .damaged(directory.path, code.description)
        case .panic: return .io(directory.path, code)
        case .tooManyFiles, .tooManyFilesOfAll:
            return .notPermitted(directory.path, "\(code); raise the limit with `ulimit -n`")
        default: return error
        }
    }
}
