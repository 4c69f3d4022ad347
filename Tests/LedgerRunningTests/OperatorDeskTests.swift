import TestSupport
import Dispatch
import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerRunning
import Testing

/// Inputs of operators, stepped by the desk or left in the inbox of the process that runs the journal.
@Suite struct OperatorDeskTests {
    private let noon = Timestamp(nanoseconds: 1_709_640_000_000_000_000)
    private let later = Timestamp(nanoseconds: 1_709_640_060_000_000_000)
    private let journal = MemoryJournal()

    private func open(_ kind: JournalKind = .general) throws {
        let configuration = try Configuration(path: nil, text: nil, environment: [:])
        var sequencer = try Sequencer(journal, holder: "test", commitBytes: .max)
        try RunOpening(configuration, kind: kind, name: "test").submit(into: &sequencer, at: noon)
        try sequencer.commit()
        try sequencer.close()
    }

    private var desk: OperatorDesk {
        OperatorDesk(journal, actor: "ann", holder: "desk", now: later, timeout: 0)
    }

    private func deposit(_ amount: String) -> OperatorCommanded {
        OperatorCommanded(actor: "ann", command: "deposit", argument: amount, reason: "funds")
    }

    private func record(_ sequence: SequenceNumber) throws -> (time: Timestamp, stamp: Timestamp?) {
        var found = (Timestamp.zero, Timestamp?.none)
        try journal.forEachRecord(from: sequence, through: sequence) { record in
            found = (record.time, record.hasRecordTime ? record.recordTime : nil)
            return false
        }
        return found
    }

    @Test func `without a sequencer the desk steps the command and gives the lease back`() throws {
        try open()
        let (event, wasStepped) = try desk.submit(deposit("250"))
        #expect(wasStepped)
        #expect(try record(event).time == later)
        let sequencer = try Sequencer(journal, holder: "next")
        #expect(try sequencer.engine.profit.equity[sequencer.engine.account]?.cash == Money("250"))
        try sequencer.close()
    }

    @Test func `in a back-test the command keeps the data's time and records its own`() throws {
        try open(.backtest)
        let (event, _) = try desk.submit(deposit("250"))
        #expect(try record(event) == (noon, later))
    }

    @Test func `what waited in the inbox comes first`() throws {
        try open()
        var batch = Batch(next: .first)
        let first = try batch.append(deposit("1"), Envelope(time: noon))
        let ticket = try journal.submit(
            batch.record(first).map { Array($0.bytes) } ?? [], submitter: "bob")
        let (event, _) = try desk.submit(deposit("2"))
        guard case .event(let earlier) = try journal.receipt(ticket) else {
            return #expect(Bool(false), "the submission was not taken")
        }
        #expect(earlier < event)
    }

    @Test func `a command that does not fit is refused and leaves nothing`() throws {
        try open()
        let head = try journal.head
        #expect {
            _ = try desk.submit(deposit("-5"))
        } throws: { error in
            guard let error = error as? OperatorDeskError, case .refused = error else {
                return false
            }
            return error.exitCode == 6
        }
        #expect(try journal.head == head)
        try Sequencer(journal, holder: "next").close()
    }

    @Test func `beside a sequencer the command waits in its inbox`() throws {
        try open()
        var sequencer = try Sequencer(journal, holder: "run", commitBytes: .max)
        #expect(throws: OperatorDeskError.self) { try desk.submit(deposit("250")) }
        #expect(try journal.pendingSubmissions(limit: 10).map(\.submitter) == ["ann"])
        #expect(try sequencer.drainInbox(at: later) == 1)
        #expect(try sequencer.engine.profit.equity[sequencer.engine.account]?.cash == Money("250"))
        try sequencer.close()
        #expect(OperatorDeskError.waiting(Ticket(1)).exitCode == 5)
    }

    @Test func `a command that waited takes the lease once its holder is gone`() throws {
        try open()
        let sequencer = try Sequencer(journal, holder: "run", commitBytes: .max)
        let waiter = DispatchGroup()
        let patient = OperatorDesk(
            journal, actor: "ann", holder: "desk", now: later, timeout: .max)
        DispatchQueue.global().async(group: waiter) {
            let engage = OperatorCommanded(
                .engage(.blockEntries, .global), actor: "ann", reason: "strange fills")
            _ = try? patient.submit(engage)
        }
        while try !journal.waitForSubmissions(timeout: .second) {}
        // The holder ends without looking at its inbox, as a short command does.
        try sequencer.close()
        waiter.wait()
        #expect(try journal.receipt(Ticket(1)) != nil)
        let next = try Sequencer(journal, holder: "next")
        #expect(next.engine.gate.latch(.killSwitch) != nil)
        try next.close()
    }
}
