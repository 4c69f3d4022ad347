import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerUpkeep
import Testing

/// Every projection of the register takes part in everything that the register serves.
@Suite struct ProjectionRegisterTests {
    private let journal = MemoryJournal()
    private let head: SequenceNumber

    init() throws {
        try SampleRun().run(into: journal, checkpointEvery: 700)
        head = try journal.head.lastSequence
    }

    /// The bytes of a projection folded from the first event, without any checkpoint.
    private func whole<P: Projection>(
        _ type: P.Type, through end: SequenceNumber
    ) throws -> [UInt8] {
        var fold = Fold<P>()
        try journal.forEachRecord(from: .first, through: end) { record in
            try fold.apply(record)
            return true
        }
        return fold.checkpoint(at: end).bytes
    }

    @Test func `names are given once`() {
        let names = ProjectionRegister.all.map { $0.projection.name }
        #expect(Set(names).count == names.count)
        let views = ProjectionRegister.views.map(\.name)
        #expect(Set(views).count == views.count)
        #expect(names.count > 8)
    }

    @Test func `each leaves checkpoints in a run, and a reader restores it from them`() throws {
        for entry in ProjectionRegister.all {
            let projection = entry.projection
            let saved = try journal.checkpoints(name: projection.name)
            #expect(saved.count > 10, "\(projection.name)")
            for end in [saved[saved.count / 2], SequenceNumber(saved[1].number + 13), head] {
                let folded = try entry.fold(of: journal, through: end)
                #expect(
                    try folded.checkpoint(at: end).bytes == whole(projection, through: end),
                    "\(projection.name) at \(end)")
            }
        }
    }

    @Test func `verification compares each, and names the one whose checkpoint is wrong`() throws {
        let sound = try JournalVerification(journal).run()
        #expect(sound.faults == [])
        for entry in ProjectionRegister.all {
            let projection = entry.projection
            let damaged = try journal.rewritten { record, batch in
                _ = batch.append(copying: record, instrument: record.instrument)
            }
            let middle = SequenceNumber(head.number / 2)
            var bytes = try entry.fold(of: journal, through: middle).checkpoint(at: middle).bytes
            bytes[bytes.count - 1] ^= 1
            try damaged.storeCheckpoint(
                StateCheckpoint(
                    name: projection.name, version: projection.version, sequence: middle,
                    bytes: bytes))
            let faults = try JournalVerification(damaged).run().faults
            #expect(faults.count == 1, "\(projection.name)")
            #expect(faults.first?.contains("checkpoint of \(projection.name) at") == true)
        }
    }

    @Test func `each has a table, which is found by its name`() throws {
        var tables = try ProjectionTables(journal, through: head)
        for entry in ProjectionRegister.all {
            #expect(!entry.views.isEmpty, "\(entry.projection.name)")
            for view in entry.views {
                #expect(try !view.table(&tables).columns.isEmpty, "\(view.name)")
                #expect(ProjectionView(named: view.name) == view)
            }
        }
    }
}
