import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import TestSupport
import Testing

/// What `ledger why-no-trade` counts.
@Suite struct EntryBlockerTests {
    private func journal() throws -> MemoryJournal {
        let journal = MemoryJournal()
        let run = try SampleRun()
        try run.copy(through: "2003-06-30")
        try run.run(
            into: journal,
            SampleRun.busy + [
                ("risk.enabled", "true"), ("risk.max_order_notional", "900"),
                ("risk.max_abs_position_notional", "2000"), ("risk.max_entries_per_day", "1"),
                ("drawdown.warning_threshold", "0.002"), ("drawdown.halt_threshold", "0.004"),
                ("drawdown.panic_threshold", "0.006"),
            ])
        return journal
    }

    private func blocked(_ found: EntryBlockers) -> UInt64 {
        found.blockers.reduce(0) { $0 + $1.count }
    }

    @Test func `every entry signal is filled or counted at one blocker, from any input on`() throws
    {
        let journal = try journal()
        let head = try journal.head.lastSequence
        var inputs: [SequenceNumber] = []
        try journal.forEachRecord(from: .first) { record in
            if record.isInput { inputs.append(record.sequence) }
            return true
        }
        var random = Seeded(seed: 5)
        for round in 0..<20 {
            let start = round == 0 ? .first : inputs[Int(random.below(UInt64(inputs.count)))]
            let found = try EntryBlockers(of: journal, from: start, through: head, symbol: nil)
            #expect(blocked(found) + found.filled == found.signals, "from \(start), seed 5")
            #expect(found.blockers.map(\.count) == found.blockers.map(\.count).sorted(by: >))
            #expect(found.blockers.allSatisfy { !$0.mend.isEmpty && $0.last <= head })
        }
    }

    @Test func `the symbols add up to the whole`() throws {
        let journal = try journal()
        let head = try journal.head.lastSequence
        let whole = try EntryBlockers(of: journal, from: .first, through: head, symbol: nil)
        let names = try EngineRestorer.engine(of: journal, through: head).names
        let parts = try names.instruments.map {
            try EntryBlockers(of: journal, from: .first, through: head, symbol: $0.id)
        }
        func sum(_ value: (EntryBlockers) -> UInt64) -> UInt64 {
            parts.reduce(0) { $0 + value($1) }
        }
        #expect(sum(\.prices) == whole.prices && whole.prices > 1000)
        #expect(sum(\.signals) == whole.signals && whole.signals > 50)
        #expect(sum(\.executed) == whole.executed)
        #expect(sum(\.filled) == whole.filled)
        #expect(sum(blocked) == blocked(whole) && blocked(whole) > 20)
    }

    private static func reason(_ record: Record) throws -> String {
        switch record.type {
        case .signalRejected: "\(try SignalRejected(record).refusal.reason)"
        case .intentRejected: "\(try IntentRejected(record).refusal.reason)"
        case .refusalRepeated: "\(try RefusalRepeated(record).refusal.reason)"
        case .orderCancelled: "\(try OrderCancelled(record).reason)"
        default: "no blocker"
        }
    }

    @Test func `an example event shows what it is an example of`() throws {
        let journal = try journal()
        let head = try journal.head.lastSequence
        let found = try EntryBlockers(of: journal, from: .first, through: head, symbol: nil)
        for blocker in found.blockers where blocker.count > 0 {
            try journal.forEachRecord(from: blocker.last, through: blocker.last) { record in
                #expect(record.instrument == blocker.instrument)
                let reason = try Self.reason(record)
                #expect(reason == blocker.reason, "event \(record.sequence)")
                return false
            }
        }
    }

    @Test func `a span without prices, and one without signals, say so`() throws {
        let journal = try journal()
        let names = try EngineRestorer.engine(of: journal, through: journal.head.lastSequence).names
        let late = try #require(names.instrument(symbol: "GOOG"))
        let none = try EntryBlockers(
            of: journal, from: .first, through: SequenceNumber(100), symbol: late.id)
        #expect(none.primary == "NO_DATA" && none.prices == 0)
        #expect(none.blockers.contains { $0.stage == "DATA" })
        let quiet = try EntryBlockers(
            of: journal, from: SequenceNumber(13), through: SequenceNumber(13), symbol: nil)
        #expect(quiet.prices == 1)
        #expect(quiet.primary == "NO_RAW_SIGNALS")
        #expect(quiet.blockers.contains { $0.stage == "SIGNAL" })
    }
}
