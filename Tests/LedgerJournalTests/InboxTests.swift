import LedgerDomain
import LedgerEvents
import LedgerJournal
import Testing

/// Submissions of other processes, and the lease of the one that takes them.
@Suite struct Inbox {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(arguments: JournalKind.allCases)
    func `a submission waits until a commit consumes it`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let first = try journal.submit([1, 2], submitter: "operator")
        let second = try journal.submit([3], submitter: "feed")
        #expect(try journal.pendingSubmissions(limit: 10).map(\.ticket) == [first, second])
        #expect(try journal.pendingSubmissions(limit: 1).map(\.bytes) == [[1, 2]])
        #expect(try journal.receipt(first) == nil)
        let rows = CommitRows(consumedInbox: [
            .init(ticket: first, receipt: .event(.first)),
            .init(ticket: second, receipt: .refused("unknown symbol")),
        ])
        try journal.commitTrades(1, rows: rows)
        #expect(try journal.pendingSubmissions(limit: 10).isEmpty)
        #expect(try journal.receipt(first) == .event(.first))
        #expect(try journal.waitForReceipt(second, timeout: .zero) == .refused("unknown symbol"))
        #expect(try journal.submit([4], submitter: "feed") > second)
    }

    @Test(arguments: JournalKind.allCases)
    func `a submission is refused without an event`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let ticket = try journal.submit([], submitter: "operator")
        var nothing = Batch(next: .first)
        let refusal = ConsumedSubmission(ticket: ticket, receipt: .refused("empty"))
        try journal.append(&nothing, CommitRows(consumedInbox: [refusal]))
        #expect(try journal.receipt(ticket) == .refused("empty"))
        #expect(try journal.head == .empty)
    }

    @Test(arguments: JournalKind.allCases)
    func `a submission that is too large is refused`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let largest = [UInt8](repeating: 1, count: Submission.largest)
        _ = try journal.submit(largest, submitter: "feed")
        #expect(throws: JournalError.submissionTooLarge(Submission.largest + 1)) {
            try journal.submit(largest + [1], submitter: "feed")
        }
        #expect(try journal.pendingSubmissions(limit: 9).map(\.bytes) == [largest])
    }

    @Test(arguments: JournalKind.allCases)
    func `who holds the lease is known while it is held`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        #expect(try journal.leaseHolder() == nil)
        let lease = try journal.acquireLease(holder: "ledgerd, process 7")
        #expect(try journal.leaseHolder()?.name == "ledgerd, process 7")
        // Looking does not keep anybody from taking it.
        #expect(throws: JournalError.leaseHeld(by: "ledgerd, process 7")) {
            try journal.acquireLease(holder: "another")
        }
        try journal.release(lease)
        #expect(try journal.leaseHolder() == nil)
        try journal.release(journal.acquireLease(holder: "another"))
    }

    @Test func `a full inbox rejects submissions`() throws {
        let journal = MemoryJournal()
        for _ in 0..<Submission.mostWaiting { _ = try journal.submit([], submitter: "feed") }
        #expect(throws: JournalError.inboxFull(Submission.mostWaiting)) {
            try journal.submit([], submitter: "feed")
        }
    }

    @Test(arguments: JournalKind.allCases)
    func `the lease has one holder and a rising number`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        let lease = try journal.acquireLease(holder: "first")
        #expect(throws: JournalError.leaseHeld(by: "first")) {
            try journal.acquireLease(holder: "second")
        }
        try journal.commitTrades(1)
        try journal.release(lease)
        #expect(try journal.acquireLease(holder: "second").fencing == lease.fencing + 1)
    }

    @Test(arguments: JournalKind.allCases)
    func `a waiter is woken by a submission`(_ kind: JournalKind) throws {
        let journal = try kind.make(directory)
        #expect(try !journal.waitForSubmissions(timeout: .zero))
        let operatorsThread = Background { _ = try? journal.submit([1], submitter: "operator") }
        while try !journal.waitForSubmissions(timeout: .second) {}
        operatorsThread.join()
        #expect(try journal.pendingSubmissions(limit: 10).count == 1)
    }

    @Test func `a signal tells of a submission, and no commit raises it`() throws {
        let journal = try LMDBJournal.create(directory: directory.journal)
        let before = journal.submissionSignal
        try journal.commitTrades(3)
        #expect(journal.submissionSignal == before)
        #expect(journal.waitForSignal(after: before, timeout: .zero) == before)
        _ = try journal.submit([1], submitter: "operator")
        #expect(journal.waitForSignal(after: before, timeout: .second) != before)
    }

    @Test func `submissions make the round trip through another process`() throws {
        let journal = try LMDBJournal.create(directory: directory.journal)
        let helper = try HelperProcess("sequence", directory.journal)
        for (submitter, text) in [("operator", "one"), ("stranger", "two"), ("operator", "stop")] {
            let ticket = try journal.submit(Array(text.utf8), submitter: submitter)
            var receipt: Receipt?
            while receipt == nil {
                receipt = try journal.waitForReceipt(ticket, timeout: .second)
            }
            switch receipt {
            case .event(let sequence): #expect(try journal.head.lastSequence == sequence)
            default: #expect(receipt == .refused("unknown submitter"))
            }
        }
        #expect(helper.wait() == 0)
        #expect(try journal.head.lastSequence == SequenceNumber(2))
    }
}
