import CLMDB
import LedgerDomain
import LedgerEvents
import Synchronization

/// The journal in a directory. It is closed and its files are unlocked when nothing refers to it or
/// its readers.
// Sendable unchecked: hasher and watch are used only inside a write transaction, which LMDB gives
// to one thread at a time; everything else is constant or has its own lock.
public final class LMDBJournal: Journal, @unchecked Sendable {
    public enum Mode: Hashable, Sendable {
        /// Never writes an event; works while another process writes.
        case readOnly
        case readWrite
    }

    let environment: LMDBEnvironment
    let tables: LMDBTables
    let wake: WakePage
    public let durability: Durability
    let hasher = ChainHasher()
    private var watch: DiskWatch
    let sequencer = Mutex(Sequencer())
    let segments: (any SegmentStore)?

    /// The lease, while this journal holds it.
    struct Sequencer: ~Copyable {
        var lock: LeaseLock?
        var fencing: UInt64?
    }

    public var path: String { environment.directory.path }

    /// Creates an empty journal; completes one whose creation was interrupted.
    ///
    /// - Parameter diskReserve: bytes that stay free for the halt; see `DiskWatch`.
    /// - Throws: `.alreadyExists`, `.lost`, `.notEmpty`, `.remoteFileSystem` and what opening throws.
    public static func create(
        directory path: String, durability: Durability = .durable,
        diskReserve: Int = DiskWatch.standardReserve
    ) throws(JournalError) -> LMDBJournal {
        let directory = JournalDirectory(path: path)
        try directory.make()
        let claim = try OpenDirectories.Claim(directory)
        try directory.prepareForCreation()
        // Opening changes the lock file.
        let trace = directory.trace()
        let environment = try LMDBEnvironment(directory, claim, readOnly: false)
        try checkVirgin(environment)
        if let trace { throw .lost(path, trace) }
        let tables = try environment.write { (transaction) throws(JournalError) in
            try LMDBTables(creatingIn: transaction, path: path)
        }
        try directory.sync()
        return LMDBJournal(environment, tables, durability, diskReserve)
    }

    private static func checkVirgin(_ environment: LMDBEnvironment) throws(JournalError) {
        let path = environment.directory.path
        do {
            _ = try environment.openTables { (transaction) throws(JournalError) in
                try LMDBTables(openingIn: transaction, path: path)
            }
        } catch .incomplete {
            return
        }
        throw .alreadyExists(path)
    }

    /// Opens what `create` made.
    ///
    /// - Parameter segments: opens the segments of a directory, which may hold older events;
    ///   without it those events are missing.
    /// - Throws: `.notFound`, `.notAJournal`, `.incomplete`, `.lost`, `.newerFormat`, `.remoteFileSystem`,
    ///   `.alreadyOpen`, `.notPermitted` (readers write the lock file too), `.damaged`.
    public static func open(
        directory path: String, mode: Mode = .readWrite, durability: Durability = .durable,
        diskReserve: Int = DiskWatch.standardReserve,
        segments: (String) -> (any SegmentStore)? = { _ in nil }
    ) throws(JournalError) -> LMDBJournal {
        let directory = JournalDirectory(path: path)
        try directory.checkForOpening()
        let claim = try OpenDirectories.Claim(directory)
        let trace = directory.trace()
        let environment = try LMDBEnvironment(directory, claim, readOnly: mode == .readOnly)
        let tables: LMDBTables
        do throws(JournalError) {
            tables = try environment.openTables { (transaction) throws(JournalError) in
                try LMDBTables(openingIn: transaction, path: path)
            }
        } catch {
            guard let trace, error == .incomplete(path) else { throw error }
            throw .lost(path, trace)
        }
        return LMDBJournal(environment, tables, durability, diskReserve, segments(path))
    }

    private init(
        _ environment: LMDBEnvironment, _ tables: LMDBTables, _ durability: Durability,
        _ diskReserve: Int, _ segments: (any SegmentStore)? = nil
    ) {
        self.segments = segments
        self.environment = environment
        self.tables = tables
        self.durability = durability
        wake = WakePage(mapping: environment.directory.wake)
        watch = DiskWatch(path: environment.directory.path, reserve: diskReserve)
        if durability == .bulk { environment.setUnsynced(true) }
    }

    // MARK: Head

    public var head: Head {
        get throws(JournalError) {
            try environment.read { (transaction) throws(JournalError) in
                try head(in: transaction)
            }
        }
    }

    func head(
        in transaction: borrowing some LMDBTransaction & ~Copyable
    ) throws(JournalError) -> Head {
        let cursor = try transaction.cursor(tables.blocks)
        guard let last = try cursor.move(MDB_LAST) else { return .empty }
        do throws(BlockError) {
            let header = try BlockHeader(last.value)
            let sequence = SequenceNumber(header.nextSequence.number - 1)
            return Head(lastSequence: sequence, link: header.link)
        } catch {
            let first = last.number
            throw .corruptBlock(
                SequenceNumber(first), error,
                goodThrough: SequenceNumber(first == 0 ? 0 : first - 1))
        }
    }

    // MARK: Appending

    public func append(_ batch: inout Batch, _ rows: CommitRows) throws(JournalError) {
        if batch.isEmpty && rows.isEmpty { return }
        let fencing = sequencer.withLock { $0.fencing }
        try environment.write { (transaction) throws(JournalError) in
            try checkFencing(fencing, transaction)
            let head = try head(in: transaction)
            guard batch.firstSequence == head.lastSequence.next else {
                throw .conflict(expected: batch.firstSequence, found: head.lastSequence.next)
            }
            if !rows.isHalt { try admit(bytes: batch.byteCount + rows.byteCount) }
            try put(rows, batch.firstSequence..<batch.nextSequence, transaction)
            try put(&batch, after: head.link, transaction)
        }
        wake.publish(SequenceNumber(batch.nextSequence.number - 1))
    }

    /// Call it only inside a write transaction.
    func admit(bytes: Int) throws(JournalError) { try watch.admit(bytes: bytes) }

    private func checkFencing(
        _ held: UInt64?, _ transaction: borrowing WriteTransaction
    ) throws(JournalError) {
        guard let held else { return }
        let current = try MetaRow.fencing.number(transaction, tables)
        guard current == held else { throw .fenced(held: held, current: current) }
    }

    private func put(
        _ batch: inout Batch, after link: ChainLink, _ transaction: borrowing WriteTransaction
    ) throws(JournalError) {
        var previous = link
        for index in batch.blocks.indices {
            let first = batch.blocks[index].summary.firstSequence.number
            let bytes = batch.seal(index) { header, payload in
                previous = hasher.link(after: previous, header: header, payload: payload)
                return previous
            }
            try transaction.put(tables.blocks, first, bytes, flags: MDB_APPEND)
        }
    }

    public func flush() throws(JournalError) { try environment.sync() }

    /// Makes a commit durable in every mode.
    func syncIfBulk() throws(JournalError) {
        if durability == .bulk { try environment.sync() }
    }

    // MARK: Reading

    public func reader(
        from: SequenceNumber, through: SequenceNumber?, filter: EventFilter,
        direction: ReadDirection
    ) throws(JournalError) -> BlockReader {
        let store = try LMDBBlockSource(environment, tables.blocks)
        let source: any BlockSource =
            if let segments { SealedBlockSource(store, segments) } else { store }
        return BlockReader(
            source, from: from, through: through, filter: filter, direction: direction)
    }

    public func waitForEvents(
        after sequence: SequenceNumber, timeout: Nanoseconds
    ) throws(JournalError) -> Bool {
        try wake.isWoken(by: .events, within: timeout) { () throws(JournalError) in
            try head.lastSequence > sequence
        }
    }

    // MARK: Watches

    /// The readers that hold a snapshot, in all processes.
    public func readerLag() -> [ReaderLag] {
        let last = environment.info.lastTransaction
        return environment.readerLines().compactMap { ReaderLag(line: $0, lastTransaction: last) }
    }

    public func diskUse() -> DiskUse {
        let info = environment.info
        return DiskUse(
            free: DiskWatch.freeBytes(path) ?? 0, reserve: watch.reserve,
            mapUsed: environment.directory.dataSize ?? 0, mapSize: info.mapSize)
    }
}

extension LMDBJournal {
    /// Checks all of LMDB's pages, also those that opening a large journal does not read. Works while
    /// another process writes.
    ///
    /// - Throws: `.damaged`, `.io`.
    public func verifyPages() throws(JournalError) { try environment.checkPages(budget: nil) }
}
