import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerRunning
import LedgerUpkeep
import TestSupport
import Testing

/// Whole streams: what was decided is decided again, and what was changed is found.
@Suite struct SampleReplayTests {
    private let journal = MemoryJournal()

    init() throws { try SampleRun().run(into: journal) }

    @Test func `memory and disk hold the same blocks`() throws {
        let run = try SampleRun()
        let disk = try LMDBJournal.create(
            directory: run.folder.path("journal"), durability: .bulk)
        let memory = MemoryJournal()
        try run.run(into: disk)
        try run.run(into: memory)
        let blocks = try disk.blocks()
        #expect(blocks.count > 100)
        #expect(try memory.blocks() == blocks)
        #expect(try memory.head == disk.verifyChain())
    }

    @Test func `checkpoints do not change what is journaled`() throws {
        let run = try SampleRun()
        let (often, seldom) = (MemoryJournal(), MemoryJournal())
        try run.run(into: often, checkpointEvery: 100)
        try run.run(into: seldom, checkpointEvery: .max / 2)
        #expect(try often.blocks() == seldom.blocks())
        #expect(try often.checkpoints(name: Engine.name).count > 50)
    }

    @Test func `replay from every checkpoint is identical`() throws {
        let checkpoints = try journal.checkpoints(name: Engine.name)
        #expect(checkpoints.count > 8)
        var digests: Set<UInt64> = []
        for checkpoint in [SequenceNumber.none] + checkpoints.dropLast() {
            let result = try Replay(journal).run(from: checkpoint.next)
            #expect(result.divergence == nil, "from \(checkpoint)")
            digests.insert(result.engine.digest)
        }
        #expect(digests.count == 1)
    }

    @Test func `replay from any sequence is identical`() throws {
        let head = try journal.head.lastSequence.number
        var numbers = Seeded(seed: 97)
        for _ in 0..<50 {
            let start = SequenceNumber(1 + numbers.below(head))
            let result = try Replay(journal).run(from: start)
            #expect(result.divergence == nil, "seed 97, from \(start)")
            #expect(result.last.number == head)
        }
    }

    @Test func `journal verification finds nothing`() throws {
        let result = try JournalVerification(journal).run()
        #expect(result.faults == [])
        #expect(result.checkpoints > 40)
    }

    // MARK: What was changed

    /// The n-th fill.
    private func fill(_ number: Int) throws -> SequenceNumber {
        var found: [SequenceNumber] = []
        try journal.forEachRecord(from: .first, filter: EventFilter([.orderFilled])) {
            found.append($0.sequence)
            return true
        }
        return try #require(found.dropFirst(number).first)
    }

    @Test(arguments: [0, 1, 40, 300])
    func `a changed fill is named`(number: Int) throws {
        let changed = try fill(number)
        let copy = try journal.rewritten { record, batch in
            guard record.sequence == changed else {
                _ = batch.append(copying: record, instrument: record.instrument)
                return
            }
            var fill = try OrderFilled(record)
            fill.price = Price(raw: fill.price.raw + 1)
            try batch.append(
                fill,
                Envelope(
                    account: record.account, time: record.time, cause: record.cause,
                    correlation: record.correlation))
        }
        #expect(try copy.verifyChain().lastSequence == journal.head.lastSequence)
        let divergence = try #require(try Replay(copy).run(from: .first).divergence)
        #expect(divergence.sequence == changed)
        #expect(divergence.journaled != nil && divergence.derived != nil)
        #expect(divergence.causeLine?.contains("\"seq\":\(divergence.cause)") == true)
        let later = try Replay(copy).run(from: changed).divergence
        #expect(later?.sequence == changed)
    }

    @Test(arguments: [0, 1, 40, 300])
    func `a fill that was taken out is named`(number: Int) throws {
        let dropped = try fill(number)
        let copy = try journal.rewritten { record, batch in
            guard record.sequence != dropped else { return }
            _ = batch.append(copying: record, instrument: record.instrument)
        }
        let divergence = try #require(try Replay(copy).run(from: .first).divergence)
        #expect(divergence.sequence == dropped)
        #expect(divergence.derived?.contains("OrderFilled") == true)
    }

    @Test(arguments: [0, 1, 40, 300])
    func `a fill that was put in is named`(number: Int) throws {
        let doubled = try fill(number)
        let copy = try journal.rewritten { record, batch in
            _ = batch.append(copying: record, instrument: record.instrument)
            guard record.sequence == doubled else { return }
            _ = batch.append(copying: record, instrument: record.instrument)
        }
        let divergence = try #require(try Replay(copy).run(from: .first).divergence)
        #expect(divergence.sequence == doubled.next)
        #expect(divergence.journaled?.contains("OrderFilled") == true)
    }

    @Test func `a changed input is found at what came of it`() throws {
        var cause = SequenceNumber.none
        try journal.forEachRecord(from: try fill(5), through: try fill(5)) {
            cause = $0.cause
            return false
        }
        let copy = try journal.rewritten { record, batch in
            guard record.sequence == cause else {
                _ = batch.append(copying: record, instrument: record.instrument)
                return
            }
            var bar = try Bar(record)
            for price in [\Bar.open, \.high, \.low, \.close] {
                bar[keyPath: price] = Price(raw: bar[keyPath: price].raw * 2)
            }
            try batch.append(bar, Envelope(time: record.time))
        }
        let divergence = try #require(try Replay(copy).run(from: .first).divergence)
        #expect(divergence.sequence > cause)
    }

    @Test func `an event whose cause comes after it is a difference, not a crash`() throws {
        let changed = try fill(3)
        for cause in [SequenceNumber(1), changed.next, SequenceNumber(.max)] {
            let copy = try journal.rewritten { record, batch in
                guard record.sequence == changed else {
                    _ = batch.append(copying: record, instrument: record.instrument)
                    return
                }
                let envelope = Envelope(
                    account: record.account, time: record.time, cause: cause,
                    correlation: record.correlation)
                try batch.append(try OrderFilled(record), envelope)
            }
            #expect(try Replay(copy).run(from: .first).divergence?.sequence == changed)
            #expect(try Replay(copy).run(from: changed).divergence != nil)
            #expect(try !JournalVerification(copy).run().faults.isEmpty)
        }
    }

    // MARK: No look-ahead

    @Test(arguments: ["2000-03-20", "2000-06-21", "2003-02-18", "2008-10-10", "2012-11-07"])
    func `later rows change nothing that came before them`(day: String) throws {
        let run = try SampleRun()
        try run.copy(through: day)
        let prefix = MemoryJournal()
        try run.run(into: prefix)
        let (short, long) = (try prefix.lines(), try journal(of: run).lines())
        let end = try #require(short.firstIndex { $0.contains("\"type\":\"RunEnded\"") })
        #expect(end > 10)
        #expect(Array(short[..<end]) == Array(long[..<end]))
    }

    private func journal(of run: SampleRun) throws -> MemoryJournal {
        try run.copy(through: "9999")
        let whole = MemoryJournal()
        try run.run(into: whole)
        return whole
    }
}
