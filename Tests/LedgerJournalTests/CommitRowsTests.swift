import LedgerDomain
import LedgerEvents
import LedgerJournal
import Testing

/// The rows that are committed together with a batch.
@Suite struct CommitRowsTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func row(_ key: DeduplicationKey, _ sequence: UInt64) -> DeduplicationRow {
        DeduplicationRow(producer: "venue", key: key, sequence: SequenceNumber(sequence))
    }

    private func execution(_ name: String) -> DeduplicationKey {
        .identifier(name, at: Timestamp(nanoseconds: -5))
    }

    @Test(arguments: JournalKind.allCases)
    func `an input is found by its identifier`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        try journal.commitTrades(
            2, rows: CommitRows(deduplication: [row(execution("a"), 1), row(execution("b"), 2)]))
        #expect(
            try journal.deduplicated(producer: "venue", key: execution("b")) == SequenceNumber(2))
        #expect(try journal.deduplicated(producer: "venue", key: execution("c")) == nil)
        #expect(try journal.deduplicated(producer: "other", key: execution("a")) == nil)
    }

    @Test(arguments: JournalKind.allCases)
    func `a repeated input is a duplicate and commits nothing`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        try journal.commitTrades(1, rows: CommitRows(deduplication: [row(execution("a"), 1)]))
        let before = try journal.head
        let rows = CommitRows(
            deduplication: [row(execution("b"), 2), row(execution("a"), 2)],
            checkpoints: [
                StateCheckpoint(name: "fold", version: 1, sequence: SequenceNumber(2), bytes: [])
            ])
        #expect(
            throws: JournalError.duplicate(
                producer: "venue", key: execution("a"), sequence: SequenceNumber(1))
        ) { try journal.commitTrades(1, rows: rows) }
        #expect(try journal.head == before)
        #expect(try journal.deduplicated(producer: "venue", key: execution("b")) == nil)
        #expect(try journal.checkpoints(name: "fold").isEmpty)
    }

    @Test(arguments: JournalKind.allCases)
    func `one input twice in a commit is a duplicate`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let rows = CommitRows(deduplication: [row(.counter(1), 1), row(.counter(1), 2)])
        #expect(
            throws: JournalError.duplicate(
                producer: "venue", key: .counter(1), sequence: SequenceNumber(1))
        ) { try journal.commitTrades(2, rows: rows) }
        #expect(try journal.head == .empty)
    }

    @Test(arguments: JournalKind.allCases)
    func `a counter takes every number up to its last`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        try journal.commitTrades(1, rows: CommitRows(deduplication: [row(.counter(7), 1)]))
        try journal.commitTrades(1, rows: CommitRows(deduplication: [row(.counter(9), 2)]))
        let second = SequenceNumber(2)
        #expect(try journal.deduplicated(producer: "venue", key: .counter(9)) == second)
        #expect(try journal.deduplicated(producer: "venue", key: .counter(3)) == second)
        #expect(try journal.deduplicated(producer: "venue", key: .counter(10)) == nil)
        #expect(
            throws: JournalError.duplicate(
                producer: "venue", key: .counter(8), sequence: second)
        ) {
            try journal.commitTrades(1, rows: CommitRows(deduplication: [row(.counter(8), 3)]))
        }
    }

    @Test(arguments: JournalKind.allCases)
    func `rows that cannot be written are refused`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let long = String(repeating: "x", count: 301)
        let bad = [
            CommitRows(deduplication: [row(.counter(1), 3)]),
            CommitRows(deduplication: [row(execution(long), 1)]),
            CommitRows(deduplication: [
                DeduplicationRow(producer: "", key: .counter(1), sequence: .first)
            ]),
            CommitRows(checkpoints: [
                StateCheckpoint(name: "", version: 1, sequence: .first, bytes: [])
            ]),
            CommitRows(consumedInbox: [.init(ticket: Ticket(4), receipt: .refused("none"))]),
        ]
        for rows in bad {
            let error = #expect(throws: JournalError.self) {
                try journal.commitTrades(2, rows: rows)
            }
            #expect(error?.exitCode == 2)
        }
        #expect(try journal.head == .empty)
    }

    @Test(arguments: JournalKind.allCases)
    func `the nearest checkpoint at or before a sequence number is found`(_ kind: JournalKind)
        throws
    {
        let journal = try kind.make(directory)
        for (name, sequence) in [("b", 10), ("b", 20), ("a", 15), ("c", 5)] as [(String, UInt64)] {
            try journal.storeCheckpoint(checkpoint(name, sequence))
        }
        #expect(try journal.checkpoints(name: "b").map(\.number) == [10, 20])
        for (at, found) in [(9, nil), (10, 10), (19, 10), (20, 20), (99, 20)] as [(UInt64, UInt64?)]
        {
            let nearest = try journal.checkpoint(name: "b", atOrBefore: SequenceNumber(at))
            #expect(nearest == found.map { checkpoint("b", $0) })
        }
        #expect(try journal.checkpoint(name: "d", atOrBefore: SequenceNumber(99)) == nil)
    }

    @Test(arguments: JournalKind.allCases)
    func `checkpoints are replaced and removed`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        for sequence in [10, 20, 30] as [UInt64] {
            try journal.storeCheckpoint(checkpoint("fold", sequence))
        }
        var newer = checkpoint("fold", 20)
        newer.version = 2
        newer.bytes = [9, 9]
        try journal.storeCheckpoint(newer)
        try journal.removeCheckpoints(name: "fold") { $0.number == 20 }
        #expect(try journal.checkpoints(name: "fold").map(\.number) == [20])
        #expect(
            try journal.checkpoint(name: "fold", atOrBefore: SequenceNumber(99)) == newer)
    }

    private func checkpoint(_ name: String, _ sequence: UInt64) -> StateCheckpoint {
        StateCheckpoint(
            name: name, version: 1, sequence: SequenceNumber(sequence),
            bytes: Array(repeating: UInt8(truncatingIfNeeded: sequence), count: 5000))
    }
}
