import TestSupport
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import Testing

@Suite struct SequencerTests {
    private let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)

    private func opened(_ journal: any Journal, commitBytes: Int = 0) throws -> Sequencer {
        var sequencer = try Sequencer(journal, holder: "test", commitBytes: commitBytes)
        let settings = try Configuration(path: nil, text: nil, environment: [:]).settings
        try sequencer.append(
            JournalOpened(kind: .general, name: "test", build: Build.identity), Envelope(time: noon)
        )
        try sequencer.append(
            ConfigurationLoaded(seed: 0, build: Build.identity, settings: settings.text),
            Envelope(time: noon))
        return sequencer
    }

    private func types(_ journal: any Journal) throws -> [EventType?] {
        var found: [EventType?] = []
        try journal.forEachRecord(from: .first) { record in
            found.append(record.type)
            return true
        }
        return found
    }

    @Test func `an input and what was derived from it are one commit`() throws {
        let journal = MemoryJournal()
        let sequencer = try opened(journal)
        #expect(try types(journal) == [.journalOpened, .configurationLoaded, .accountDefined])
        #expect(sequencer.uncommitted == 0)
        try sequencer.close()
    }

    @Test func `many inputs share a commit, and nothing is there before it`() throws {
        let journal = MemoryJournal()
        var sequencer = try opened(journal, commitBytes: .max)
        #expect(try journal.head == .empty)
        try sequencer.commit()
        #expect(try journal.head.lastSequence == SequenceNumber(3))
        try sequencer.close()
    }

    @Test func `a second sequencer is refused until the first gives its lease back`() throws {
        let journal = MemoryJournal()
        let first = try opened(journal)
        #expect(throws: JournalError.self) { _ = try Sequencer(journal, holder: "other") }
        try first.close()
        let second = try Sequencer(journal, holder: "other")
        #expect(second.engine.account == AccountID(.simulated, index: 1))
        try second.close()
    }

    @Test func `submissions are stepped in order and answered with their sequence`() throws {
        let journal = MemoryJournal()
        var sequencer = try opened(journal)
        var batch = Batch(next: .first)
        try batch.append(
            OperatorCommanded(actor: "ann", command: "deposit", argument: "250.5", reason: "more"),
            Envelope(time: noon))
        let bytes = try #require(batch.record(.first).map { Array($0.bytes) })
        let deposit = try journal.submit(bytes, submitter: "ann")
        batch.removeAll(next: .first)
        try batch.append(
            Bar(
                instrument: InstrumentID(1), interval: 60, open: Price("1"), high: Price("1"),
                low: Price("1"), close: Price("1"), volume: Quantity("1")), Envelope(time: noon))
        let notAllowed = try #require(batch.record(.first).map { Array($0.bytes) })
        let bar = try journal.submit(notAllowed, submitter: "ann")
        let garbage = try journal.submit([1, 2, 3], submitter: "ann")
        batch.removeAll(next: .first)
        try batch.append(
            OperatorCommanded(actor: "ann", command: "sell all", argument: "", reason: ""),
            Envelope(time: noon))
        let wish = try #require(batch.record(.first).map { Array($0.bytes) })
        let unknown = try journal.submit(wish, submitter: "ann")
        let later = noon.advanced(by: .second)
        #expect(try sequencer.drainInbox(at: later) == 4)
        #expect(try journal.receipt(deposit) == .event(SequenceNumber(4)))
        for ticket in [bar, garbage, unknown] {
            guard case .refused = try journal.receipt(ticket) else {
                Issue.record("submission \(ticket) was not refused")
                continue
            }
        }
        #expect(try types(journal).last == .cashDeposited)
        #expect(
            try sequencer.engine.profit.equity[sequencer.engine.account]?.cash == Money("250.5"))
        #expect(try sequencer.drainInbox(at: later) == 0)
        try sequencer.close()
    }

    private func bytes(_ events: [any Event]) throws -> [UInt8] {
        var batch = Batch(next: .first)
        for event in events { try batch.append(event, Envelope(time: noon)) }
        var bytes: [UInt8] = []
        batch.forEachRecord(from: .first) { bytes += $0.bytes }
        return bytes
    }

    private func deposit(_ amount: String) -> OperatorCommanded {
        OperatorCommanded(actor: "ann", command: "deposit", argument: amount, reason: "")
    }

    @Test func `a submission with one input that cannot be taken is refused whole`() throws {
        let journal = MemoryJournal()
        var sequencer = try opened(journal)
        let bar = try Bar(
            instrument: InstrumentID(1), interval: 60, open: Price("1"), high: Price("1"),
            low: Price("1"), close: Price("1"), volume: Quantity("1"))
        let most = "9000000000000"
        let bad: [[any Event]] = [
            [deposit("1"), bar],
            [deposit("1"), deposit("nothing")],
            // The first two are possible, and their sum cannot be counted.
            [deposit("1")] + (0..<2000).map { _ in deposit(most) },
        ]
        let next = sequencer.nextSequence
        let tickets = try bad.map { try journal.submit(try bytes($0), submitter: "ann") }
        let good = try journal.submit(try bytes([deposit("1"), deposit("2")]), submitter: "ann")
        #expect(try sequencer.drainInbox(at: noon) == bad.count + 1)
        for ticket in tickets {
            guard case .refused = try journal.receipt(ticket) else {
                Issue.record("\(ticket) was taken")
                continue
            }
        }
        #expect(try journal.receipt(good) == .event(next))
        let cash = try #require(sequencer.engine.profit.equity[sequencer.engine.account]?.cash)
        #expect(try cash == Money("3"))
        try sequencer.close()
        let again = try Sequencer(journal, holder: "next")
        #expect(again.engine.profit.equity[again.engine.account]?.cash == cash)
        try again.close()
    }

    @Test func `a submission is in one commit with its receipt`() throws {
        let journal = MemoryJournal()
        var sequencer = try opened(journal)
        let next = sequencer.nextSequence
        _ = try journal.submit(try bytes([deposit("1"), deposit("2")]), submitter: "ann")
        try sequencer.drainInbox(at: noon)
        let reader = try journal.reader(from: next)
        var blocks = 0
        while try reader.next() != nil { blocks += 1 }
        #expect(blocks == 1)
        try sequencer.close()
    }

    @Test func `settings come through the inbox, and those that cannot follow are refused`() throws
    {
        let journal = MemoryJournal()
        var sequencer = try opened(journal)
        func submit(_ text: String) throws -> Ticket {
            var batch = Batch(next: .first)
            try batch.append(
                ConfigurationLoaded(seed: 0, build: Build.identity, settings: text),
                Envelope(time: noon))
            let bytes = try #require(batch.record(.first).map { Array($0.bytes) })
            return try journal.submit(bytes, submitter: "ann")
        }
        let settings = sequencer.engine.settings.text
        let kill = settings.replacing(
            "gate.trading_disabled = false", with: "gate.trading_disabled = true")
        let good = try submit(kill)
        let refused = [
            "account.kind = simulated": "account.kind = paper",
            "drawdown.halt_threshold = 0.08": "drawdown.halt_threshold = 0.5",
            "risk.max_correlation = 0.7": "risk.max_correlation = x",
            "binance.api_key = ": "binance.api_key = hunter2",
        ]
        let bad = try refused.map { try submit(settings.replacing($0.key, with: $0.value)) }
        #expect(try sequencer.drainInbox(at: noon) == 5)
        guard case .event = try journal.receipt(good) else {
            Issue.record("the kill switch was refused")
            return
        }
        #expect(sequencer.engine.gate.latch(.configuration) != nil)
        #expect(sequencer.engine.settings.text == kill)
        for ticket in bad {
            guard case .refused(let why) = try journal.receipt(ticket) else {
                Issue.record("submission \(ticket) was not refused")
                continue
            }
            #expect(why.hasPrefix("setting ") && !why.contains("hunter2"))
        }
        try sequencer.close()
    }

    @Test func `a step that cannot be taken leaves what came before it and says why`() throws {
        let journal = MemoryJournal()
        var sequencer = try opened(journal)
        #expect(throws: EngineError.self) {
            try sequencer.append(
                ClockTicked(), Envelope(time: noon.advanced(by: Nanoseconds(-1))))
        }
        #expect(
            try types(journal)
                == [.journalOpened, .configurationLoaded, .accountDefined, .runFailed])
        try sequencer.close()
    }

    @Test func `a restart continues from the journal alone`() throws {
        let journal = MemoryJournal()
        var first = try opened(journal)
        try first.append(
            CashDeposited(amount: Money("10")),
            Envelope(account: first.engine.account, time: noon))
        let digest = first.engine.digest
        try first.close()
        var second = try Sequencer(journal, holder: "after")
        #expect(second.engine.digest == digest)
        try second.commitWithCheckpoint()
        try second.close()
        let third = try Sequencer(journal, holder: "later")
        #expect(third.engine.digest == digest)
        try third.close()
    }

    @Test func `processes that are always killed early write checkpoints all the same`() throws {
        let journal = MemoryJournal()
        try opened(journal).close()
        let every: UInt64 = 10
        for _ in 1...20 {
            var sequencer = try Sequencer(journal, holder: "short", checkpointEvery: every)
            for _ in 1...3 { try sequencer.append(ClockTicked(), Envelope(time: noon)) }
            // Nothing at its end: the process is killed.
            try sequencer.close()
            let last = try journal.head.lastSequence
            let restored = try EngineRestorer.restored(journal, through: last)
            #expect(restored.engine.inputs - restored.checkpointed < every)
        }
        let last = try journal.head.lastSequence
        #expect(try journal.checkpoint(name: Engine.name, atOrBefore: last) != nil)
    }
}
