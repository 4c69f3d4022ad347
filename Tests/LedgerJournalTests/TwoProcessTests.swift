import Glibc
import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerJournal

/// One journal in two processes, one of which may die at any instruction.
@Suite struct TwoProcesses {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { directory.journal }

    private func create() throws { _ = try LMDBJournal.create(directory: path) }

    private func number(_ line: String?) throws -> UInt64 {
        try #require(line.flatMap { UInt64($0) }, "the helper said \(line ?? "nothing")")
    }

    @Test func `a writer that lost the race gets a conflict and no gap`() throws {
        let journal = try LMDBJournal.create(directory: path)
        var batch = Batch(next: .first)
        try batch.appendTrades(1)
        let helper = try HelperProcess("append", path)
        _ = try number(helper.line())
        helper.kill()
        let lease = try journal.acquireLease(holder: "next")
        let next = try journal.head.lastSequence.next
        #expect(throws: JournalError.conflict(expected: .first, found: next)) {
            try journal.append(&batch)
        }
        batch.removeAll(next: next)
        try batch.appendTrades(1)
        try journal.append(&batch)
        #expect(try journal.sequences() == Array(1...next.number))
        try journal.release(lease)
    }

    @Test func `a writer killed at any moment loses nothing it acknowledged`() throws {
        try create()
        var acknowledged: UInt64 = 0
        for round in 0..<50 {
            let helper = try HelperProcess("append", path)
            for _ in 0...round * 7 % 12 {
                acknowledged = try number(helper.line())
            }
            helper.kill()
            let journal = try LMDBJournal.open(directory: path)
            let head = try journal.verifyChain()
            #expect(try head == journal.head)
            #expect(head.lastSequence.number >= acknowledged)
        }
    }

    @Test func `the writer's lock works after a writer was killed`() throws {
        let journal = try LMDBJournal.create(directory: path)
        for round in 1...20 {
            let helper = try HelperProcess("append", path)
            for _ in 0..<round { _ = try number(helper.line()) }
            helper.kill()
            // A writer that died between its commit and LMDB's notice of it leaves readers one commit behind;
            // taking the lease is a commit, after which all see the same.
            let lease = try journal.acquireLease(holder: "next")
            let head = try journal.verifyChain()
            try journal.commitTrades(1)
            #expect(try journal.head.lastSequence == head.lastSequence.next)
            try journal.release(lease)
        }
    }

    @Test func `a reader follows a writer in another process`() throws {
        try create()
        let journal = try LMDBJournal.open(directory: path, mode: .readOnly)
        let helper = try HelperProcess("append", path)
        let reader = try journal.reader(from: .first)
        var next: UInt64 = 1
        while next < 20_000 {
            while let block = try reader.next() {
                #expect(block.header.firstSequence.number == next)
                next = block.header.nextSequence.number
            }
            _ = try journal.waitForEvents(after: SequenceNumber(next - 1), timeout: .second)
        }
        helper.kill()
        #expect(next >= 20_000)
    }

    @Test func `a commit wakes a waiter in another process`() throws {
        let journal = try LMDBJournal.create(directory: path)
        let helper = try HelperProcess("wait", path, "3")
        #expect(helper.line() == "waiting")
        try journal.commitTrades(3)
        try journal.commitTrades(2)
        #expect(helper.line() == "5")
        #expect(helper.wait() == 0)
    }

    @Test func `a killed process releases its lease`() throws {
        let journal = try LMDBJournal.create(directory: path)
        let helper = try HelperProcess("lease", path)
        let fencing = try number(helper.line())
        #expect(throws: JournalError.leaseHeld(by: "helper")) {
            try journal.acquireLease(holder: "test")
        }
        helper.kill()
        #expect(try journal.acquireLease(holder: "test").fencing == fencing + 1)
        try journal.commitTrades(1)
    }

    @Test func `a holder whose lease was taken over is fenced`() throws {
        let journal = try LMDBJournal.create(directory: path)
        let lease = try journal.acquireLease(holder: "test")
        // Who removes the lock file defeats the lock; the number still holds.
        unlink(path + "/lease")
        let helper = try HelperProcess("lease", path)
        let current = try number(helper.line())
        #expect(current == lease.fencing + 1)
        #expect(throws: JournalError.fenced(held: lease.fencing, current: current)) {
            try journal.commitTrades(1)
        }
        #expect(try journal.head == .empty)
        helper.closeInput()
        #expect(helper.wait() == 0)
    }

    @Test func `two creations of one journal leave one`() throws {
        let helpers = try (0..<4).map { _ in try HelperProcess("create", path) }
        #expect(helpers.map { $0.wait() }.contains(0))
        #expect(try LMDBJournal.open(directory: path).head == .empty)
    }

    @Test func `readers that hold a snapshot are listed with their lag`() throws {
        let journal = try LMDBJournal.create(directory: path)
        let reader = try journal.reader(from: .first)
        try journal.commitTrades(1)
        #expect(try reader.next()?.header.count == 1)
        try journal.commitTrades(1)
        #expect(journal.readerLag().map(\.processID) == [getpid()])
        #expect(journal.readerLag().map(\.transactions) == [1])
        reader.release()
        #expect(journal.readerLag().isEmpty)
    }

    @Test func `a killed reader's snapshot is discarded at opening`() throws {
        try create()
        let helper = try HelperProcess("pin", path)
        #expect(helper.line() == "pinned")
        do {
            let journal = try LMDBJournal.open(directory: path)
            try journal.commitTrades(1)
            #expect(journal.readerLag().map(\.transactions) == [1])
            helper.kill()
            #expect(journal.readerLag().count == 1)
        }
        // Another process keeps the table of readers from being made anew.
        let witness = try HelperProcess("lease", path)
        _ = try number(witness.line())
        let journal = try LMDBJournal.open(directory: path)
        #expect(journal.readerLag().isEmpty)
        witness.kill()
    }
}
