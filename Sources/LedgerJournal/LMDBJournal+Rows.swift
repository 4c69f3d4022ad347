import CLMDB
import LedgerDomain
import LedgerEvents

extension LMDBJournal {
    /// Writes a commit's rows.
    ///
    /// - Parameter events: the events of the batch; a deduplication row must name one of them.
    func put(
        _ rows: CommitRows, _ events: Range<SequenceNumber>,
        _ transaction: borrowing WriteTransaction
    ) throws(JournalError) {
        for row in rows.deduplication { try put(row, events, transaction) }
        for checkpoint in rows.checkpoints { try put(checkpoint, transaction) }
        for consumed in rows.consumedInbox { try consume(consumed, transaction) }
    }

    // MARK: Deduplication

    private func put(
        _ row: DeduplicationRow, _ events: Range<SequenceNumber>,
        _ transaction: borrowing WriteTransaction
    ) throws(JournalError) {
        guard events.contains(row.sequence) else {
            throw .invalidRow("input \(row.key) names event \(row.sequence), not one of the batch")
        }
        let key = try DeduplicationRow.tableKey(producer: row.producer, key: row.key)
        if let sequence = try existing(row.key, key, transaction) {
            throw .duplicate(producer: row.producer, key: row.key, sequence: sequence)
        }
        try transaction.put(tables.deduplication, key, Row.sealed(row.body, key: key))
    }

    private func existing(
        _ wanted: DeduplicationKey, _ key: [UInt8],
        _ transaction: borrowing some LMDBTransaction & ~Copyable
    ) throws(JournalError) -> SequenceNumber? {
        guard let row = try transaction.value(tables.deduplication, key) else { return nil }
        do {
            guard let body = Row.body(of: row, key: key) else { throw StateError("checksum") }
            return try DeduplicationRow.sequence(in: body, for: wanted)
        } catch {
            throw .damagedRow(table: "deduplication", key: wanted.description)
        }
    }

    public func deduplicated(
        producer: String, key: DeduplicationKey
    ) throws(JournalError) -> SequenceNumber? {
        let tableKey = try DeduplicationRow.tableKey(producer: producer, key: key)
        return try environment.read { (transaction) throws(JournalError) in
            try existing(key, tableKey, transaction)
        }
    }

    // MARK: Checkpoints

    private func put(
        _ checkpoint: StateCheckpoint, _ transaction: borrowing WriteTransaction
    ) throws(JournalError) {
        let key = try StateCheckpoint.tableKey(name: checkpoint.name, sequence: checkpoint.sequence)
        try transaction.put(tables.checkpoints, key, Row.sealed(checkpoint.body, key: key))
    }

    public func storeCheckpoint(_ checkpoint: StateCheckpoint) throws(JournalError) {
        try environment.write { (transaction) throws(JournalError) in
            try admit(bytes: checkpoint.bytes.count)
            try put(checkpoint, transaction)
        }
    }

    public func checkpoint(
        name: String, atOrBefore sequence: SequenceNumber
    ) throws(JournalError) -> StateCheckpoint? {
        let prefix = try StateCheckpoint.prefix(name)
        let key = try StateCheckpoint.tableKey(name: name, sequence: sequence)
        return try environment.read { (transaction) throws(JournalError) in
            let cursor = try transaction.cursor(tables.checkpoints)
            var entry = try cursor.seek(key)
            if entry.map({ !$0.key.elementsEqual(key) }) ?? false {
                entry = try cursor.move(MDB_PREV)
            }
            if entry == nil { entry = try cursor.move(MDB_LAST) }
            // At the beginning of the table there is no previous entry, and the last entry belongs
            // to another fold or is a later one of this fold.
            while let found = entry,
                let at = StateCheckpoint.sequence(in: found.key, prefix: prefix), at <= sequence
            {
                let foundKey = [UInt8](found.key)
                if let body = Row.body(of: found.value, key: foundKey),
                    let checkpoint = StateCheckpoint(name: name, sequence: at, body: body)
                {
                    return checkpoint
                }
                entry = try cursor.move(MDB_PREV)
            }
            return nil
        }
    }

    public func checkpoints(name: String) throws(JournalError) -> [SequenceNumber] {
        try environment.read { (transaction) throws(JournalError) in
            try checkpoints(name, transaction)
        }
    }

    private func checkpoints(
        _ name: String, _ transaction: borrowing some LMDBTransaction & ~Copyable
    ) throws(JournalError) -> [SequenceNumber] {
        let prefix = try StateCheckpoint.prefix(name)
        let cursor = try transaction.cursor(tables.checkpoints)
        var result: [SequenceNumber] = []
        var entry = try cursor.seek(prefix)
        while let found = entry, let at = StateCheckpoint.sequence(in: found.key, prefix: prefix) {
            result.append(at)
            entry = try cursor.move(MDB_NEXT)
        }
        return result
    }

    public func removeCheckpoints(
        name: String, keeping: (SequenceNumber) -> Bool
    ) throws(JournalError) {
        try environment.write { (transaction) throws(JournalError) in
            for sequence in try checkpoints(name, transaction) where !keeping(sequence) {
                let key = try StateCheckpoint.tableKey(name: name, sequence: sequence)
                try transaction.delete(tables.checkpoints, key)
            }
        }
    }
}
