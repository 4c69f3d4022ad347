import LedgerDomain
import LedgerEvents
import LedgerJournal
import Testing

/// Followers take each event of their types once, in order, however often they are killed.
@Suite struct FollowerTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private struct Killed: Error {}

    /// What survives the follower: the events that it acted on, and its position.
    private final class Disk {
        var taken: [SequenceNumber] = []
        var position = SequenceNumber.none
    }

    /// Acts and keeps the position in one go, and dies before or after it.
    private struct Recorder: Follower {
        static let types: [EventType]? = [.operatorCommanded]
        let disk: Disk
        var diesAfter = Int.max
        var diesBeforeActing = false

        var position: SequenceNumber { disk.position }

        mutating func apply(_ record: Record) throws {
            diesAfter -= 1
            if diesAfter < 0, diesBeforeActing { throw Killed() }
            disk.taken.append(record.sequence)
            disk.position = record.sequence
            if diesAfter < 0 { throw Killed() }
        }

        mutating func finish(through sequence: SequenceNumber) { disk.position = sequence }
    }

    /// Trades with a command after every third.
    private func fill(_ journal: any Journal, commits: Int) throws {
        for _ in 0..<commits {
            var batch = Batch(next: try journal.head.lastSequence.next)
            for place in 0..<4 {
                if place == 3 {
                    try batch.append(
                        OperatorCommanded(actor: "ann", command: "note", argument: "x", reason: ""),
                        Envelope(time: .zero))
                } else {
                    try batch.append(
                        Trade(
                            instrument: InstrumentID(1), aggressor: .buy, price: try Price("1"),
                            size: try Quantity("1"), tradeId: 0), Envelope(time: .zero))
                }
            }
            try journal.append(&batch)
        }
    }

    private func commands(_ count: Int) -> [SequenceNumber] {
        (1...count).map { SequenceNumber(UInt64(4 * $0)) }
    }

    @Test(arguments: JournalKind.allCases)
    func `what was committed is taken once, and only its types`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let disk = Disk()
        var follower = Recorder(disk: disk)
        try follower.follow(journal)
        #expect(disk.position == .none)
        try fill(journal, commits: 3)
        for _ in 0..<2 { try follower.follow(journal) }
        #expect(disk.taken == commands(3))
        #expect(disk.position == SequenceNumber(12))
        try fill(journal, commits: 2)
        try follower.follow(journal, through: SequenceNumber(18))
        #expect(disk.taken == commands(4))
        #expect(disk.position == SequenceNumber(18))
        try follower.follow(journal)
        #expect(disk.taken == commands(5))
    }

    @Test(arguments: JournalKind.allCases, [false, true])
    func `killed at each event and started again it misses nothing and doubles nothing`(
        _ kind: JournalKind, diesBeforeActing: Bool
    ) throws {
        let journal = try kind.make(directory)
        try fill(journal, commits: 12)
        for moment in 0..<12 {
            let disk = Disk()
            var first = Recorder(
                disk: disk, diesAfter: moment, diesBeforeActing: diesBeforeActing)
            #expect(throws: Killed.self) { try first.follow(journal) }
            var second = Recorder(disk: disk, diesAfter: 1)
            do { try second.follow(journal) } catch is Killed {}
            var third = Recorder(disk: disk)
            try third.follow(journal)
            #expect(disk.taken == commands(12), "killed at \(moment)")
        }
    }

    /// Takes everything, and notes the blocks that it lies in.
    private struct Everything: Follower {
        static let types: [EventType]? = nil
        static let takesAsWritten = true
        var position = SequenceNumber.none
        var blocks: [SequenceNumber] = []
        var taken: [SequenceNumber] = []

        mutating func enter(_ block: BlockHeader) { blocks.append(block.firstSequence) }
        mutating func apply(_ record: Record) { taken.append(record.sequence) }
        mutating func finish(through sequence: SequenceNumber) { position = sequence }
    }

    @Test(arguments: JournalKind.allCases)
    func `a follower of everything begins inside a block and sees each block`(
        _ kind: JournalKind
    ) throws {
        let journal = try kind.make(directory)
        try fill(journal, commits: 3)
        var follower = Everything(position: SequenceNumber(2))
        try follower.follow(journal)
        #expect(follower.taken.map(\.number) == Array(3...12))
        #expect(follower.blocks.map(\.number) == [1, 5, 9])
    }
}
