import LedgerDomain
import LedgerEvents
import LedgerJournal
import Testing

/// What every journal does, whatever it keeps its events in.
@Suite struct JournalConformance {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: JournalKind.allCases)
    func `a new journal is empty`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        #expect(try journal.head == .empty)
        #expect(try journal.sequences().isEmpty)
        #expect(try journal.blocks(from: .max, .backward).isEmpty)
        #expect(try journal.verifyChain() == .empty)
    }

    @Test(arguments: JournalKind.allCases)
    func `what was appended is read back in order`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        for count in [1, 2, 700, 3] { try journal.commitTrades(count) }
        #expect(try journal.sequences() == Array(1...706))
        #expect(try journal.head.lastSequence == SequenceNumber(706))
        #expect(try journal.verifyChain() == journal.head)
    }

    @Test func `both implementations write the same bytes`() throws {
        let journals = try JournalKind.allCases.map { try $0.make(directory) }
        for journal in journals {
            for count in [1, 400, 7] { try journal.commitTrades(count) }
        }
        #expect(try journals[0].bytes() == journals[1].bytes())
        #expect(try journals[0].head == journals[1].head)
    }

    @Test(arguments: JournalKind.allCases)
    func `a batch that does not begin after the head is a conflict`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        try journal.commitTrades(5)
        let before = try journal.head
        for first in [1, 5, 7] as [UInt64] {
            var batch = Batch(next: SequenceNumber(first))
            try batch.appendTrades(1)
            #expect(
                throws: JournalError.conflict(
                    expected: SequenceNumber(first), found: SequenceNumber(6))
            ) { try journal.append(&batch) }
        }
        #expect(try journal.head == before)
    }

    @Test(arguments: JournalKind.allCases)
    func `an empty batch without rows commits nothing`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        var batch = Batch(next: .first)
        try journal.append(&batch)
        #expect(try journal.head == .empty)
    }

    @Test(arguments: JournalKind.allCases)
    func `a range is read from the middle of a block to the middle of another`(
        _ kind: JournalKind
    ) throws {
        let journal = try kind.make(directory)
        for _ in 0..<4 { try journal.commitTrades(10) }
        #expect(try journal.sequences(from: 15, through: 25) == Array(15...25))
        #expect(try journal.sequences(from: 0, through: 1) == [1])
        #expect(try journal.sequences(from: 40) == [40])
        #expect(try journal.sequences(from: 41).isEmpty)
        #expect(try journal.blocks(from: 15, through: 25) == [11, 21])
    }

    @Test(arguments: JournalKind.allCases)
    func `blocks are read backward`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        for _ in 0..<4 { try journal.commitTrades(10) }
        #expect(try journal.blocks(from: .max, .backward) == [31, 21, 11, 1])
        #expect(try journal.blocks(from: 40, .backward) == [31, 21, 11, 1])
        #expect(try journal.blocks(from: 25, .backward) == [21, 11, 1])
        #expect(try journal.blocks(from: 25, through: 15, .backward) == [21, 11])
        #expect(try journal.blocks(from: 31, through: 31, .backward) == [31])
        #expect(try journal.blocks(from: 0, .backward).isEmpty)
    }

    @Test(arguments: JournalKind.allCases)
    func `reading goes on across many snapshots`(_ kind: JournalKind) throws {
        let journal =
            kind == .memory
            ? MemoryJournal()
            : try LMDBJournal.create(directory: directory.journal, durability: .bulk) as any Journal
        for _ in 0..<2500 { try journal.commitTrades(2) }
        #expect(try journal.sequences() == Array(1...5000))
        #expect(try journal.blocks(from: .max, .backward).count == 2500)
    }

    @Test(arguments: JournalKind.allCases)
    func `a filter skips the blocks that cannot match`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        for instrument in 1...6 as ClosedRange<UInt32> {
            try journal.commitTrades(10, instrument: instrument)
        }
        let third = EventFilter(instrument: InstrumentID(3))
        #expect(try journal.blocks(from: 1, filter: third) == [21])
        #expect(try journal.sequences(filter: third) == Array(21...30))
        let times = EventFilter(
            since: Timestamp(nanoseconds: 15), until: Timestamp(nanoseconds: 16))
        #expect(try journal.sequences(filter: times) == [15, 16])
        #expect(try journal.sequences(filter: EventFilter([.quote])).isEmpty)
    }

    @Test(arguments: JournalKind.allCases)
    func `a body that returns false stops the reading`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        try journal.commitTrades(10)
        var seen = 0
        try journal.forEachRecord(from: .first) { _ in
            seen += 1
            return seen < 4
        }
        #expect(seen == 4)
    }

    @Test(arguments: JournalKind.allCases)
    func `a reader at the end goes on when events are appended`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let reader = try journal.reader(from: .first)
        #expect(try reader.next()?.header.firstSequence == nil)
        for first in [1, 4, 7] as [UInt64] {
            try journal.commitTrades(3)
            #expect(try reader.next()?.header.firstSequence.number == first)
            #expect(try reader.next()?.header.firstSequence == nil)
            reader.release()
        }
    }

    @Test(arguments: JournalKind.allCases)
    func `a waiter is woken by a commit`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        #expect(try !journal.waitForEvents(after: .none, timeout: .zero))
        let writer = Background { _ = try? journal.commitTrades(3) }
        while try !journal.waitForEvents(after: SequenceNumber(2), timeout: .second) {}
        writer.join()
        #expect(try journal.head.lastSequence == SequenceNumber(3))
    }

    @Test(arguments: JournalKind.allCases)
    func `a reader sees every event while a writer appends`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let commits = 200
        let writer = Background {
            for index in 0..<commits { _ = try? journal.commitTrades(1 + index % 40) }
        }
        let total = (0..<commits).reduce(0) { $0 + 1 + $1 % 40 }
        var next: UInt64 = 1
        let reader = try journal.reader(from: .first)
        while next <= total {
            while let block = try reader.next() {
                #expect(block.header.firstSequence.number == next)
                next = block.header.nextSequence.number
            }
            _ = try journal.waitForEvents(after: SequenceNumber(next - 1), timeout: .second)
        }
        writer.join()
        #expect(next == UInt64(total) + 1)
    }
}
