import LedgerDomain
import LedgerEvents
import Synchronization

/// A journal in memory, with the same bytes as on disk: for back-tests that keep nothing, and
/// tests.
public final class MemoryJournal: Journal {
    private let state = Mutex(State())
    private let wake = WakePage()

    public init() {}

    /// The contents of a journal's tables.
    // Sendable unchecked: it lives behind the mutex and copies its arguments.
    struct State: ~Copyable, @unchecked Sendable {
        var blocks: [StoredBlock] = []
        var head = Head.empty
        var rows: [[UInt8]: [UInt8]] = [:]
        /// Sorted by sequence under each name.
        var checkpoints: [String: [StateCheckpoint]] = [:]
        /// Sorted by ticket.
        var inbox: [Submission] = []
        var receipts: [Ticket: Receipt] = [:]
        var lastTicket: UInt64 = 0
        var lease: Lease?
        var lastFencing: UInt64 = 0
        let hasher = ChainHasher()

        deinit { for block in blocks { block.bytes.deallocate() } }
    }

    public var head: Head {
        get throws(JournalError) { state.withLock { $0.head } }
    }

    public func append(_ batch: inout Batch, _ rows: CommitRows) throws(JournalError) {
        try state.withLock { (state) throws(JournalError) in
            guard batch.firstSequence == state.head.lastSequence.next else {
                throw .conflict(
                    expected: batch.firstSequence, found: state.head.lastSequence.next)
            }
            let deduplication = try state.checked(
                rows.deduplication, batch.firstSequence..<batch.nextSequence)
            try state.check(rows.checkpoints, rows.consumedInbox)
            // Nothing below throws, so a commit is atomic.
            state.rows.merge(deduplication) { _, new in new }
            for checkpoint in rows.checkpoints { state.put(checkpoint) }
            for consumed in rows.consumedInbox { state.consume(consumed) }
            state.put(&batch)
        }
        wake.publish(SequenceNumber(batch.nextSequence.number - 1))
    }

    public func flush() throws(JournalError) {}

    public func deduplicated(
        producer: String, key: DeduplicationKey
    ) throws(JournalError) -> SequenceNumber? {
        let tableKey = try DeduplicationRow.tableKey(producer: producer, key: key)
        return state.withLock { state in
            state.rows[tableKey].flatMap { try? DeduplicationRow.sequence(in: $0, for: key) }
        }
    }

    // MARK: Checkpoints

    public func checkpoint(
        name: String, atOrBefore sequence: SequenceNumber
    ) throws(JournalError) -> StateCheckpoint? {
        _ = try StateCheckpoint.prefix(name)
        return state.withLock { state in
            state.checkpoints[name]?.last { $0.sequence <= sequence }
        }
    }

    public func checkpoints(name: String) throws(JournalError) -> [SequenceNumber] {
        _ = try StateCheckpoint.prefix(name)
        return state.withLock { state in (state.checkpoints[name] ?? []).map(\.sequence) }
    }

    public func storeCheckpoint(_ checkpoint: StateCheckpoint) throws(JournalError) {
        _ = try StateCheckpoint.prefix(checkpoint.name)
        state.withLock { $0.put(checkpoint) }
    }

    public func removeCheckpoints(
        name: String, keeping: (SequenceNumber) -> Bool
    ) throws(JournalError) {
        let removed = try checkpoints(name: name).filter { !keeping($0) }
        state.withLock { state in
            state.checkpoints[name]?.removeAll { removed.contains($0.sequence) }
        }
    }

    // MARK: Reading

    public func reader(
        from: SequenceNumber, through: SequenceNumber?, filter: EventFilter,
        direction: ReadDirection
    ) throws(JournalError) -> BlockReader {
        BlockReader(
            MemoryBlockSource(self), from: from, through: through, filter: filter,
            direction: direction)
    }

    public func waitForEvents(
        after sequence: SequenceNumber, timeout: Nanoseconds
    ) throws(JournalError) -> Bool {
        try wake.isWoken(by: .events, within: timeout) { () throws(JournalError) in
            try head.lastSequence > sequence
        }
    }

    /// Block `index` of the journal; nil past its end.
    func block(_ index: Int) -> StoredBlock? {
        state.withLock { $0.blocks.indices.contains(index) ? $0.blocks[index] : nil }
    }

    /// The index of the last block that begins at or before `sequence`; -1 when there is none.
    func index(atOrBefore sequence: SequenceNumber) -> Int {
        state.withLock { state in
            var low = 0
            var high = state.blocks.count
            while low < high {
                let middle = (low + high) / 2
                if state.blocks[middle].first <= sequence {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            return low - 1
        }
    }

    // MARK: Lease

    public func acquireLease(holder: String) throws(JournalError) -> Lease {
        try state.withLock { (state) throws(JournalError) in
            if let lease = state.lease { throw .leaseHeld(by: lease.holder) }
            state.lastFencing += 1
            let lease = Lease(holder: holder, fencing: state.lastFencing)
            state.lease = lease
            return lease
        }
    }

    public func release(_ lease: Lease) throws(JournalError) {
        state.withLock { if $0.lease == lease { $0.lease = nil } }
    }

    public func leaseHolder() throws(JournalError) -> LeaseHolder? {
        state.withLock { $0.lease.map { LeaseHolder($0.holder, since: nil) } }
    }

    // MARK: Inbox

    public func submit(_ bytes: [UInt8], submitter: String) throws(JournalError) -> Ticket {
        try Submission.check(bytes, submitter: submitter)
        let ticket = try state.withLock { (state) throws(JournalError) in
            let waiting = state.inbox.count
            guard waiting < Submission.mostWaiting else { throw .inboxFull(waiting) }
            state.lastTicket += 1
            let ticket = Ticket(state.lastTicket)
            state.inbox.append(Submission(ticket: ticket, submitter: submitter, bytes: bytes))
            return ticket
        }
        wake.announceSubmission()
        return ticket
    }

    public func pendingSubmissions(limit: Int) throws(JournalError) -> [Submission] {
        state.withLock { Array($0.inbox.prefix(limit)) }
    }

    public func waitForSubmissions(timeout: Nanoseconds) throws(JournalError) -> Bool {
        try wake.isWoken(by: .submissions, within: timeout) { () throws(JournalError) in
            state.withLock { !$0.inbox.isEmpty }
        }
    }

    public func receipt(_ ticket: Ticket) throws(JournalError) -> Receipt? {
        state.withLock { $0.receipts[ticket] }
    }

    public func waitForReceipt(
        _ ticket: Ticket, timeout: Nanoseconds
    ) throws(JournalError) -> Receipt? {
        try wake.wait(for: .events, timeout: timeout) { () throws(JournalError) in
            try receipt(ticket)
        }
    }
}
