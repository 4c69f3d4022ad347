import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading
import TestSupport
import Testing

/// What `ledger diff` says, held against the tables of both moments.
@Suite struct StateDiffTests {
    private func journal() throws -> MemoryJournal {
        let journal = MemoryJournal()
        let run = try SampleRun()
        try run.copy(through: "2003-06-30")
        try run.run(into: journal)
        return journal
    }

    /// Each row by its view and what it is about.
    private func rows(
        _ journal: any Journal, _ through: SequenceNumber
    ) throws -> [String: [String?]] {
        var tables = try ProjectionTables(journal, through: through)
        var found: [String: [String?]] = [:]
        // Of the account's own currency, `equity` has what `balances` has, and the diff names it once.
        for view in ProjectionView.all where view.name != "balances" {
            let table = try view.table(&tables)
            for row in table.rows {
                let key = "\(view.name) \(view.subject(row, of: table))"
                #expect(found[key] == nil, "\(key) stands twice")
                found[key] = row
            }
        }
        return found
    }

    @Test func `a moment differs from itself in nothing`() throws {
        let journal = try journal()
        let head = try journal.head.lastSequence.number
        for number in stride(from: 0, through: head, by: 577) {
            let moment = SequenceNumber(number)
            #expect(try StateDiff(of: journal, from: moment, to: moment).changes.isEmpty)
        }
    }

    @Test func `the rows named are those in which the two moments' tables differ`() throws {
        let journal = try journal()
        let head = try journal.head.lastSequence.number
        var random = Seeded(seed: 20_241)
        for _ in 0..<12 {
            let (a, b) = (
                SequenceNumber(random.below(head + 1)), SequenceNumber(random.below(head + 1))
            )
            let (before, after) = (try rows(journal, a), try rows(journal, b))
            let differing = Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }
            let diff = try StateDiff(of: journal, from: a, to: b)
            let named = Set(diff.changes.map { "\($0.view.name) \($0.subject)" })
            #expect(named == differing, "from \(a) to \(b), seed 20241")
            // The way back is the same, with the sides exchanged.
            let back = try StateDiff(of: journal, from: b, to: a)
            let turned = back.changes.map { change in
                var turned = change
                (turned.before, turned.after) = (change.after, change.before)
                return turned
            }
            #expect(Set(turned) == Set(diff.changes))
        }
    }

    @Test func `checkpoints change no table`() throws {
        let journal = try journal()
        let plain = try journal.rewritten { record, batch in
            _ = batch.append(copying: record, instrument: record.instrument)
        }
        let head = try journal.head.lastSequence.number
        for number in stride(from: 1, through: head, by: 911) {
            let moment = SequenceNumber(number)
            #expect(try rows(journal, moment) == rows(plain, moment), "at \(number)")
        }
        for name in ["funnel", "health", "reconciliation"] {
            #expect(
                try journal.checkpoints(name: name) == journal.checkpoints(name: "gate"), "\(name)")
        }
    }
}
