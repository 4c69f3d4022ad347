import CLMDB
import LedgerEvents

/// A journal's tables in its environment:
///
///     meta            text → row             format, lease and inbox counters
///     blocks          first sequence → block
///     deduplication   `DeduplicationRow`
///     checkpoints     `StateCheckpoint`
///     inbox           ticket → `Submission`
///     receipts        ticket → `Receipt`
///
/// Sequence numbers and tickets as keys are eight native bytes in LMDB's integer order. Every value
/// except a block and the format marker is a `Row`.
struct LMDBTables: Sendable {
    let meta: MDB_dbi
    let blocks: MDB_dbi
    let deduplication: MDB_dbi
    let checkpoints: MDB_dbi
    let inbox: MDB_dbi
    let receipts: MDB_dbi

    /// LMDB's table of tables, which follows its list of free pages.
    private static let names: MDB_dbi = 1

    /// The newest format of directory and tables that this program reads, and the one that it
    /// writes.
    static let format: UInt32 = 1
    /// The marker, read before anything else: these four bytes and the format (4, little-endian).
    private static let magic: [UInt8] = Array("LGRJ".utf8)
    private static let formatKey: [UInt8] = Array("format".utf8)

    /// The tables by name, with LMDB's flags of each.
    static let flags: [String: UInt16] = [
        "meta": 0, "blocks": PageTable.integerKeys, "deduplication": 0, "checkpoints": 0,
        "inbox": PageTable.integerKeys, "receipts": PageTable.integerKeys,
    ]

    /// - Throws: `.alreadyExists` when another process was first.
    init(
        creatingIn transaction: borrowing WriteTransaction, path: String
    ) throws(JournalError) {
        guard try transaction.count(Self.names) == 0 else { throw .alreadyExists(path) }
        meta = try transaction.create("meta", 0)
        blocks = try transaction.create("blocks", MDB_INTEGERKEY)
        deduplication = try transaction.create("deduplication", 0)
        checkpoints = try transaction.create("checkpoints", 0)
        inbox = try transaction.create("inbox", MDB_INTEGERKEY)
        receipts = try transaction.create("receipts", MDB_INTEGERKEY)
        let marker = Self.magic + (0..<4).map { UInt8(truncatingIfNeeded: Self.format >> (8 * $0)) }
        try transaction.put(meta, Self.formatKey, marker)
    }

    /// - Throws: `.incomplete` for an environment without any table, `.notAJournal` for a foreign
    ///   one,
    ///   `.newerFormat`.
    init(
        openingIn transaction: borrowing ReadTransaction, path: String
    ) throws(JournalError) {
        meta = try Self.checkedMeta(transaction, path: path)
        func table(_ name: String, _ flags: Int32) throws(JournalError) -> MDB_dbi {
            guard let table = try transaction.table(name, flags) else {
                throw .damaged(path, "the table \(name) is missing")
            }
            return table
        }
        blocks = try table("blocks", MDB_INTEGERKEY)
        deduplication = try table("deduplication", 0)
        checkpoints = try table("checkpoints", 0)
        inbox = try table("inbox", MDB_INTEGERKEY)
        receipts = try table("receipts", MDB_INTEGERKEY)
    }

    private static func checkedMeta(
        _ transaction: borrowing ReadTransaction, path: String
    ) throws(JournalError) -> MDB_dbi {
        if try transaction.count(names) == 0 { throw .incomplete(path) }
        guard let meta = try transaction.table("meta", 0),
            let marker = try transaction.value(meta, formatKey),
            marker.count == 8, marker.starts(with: magic)
        else { throw .notAJournal(path, "data.mdb is an LMDB file of another program") }
        let found = UInt32(
            littleEndian: marker.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        guard found <= format else { throw .newerFormat(path, found: found, supported: format) }
        return meta
    }
}

/// The named rows of the table `meta`.
enum MetaRow: String {
    case fencing = "lease.fencing"
    case holder = "lease.holder"
    case lastTicket = "inbox.ticket"

    private var key: [UInt8] { Array(rawValue.utf8) }

    private func body(
        _ transaction: borrowing some LMDBTransaction & ~Copyable, _ tables: LMDBTables
    ) throws(JournalError) -> [UInt8]? {
        guard let row = try transaction.value(tables.meta, key) else { return nil }
        guard let body = Row.body(of: row, key: key) else {
            throw .damagedRow(table: "meta", key: rawValue)
        }
        return body
    }

    /// 0 when it was never written.
    func number(
        _ transaction: borrowing some LMDBTransaction & ~Copyable, _ tables: LMDBTables
    ) throws(JournalError) -> UInt64 {
        guard let body = try body(transaction, tables) else { return 0 }
        var reader = StateReader(body)
        guard let number = try? reader.read(UInt64.self) else {
            throw .damagedRow(table: "meta", key: rawValue)
        }
        return number
    }

    func text(
        _ transaction: borrowing some LMDBTransaction & ~Copyable, _ tables: LMDBTables
    ) throws(JournalError) -> String {
        String(decoding: try body(transaction, tables) ?? [], as: UTF8.self)
    }

    func put(
        _ number: UInt64, _ transaction: borrowing WriteTransaction, _ tables: LMDBTables
    ) throws(JournalError) {
        var writer = StateWriter()
        writer.write(number)
        try transaction.put(tables.meta, key, Row.sealed(writer.bytes, key: key))
    }

    func put(
        _ text: String, _ transaction: borrowing WriteTransaction, _ tables: LMDBTables
    ) throws(JournalError) {
        try transaction.put(tables.meta, key, Row.sealed(Array(text.utf8), key: key))
    }
}
