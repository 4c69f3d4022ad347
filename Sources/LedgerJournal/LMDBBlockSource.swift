import CLMDB
import LedgerDomain

/// Reads blocks in place from the map, through a snapshot that is reset and renewed but never
/// reopened.
final class LMDBBlockSource: BlockSource {
    private let environment: LMDBEnvironment
    private let transaction: OpaquePointer
    private let cursor: LMDBCursor
    private var isActive = true

    init(_ environment: LMDBEnvironment, _ table: MDB_dbi) throws(JournalError) {
        let transaction = try environment.beginReading()
        var opened: OpaquePointer?
        let code = mdb_cursor_open(transaction, table, &opened)
        guard let opened else {
            mdb_txn_abort(transaction)
            throw .store(LMDBError(code: code))
        }
        self.environment = environment
        self.transaction = transaction
        cursor = LMDBCursor(raw: opened)
        release()
    }

    // A cursor may be closed after its snapshot.
    deinit { mdb_txn_abort(transaction) }

    func release() {
        guard isActive else { return }
        mdb_txn_reset(transaction)
        isActive = false
    }

    func seek(atOrBefore sequence: SequenceNumber) throws(JournalError) -> StoredBlock? {
        do {
            try renew()
            return try cursor.seek(atOrBefore: sequence.number).map(Self.block)
        } catch {
            throw environment.located(error)
        }
    }

    func step(_ direction: ReadDirection) throws(JournalError) -> StoredBlock? {
        do {
            return try cursor.move(direction == .forward ? MDB_NEXT : MDB_PREV).map(Self.block)
        } catch {
            throw environment.located(error)
        }
    }

    private func renew() throws(JournalError) {
        guard !isActive else { return }
        try check(mdb_txn_renew(transaction))
        isActive = true
        try check(mdb_cursor_renew(transaction, cursor.raw))
    }

    @inline(__always)
    private static func block(_ entry: LMDBCursor.Entry) -> StoredBlock {
        StoredBlock(first: SequenceNumber(entry.number), bytes: entry.value)
    }
}
