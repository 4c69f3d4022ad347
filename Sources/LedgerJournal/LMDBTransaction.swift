import CLMDB

/// A key for LMDB: eight native bytes for tables in number order, any bytes for others.
protocol LMDBKey {
    func withValue(_ body: (UnsafeMutablePointer<MDB_val>) -> Int32) -> Int32
}

extension UInt64: LMDBKey {
    @inline(__always)
    func withValue(_ body: (UnsafeMutablePointer<MDB_val>) -> Int32) -> Int32 {
        var number = self
        return withUnsafeMutableBytes(of: &number) { bytes in
            var value = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            return body(&value)
        }
    }
}

extension [UInt8]: LMDBKey {
    func withValue(_ body: (UnsafeMutablePointer<MDB_val>) -> Int32) -> Int32 {
        withUnsafeBytes { bytes in
            var value = MDB_val(bytes)
            return body(&value)
        }
    }
}

extension MDB_val {
    /// LMDB takes keys and values as mutable pointers and does not write to them.
    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer) {
        self.init(
            mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
    }

    @inline(__always)
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }
}

/// The common part of reading and writing transactions.
///
/// Returned bytes point into the map and are valid until the transaction ends or writes.
protocol LMDBTransaction: ~Copyable {
    var raw: OpaquePointer { get }
}

extension LMDBTransaction where Self: ~Copyable {
    /// - Returns: nil when the table has no such key.
    func value(
        _ table: MDB_dbi, _ key: some LMDBKey
    ) throws(JournalError) -> UnsafeRawBufferPointer? {
        var found = MDB_val()
        let code = key.withValue { mdb_get(raw, table, $0, &found) }
        if code == MDB_NOTFOUND { return nil }
        try check(code)
        return found.bytes
    }

    func cursor(_ table: MDB_dbi) throws(JournalError) -> LMDBCursor {
        var opened: OpaquePointer?
        try check(mdb_cursor_open(raw, table, &opened))
        guard let opened else { throw .store(.noMemory) }
        return LMDBCursor(raw: opened)
    }

    func count(_ table: MDB_dbi) throws(JournalError) -> Int {
        var statistics = MDB_stat()
        try check(mdb_stat(raw, table, &statistics))
        return statistics.ms_entries
    }

    /// - Returns: nil when there is no table of that name.
    func table(_ name: String, _ flags: Int32) throws(JournalError) -> MDB_dbi? {
        var table: MDB_dbi = 0
        let code = mdb_dbi_open(raw, name, UInt32(flags), &table)
        if code == MDB_NOTFOUND { return nil }
        try check(code)
        return table
    }
}

private func begin(
    _ environment: OpaquePointer, _ flags: Int32 = 0
) throws(JournalError) -> OpaquePointer {
    var begun: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, UInt32(flags), &begun))
    guard let begun else { throw .store(.noMemory) }
    return begun
}

/// A snapshot. Lives in one synchronous closure of `LMDBEnvironment.read`.
struct ReadTransaction: LMDBTransaction, ~Copyable {
    let raw: OpaquePointer

    init(_ environment: OpaquePointer) throws(JournalError) {
        raw = try begin(environment, MDB_RDONLY)
    }

    /// Ends it and keeps the table handles that it opened.
    consuming func commit() throws(JournalError) {
        let raw = self.raw
        discard self
        try check(mdb_txn_commit(raw))
    }

    deinit { mdb_txn_abort(raw) }
}

/// The transaction of the only writer: LMDB lets no other thread or process begin one before it
/// ends. Aborted unless committed. Lives in one synchronous closure of `LMDBEnvironment.write`, on
/// one thread.
struct WriteTransaction: LMDBTransaction, ~Copyable {
    let raw: OpaquePointer

    init(_ environment: OpaquePointer) throws(JournalError) {
        raw = try begin(environment)
    }

    consuming func commit() throws(JournalError) {
        let raw = self.raw
        discard self
        try check(mdb_txn_commit(raw))
    }

    deinit { mdb_txn_abort(raw) }

    func put(
        _ table: MDB_dbi, _ key: some LMDBKey, _ bytes: UnsafeRawBufferPointer, flags: Int32 = 0
    ) throws(JournalError) {
        var value = MDB_val(bytes)
        try check(key.withValue { mdb_put(raw, table, $0, &value, UInt32(flags)) })
    }

    func put(
        _ table: MDB_dbi, _ key: some LMDBKey, _ bytes: [UInt8], flags: Int32 = 0
    ) throws(JournalError) {
        let code = bytes.withUnsafeBytes { buffer in
            var value = MDB_val(buffer)
            return key.withValue { mdb_put(raw, table, $0, &value, UInt32(flags)) }
        }
        try check(code)
    }

    /// - Returns: false when there was no such key.
    @discardableResult
    func delete(_ table: MDB_dbi, _ key: some LMDBKey) throws(JournalError) -> Bool {
        let code = key.withValue { mdb_del(raw, table, $0, nil) }
        if code == MDB_NOTFOUND { return false }
        try check(code)
        return true
    }

    /// Opens a table and creates it if necessary.
    func create(_ name: String, _ flags: Int32) throws(JournalError) -> MDB_dbi {
        var table: MDB_dbi = 0
        try check(mdb_dbi_open(raw, name, UInt32(flags | MDB_CREATE), &table))
        return table
    }
}

/// A position in one table, inside its transaction.
struct LMDBCursor: ~Copyable {
    let raw: OpaquePointer

    struct Entry {
        let key: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer

        /// The key of a table in number order.
        @inline(__always)
        var number: UInt64 { key.count == 8 ? key.loadUnaligned(as: UInt64.self) : 0 }
    }

    deinit { mdb_cursor_close(raw) }

    /// - Returns: nil past either end.
    @inline(__always)
    func move(_ operation: MDB_cursor_op) throws(JournalError) -> Entry? {
        var key = MDB_val()
        var value = MDB_val()
        return try entry(mdb_cursor_get(raw, &key, &value, operation), key: key, value: value)
    }

    /// The first entry whose key is not less.
    func seek(_ wanted: some LMDBKey) throws(JournalError) -> Entry? {
        var key = MDB_val()
        var value = MDB_val()
        let code = wanted.withValue { pointer in
            key = pointer.pointee
            return mdb_cursor_get(raw, &key, &value, MDB_SET_RANGE)
        }
        return try entry(code, key: key, value: value)
    }

    /// The last entry whose key is not greater.
    func seek(atOrBefore number: UInt64) throws(JournalError) -> Entry? {
        guard let found = try seek(number) else { return try move(MDB_LAST) }
        return found.number == number ? found : try move(MDB_PREV)
    }

    @inline(__always)
    private func entry(
        _ code: Int32, key: MDB_val, value: MDB_val
    ) throws(JournalError) -> Entry? {
        if code == MDB_NOTFOUND { return nil }
        try check(code)
        return Entry(key: key.bytes, value: value.bytes)
    }
}
