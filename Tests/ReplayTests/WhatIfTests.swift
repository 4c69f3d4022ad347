import Foundation
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import Testing

/// A journal's inputs under other settings.
@Suite struct WhatIfTests {
    private static let day = "2003-06-30"
    private static let bolder: [(key: String, value: String)] = [
        ("strategies.0.fast", "4"), ("venue.slippage_basis_points", "2"), ("seed", "12"),
        ("drawdown.warning_threshold", "0.01"), ("drawdown.halt_threshold", "0.03"),
    ]

    private func configuration(
        _ run: SampleRun, _ more: [(key: String, value: String)] = []
    ) throws -> Configuration {
        try Configuration(
            path: "run.yaml", text: run.text, environment: [:], overrides: SampleRun.busy + more)
    }

    private func journal(
        _ run: SampleRun, _ more: [(key: String, value: String)] = []
    ) throws -> MemoryJournal {
        let journal = MemoryJournal()
        try run.run(into: journal, SampleRun.busy + more)
        return journal
    }

    private func sample() throws -> SampleRun {
        let run = try SampleRun()
        try run.copy(through: Self.day)
        return run
    }

    @Test func `the recorded settings decide what was decided, from anywhere`() throws {
        let run = try sample()
        let journal = try journal(run)
        let settings = try configuration(run).settings
        let head = try journal.head.lastSequence
        let engine = try EngineRestorer.engine(of: journal, through: head)
        for number in [1, 2, 3, 500, 1777, head.number / 2, head.number] {
            let scratch = MemoryJournal()
            let result = try WhatIf(journal, scratch: scratch).run(
                settings, from: SequenceNumber(number))
            #expect(result.first == nil && result.differing == 0, "from \(number)")
            #expect(result.settings.isEmpty)
            #expect(result.engine.digest == engine.digest)
            #expect(result.recorded == result.other)
            #expect(try scratch.lines() == journal.lines(), "from \(number)")
        }
    }

    @Test func `from the first event on it is the back-test with those settings`() throws {
        let run = try sample()
        let journal = try journal(run)
        let wanted = try self.journal(run, Self.bolder)
        let scratch = MemoryJournal()
        let result = try WhatIf(journal, scratch: scratch).run(
            configuration(run, Self.bolder).settings, limit: 5)
        #expect(try scratch.lines() == wanted.lines())
        #expect(Set(result.settings.map(\.key)) == Set(Self.bolder.map(\.key)))
        #expect(result.differences.count == 5 && result.differing > 5)
        #expect(result.first == result.differences.first)
        #expect(result.recorded != result.other)
        #expect(result.days.count == 20)
    }

    @Test func `from a later event on, what came before stays and the rest replays`() throws {
        let run = try sample()
        let journal = try journal(run)
        let start = try journal.head.lastSequence.number / 2
        let scratch = MemoryJournal()
        let result = try WhatIf(journal, scratch: scratch).run(
            configuration(run, Self.bolder).settings, from: SequenceNumber(start))
        let (before, after) = (try journal.lines(), try scratch.lines())
        let shared = Int(result.start.number) - 1
        #expect(shared > 100 && shared <= start)
        #expect(before[..<shared] == after[..<shared])
        #expect(after[shared].contains("\"type\":\"ConfigurationLoaded\""))
        let first = try #require(result.first)
        #expect(first.input >= SequenceNumber(UInt64(shared)))
        // The scratch journal is one that an engine derives, like any other.
        let replay = try Replay(scratch).run(from: .first)
        #expect(replay.divergence == nil)
        #expect(replay.engine.digest == result.engine.digest)
        #expect(result.days.allSatisfy { $0.recorded != nil && $0.other != nil })
    }

    @Test func `settings that came later in the recorded run stay out of the other one`() throws {
        let run = try SampleRun()
        try run.copy(through: "2001-12-31")
        let journal = try journal(run)
        try run.copy(through: Self.day)
        let later = try configuration(
            run, [("drawdown.warning_threshold", "0.01"), ("drawdown.halt_threshold", "0.02")])
        _ = try Backtest(later, known: try Self.instruments(journal)).run(
            into: journal, named: "run", continues: true)
        #expect(try Self.count(.configurationLoaded, journal) == 2)
        let scratch = MemoryJournal()
        let result = try WhatIf(journal, scratch: scratch).run(
            configuration(run, Self.bolder).settings)
        #expect(try Self.count(.configurationLoaded, scratch) == 1)
        #expect(try Self.count(.runStarted, scratch) == 2)
        #expect(result.engine.settings.text(of: "drawdown.halt_threshold") == "0.03")
    }

    private static func count(_ type: EventType, _ journal: any Journal) throws -> Int {
        var count = 0
        try journal.forEachRecord(from: .first, filter: EventFilter([type])) { _ in
            count += 1
            return true
        }
        return count
    }

    private static func instruments(_ journal: any Journal) throws -> [Instrument] {
        try EngineRestorer.engine(of: journal, through: journal.head.lastSequence).names.instruments
    }

    @Test func `the recorded journal's bytes stay as they are`() throws {
        let run = try sample()
        let path = run.folder.path("recorded")
        do {
            let disk = try LMDBJournal.create(directory: path, durability: .bulk)
            try run.run(into: disk)
        }
        let file = URL(fileURLWithPath: path).appendingPathComponent("data.mdb")
        let before = try Data(contentsOf: file)
        let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
        let result = try WhatIf(journal, scratch: MemoryJournal()).run(
            configuration(run, Self.bolder).settings, from: SequenceNumber(900))
        #expect(result.first != nil)
        #expect(result.headBefore == result.headAfter)
        #expect(try Data(contentsOf: file) == before)
    }

    @Test func `another account, and settings that cannot follow, are refused`() throws {
        let run = try sample()
        let journal = try journal(run)
        for (key, value) in [("account.name", "mine"), ("account.currency", "EUR")] {
            #expect(throws: InputError.self, "\(key)") {
                try WhatIf(journal, scratch: MemoryJournal()).run(
                    configuration(run, [(key, value)]).settings)
            }
        }
        let renamed = try configuration(run, [("strategies.0.name", "other")]).settings
        #expect(throws: InputError.self) {
            try WhatIf(journal, scratch: MemoryJournal()).run(renamed, from: SequenceNumber(900))
        }
    }
}
