import Foundation
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal
import TestSupport
import Testing

@Suite struct SegmentTests {
    /// A journal on the disk with the blocks of another.
    private static func copy(
        _ journal: MemoryJournal, to path: String
    ) throws -> LMDBJournal {
        let copy = try LMDBJournal.create(directory: path, durability: .bulk)
        let reader = try journal.reader(from: .first)
        while let block = try reader.next() { try copy.adopt([block.bytes]) }
        return copy
    }

    private static func backward(_ journal: any Journal) throws -> [[UInt8]] {
        let reader = try journal.reader(from: journal.head.lastSequence, direction: .backward)
        var found: [[UInt8]] = []
        while let block = try reader.next() { found.append(Array(block.bytes)) }
        return found.reversed()
    }

    @Test(arguments: UInt64(1)...12)
    func `a sealed journal reads as before, both ways and from everywhere`(seed: UInt64) throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: seed)
        let events = [40, 700, 9000][Int(seed % 3)]
        let memory = try random.make(events: events, most: [1, 30, 2000][Int(seed % 3)])
        let path = scratch.file("j")
        do { _ = try Self.copy(memory, to: path) }
        let journal = try SealedJournal.open(directory: path)
        let blocks = try memory.blocks()
        for _ in 0..<3 {
            let through = SequenceNumber(1 + random.next() % UInt64(events))
            let result = try SegmentSealer(journal).seal(through: through)
            #expect(result.last <= through || result.written.isEmpty)
            #expect(try journal.firstStored == result.last.next)
            #expect(try journal.blocks() == blocks)
            #expect(try Self.backward(journal) == blocks)
            #expect(try journal.verifyChain() == memory.head)
            for _ in 0..<20 {
                let from = SequenceNumber(1 + random.next() % UInt64(events))
                var found: [UInt64] = []
                try journal.forEachRecord(from: from, through: from.advanced(by: 5)) { record in
                    found.append(record.sequence.number)
                    return true
                }
                let last = min(from.number + 5, UInt64(events))
                #expect(found == Array(from.number...last))
            }
        }
    }

    @Test func `blocks written but not yet removed are read once and removed by the next run`()
        throws
    {
        let scratch = try Scratch()
        var random = RandomJournal(seed: 3)
        let memory = try random.make(events: 3000, most: 40)
        let path = scratch.file("j")
        do { _ = try Self.copy(memory, to: path) }
        let journal = try SealedJournal.open(directory: path)
        let blocks = try memory.blocks()
        let half = try BlockHeader(blocks[blocks.count / 2].withUnsafeBytes { Data($0) })
        let last = SequenceNumber(half.nextSequence.number - 1)
        // As a sealer leaves it that was killed after the segment got its name.
        try FileManager.default.createDirectory(
            atPath: "\(path)/segments", withIntermediateDirectories: false)
        _ = try ArchiveWriter("\(path)/segments/00000000000000000001.ledger.zst").write(
            journal.reader(from: .first, through: last), linkBefore: .origin)
        #expect(try journal.firstStored == .first)
        #expect(try journal.blocks() == blocks)
        let result = try SegmentSealer(journal).seal(through: last)
        #expect(result.written == [] && result.last == last)
        #expect(try journal.firstStored == last.next)
        #expect(try journal.blocks() == blocks)
    }

    @Test func `a missing and a damaged segment are named, and nothing is read past them`() throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: 4)
        let memory = try random.make(events: 3000, most: 40)
        let path = scratch.file("j")
        do { _ = try Self.copy(memory, to: path) }
        do {
            let journal = try SealedJournal.open(directory: path)
            let sealer = SegmentSealer(journal)
            for through: UInt64 in [900, 1800, 2700] {
                _ = try sealer.seal(through: SequenceNumber(through))
            }
        }
        let files = try SegmentFolder(path).files()
        #expect(files.count == 3)
        let middle = try Data(contentsOf: URL(fileURLWithPath: files[1]))
        try FileManager.default.removeItem(atPath: files[1])
        do {
            let journal = try SealedJournal.open(directory: path)
            #expect(throws: JournalError.self) { try journal.blocks() }
            #expect(throws: JournalError.self) { try Self.backward(journal) }
        }
        var damaged = middle
        damaged[middle.count / 2] ^= 4
        try damaged.write(to: URL(fileURLWithPath: files[1]))
        do {
            let journal = try SealedJournal.open(directory: path)
            #expect { try journal.blocks() } throws: { "\($0)".contains(files[1]) }
        }
        try middle.write(to: URL(fileURLWithPath: files[1]))
        let journal = try SealedJournal.open(directory: path)
        #expect(try journal.blocks() == memory.blocks())
    }
}

extension BlockHeader {
    init(_ bytes: Data) throws {
        self = try bytes.withUnsafeBytes { try BlockHeader($0) }
    }
}
