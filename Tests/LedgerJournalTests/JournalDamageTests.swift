import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerJournal

/// Bytes that changed behind the journal's back.
@Suite struct JournalDamage {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.journal }

    /// Three commits of instruments 1, 2 and 3 with 1,000 trades each, then bits flipped at
    /// `event`.
    private func damagedJournal(at event: UInt64) throws -> LMDBJournal {
        do {
            let journal = try LMDBJournal.create(directory: path)
            for instrument in 1...3 as ClosedRange<UInt32> {
                try journal.commitTrades(1000, instrument: instrument)
            }
        }
        try damage(path + "/data.mdb", at: marker(event))
        return try LMDBJournal.open(directory: path, mode: .readOnly)
    }

    @Test func `a damaged block is named with the last intact event`() throws {
        let journal = try damagedJournal(at: 1500)
        let starts = try journal.blocks(from: 1, filter: EventFilter(instrument: InstrumentID(3)))
        #expect(starts == [2001, 2339, 2677])
        let bad = JournalError.corruptBlock(
            SequenceNumber(1339), .payloadChecksum, goodThrough: SequenceNumber(1338))
        #expect(throws: bad) { try journal.sequences() }
        #expect(throws: bad) { try journal.verifyChain() }
        #expect(throws: bad) { try journal.blocks(from: .max, .backward) }
        #expect(try journal.sequences(through: 1338) == Array(1...1338))
    }

    @Test func `the payload of a skipped block is not read`() throws {
        let journal = try damagedJournal(at: 1500)
        let first = EventFilter(instrument: InstrumentID(1))
        #expect(try journal.sequences(filter: first) == Array(1...1000))
        let third = EventFilter(instrument: InstrumentID(3))
        #expect(try journal.sequences(filter: third) == Array(2001...3000))
    }

    @Test func `reading goes on after a damaged block`() throws {
        let journal = try damagedJournal(at: 1500)
        let blocks = blocksAround(try journal.reader(from: .first))
        #expect(blocks == [1, 339, 677, 1001, nil, 1677, 2001, 2339, 2677])
    }

    @Test func `every flipped bit of a block is detected`() throws {
        let journal = MemoryJournal()
        try journal.commitTrades(3)
        var bytes = try journal.bytes()
        #expect(bytes.count == BlockHeader.size + 3 * 48)
        for bit in 0..<bytes.count * 8 {
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: BlockError.self) { try bytes.withUnsafeBytes { _ = try Block($0) } }
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        #expect(try bytes.withUnsafeBytes { try Block($0).header.count } == 3)
    }

    @Test func `a missing block is named`() throws {
        let journal = try LMDBJournal.create(directory: path)
        for _ in 0..<4 { try journal.commitTrades(10) }
        try journal.environment.write { (transaction) throws(JournalError) in
            _ = try transaction.delete(journal.tables.blocks, 21 as UInt64)
        }
        let forward = JournalError.missingEvents(
            expected: SequenceNumber(21), found: SequenceNumber(31))
        #expect(throws: forward) { try journal.sequences() }
        #expect(throws: forward) { try journal.sequences(from: 25) }
        #expect(throws: forward) { try journal.blocks(from: 25, .backward) }
        #expect(throws: JournalError.self) { try journal.blocks(from: .max, .backward) }
        #expect(try journal.sequences(from: 31) == Array(31...40))
        #expect(blocksAround(try journal.reader(from: .first)) == [1, 11, nil, 31])
        let reader = try journal.reader(from: SequenceNumber(40), direction: .backward)
        #expect(blocksAround(reader) == [31, nil, 11, 1])
        #expect(blocksAround(try journal.reader(from: SequenceNumber(25))) == [nil, 31])
    }

    /// The blocks that a reader gives, nil for each error.
    private func blocksAround(_ reader: BlockReader) -> [UInt64?] {
        var result: [UInt64?] = []
        while true {
            do {
                guard let block = try reader.next() else { return result }
                result.append(block.header.firstSequence.number)
            } catch {
                result.append(nil)
            }
        }
    }

    @Test func `a missing beginning is named`() throws {
        let journal = try LMDBJournal.create(directory: path)
        for _ in 0..<2 { try journal.commitTrades(10) }
        try journal.environment.write { (transaction) throws(JournalError) in
            _ = try transaction.delete(journal.tables.blocks, 1 as UInt64)
        }
        #expect(throws: JournalError.missingEvents(expected: .first, found: SequenceNumber(11))) {
            try journal.sequences()
        }
        #expect(
            throws: JournalError.missingEvents(expected: SequenceNumber(10), found: .none)
        ) { try journal.blocks(from: .max, .backward) }
    }

    @Test func `a block replaced by a valid one breaks the chain`() throws {
        let journal = try LMDBJournal.create(directory: path)
        let other = MemoryJournal()
        for _ in 0..<3 { try journal.commitTrades(10) }
        for instrument in [1, 9] as [UInt32] {
            try other.commitTrades(10, instrument: instrument)
        }
        let forged = try other.bytes().suffix(BlockHeader.size + 480)
        try journal.environment.write { (transaction) throws(JournalError) in
            try transaction.put(journal.tables.blocks, 11 as UInt64, Array(forged))
        }
        #expect(try journal.sequences() == Array(1...30))
        let error = JournalError.brokenChain(
            SequenceNumber(21), goodThrough: SequenceNumber(20))
        #expect(throws: error) { try journal.verifyChain() }
        #expect(throws: error) { try journal.verifyChain(from: SequenceNumber(25)) }
    }

    @Test func `a damaged checkpoint is skipped`() throws {
        let journal = try LMDBJournal.create(directory: path)
        for sequence in [1, 2] as [UInt64] {
            try journal.storeCheckpoint(
                StateCheckpoint(
                    name: "fold", version: 3, sequence: SequenceNumber(sequence), bytes: [1, 2]))
        }
        let key = try StateCheckpoint.tableKey(name: "fold", sequence: SequenceNumber(2))
        try overwrite(journal, journal.tables.checkpoints, key)
        let last = SequenceNumber(9)
        #expect(
            try journal.checkpoint(name: "fold", atOrBefore: last)?.sequence == .first)
        let first = try StateCheckpoint.tableKey(name: "fold", sequence: .first)
        try overwrite(journal, journal.tables.checkpoints, first)
        #expect(try journal.checkpoint(name: "fold", atOrBefore: last) == nil)
    }

    @Test func `damaged rows are named`() throws {
        let journal = try LMDBJournal.create(directory: path)
        let ticket = try journal.submit([1], submitter: "feed")
        let row = DeduplicationRow(producer: "venue", key: .counter(4), sequence: .first)
        try journal.commitTrades(1, rows: CommitRows(deduplication: [row]))
        let key = try DeduplicationRow.tableKey(producer: "venue", key: .counter(4))
        try overwrite(journal, journal.tables.deduplication, key)
        try journal.environment.write { (transaction) throws(JournalError) in
            try transaction.put(journal.tables.inbox, ticket.number, [0, 0, 0, 0, 9])
        }
        #expect(throws: JournalError.damagedRow(table: "deduplication", key: "4")) {
            try journal.deduplicated(producer: "venue", key: .counter(4))
        }
        #expect(throws: JournalError.damagedRow(table: "inbox", key: "1")) {
            try journal.pendingSubmissions(limit: 1)
        }
    }

    @Test func `rows carry the blocks' kind of checksum`() {
        let row = Row.sealed(Array("789".utf8), key: Array("123456".utf8))
        #expect(Array(row.prefix(4)) == [0x83, 0x92, 0x06, 0xE3])
    }

    private func overwrite(_ journal: LMDBJournal, _ table: UInt32, _ key: [UInt8]) throws {
        try journal.environment.write { (transaction) throws(JournalError) in
            var row: [UInt8] = []
            if let found = try transaction.value(table, key) { row = [UInt8](found) }
            row[row.count - 1] ^= 4
            try transaction.put(table, key, row)
        }
    }
}
