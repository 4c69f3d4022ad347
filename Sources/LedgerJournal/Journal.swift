import LedgerDomain
import LedgerEvents

/// The end of a journal.
public struct Head: Hashable, Sendable {
    /// The last event's number; none when there is no event.
    public var lastSequence: SequenceNumber
    /// The last block's chain link.
    public var link: ChainLink

    public static let empty = Head(lastSequence: .none, link: .origin)

    public init(lastSequence: SequenceNumber, link: ChainLink) {
        self.lastSequence = lastSequence
        self.link = link
    }
}

/// When a commit is durable on disk.
public enum Durability: Hashable, Worded {
    /// When `append` returns. The default.
    case durable
    /// Also when `append` returns: the caller puts many inputs into one batch, and the events of
    /// one flush share its wait.
    case group
    /// When `flush` returns. A machine failure before that may leave an unreadable file, so use
    /// this only for imports and back-tests, which can be repeated. A process failure loses
    /// nothing.
    case bulk

    public var word: String {
        switch self {
        case .durable: "durable"
        case .group: "group"
        case .bulk: "bulk"
        }
    }
}

/// The totally ordered, append-only sequence of events, stored in blocks.
///
/// One writer appends at a time, while any number of readers read. Usable from any thread.
public protocol Journal: AnyObject, Sendable {
    /// The last committed event and its block's link.
    var head: Head { get throws(JournalError) }

    /// The last pruned event and its block's link; nil when nothing was pruned.
    var pruned: Head? { get throws(JournalError) }

    /// Commits all blocks of the batch and the rows, or nothing.
    ///
    /// The batch is sealed in place and keeps its events; the caller empties it with
    /// `removeAll(next:)`. An empty batch commits only the rows.
    ///
    /// - Throws: `.conflict` unless the batch begins after the head; `.fenced` when this journal's
    ///   lease was taken over; `.duplicate` for a deduplication row that is there already;
    ///   `.diskNearlyFull` below the reserve unless the rows say `isHalt`.
    func append(_ batch: inout Batch, _ rows: CommitRows) throws(JournalError)

    /// Waits until everything committed is on disk.
    func flush() throws(JournalError)

    /// The event that an input became; for a counter that was passed, the last event counted.
    /// - Returns: nil when this input is not in the journal.
    func deduplicated(
        producer: String, key: DeduplicationKey
    ) throws(JournalError) -> SequenceNumber?

    // MARK: Checkpoints

    /// The nearest checkpoint at or before a sequence number. Damaged ones are skipped, because a
    /// fold can be rebuilt.
    func checkpoint(
        name: String, atOrBefore sequence: SequenceNumber
    ) throws(JournalError) -> StateCheckpoint?
    /// The sequence numbers of the checkpoints, ascending.
    func checkpoints(name: String) throws(JournalError) -> [SequenceNumber]
    func storeCheckpoint(_ checkpoint: StateCheckpoint) throws(JournalError)
    func removeCheckpoints(
        name: String, keeping: (SequenceNumber) -> Bool
    ) throws(JournalError)

    // MARK: Reading

    /// Reads blocks in order.
    ///
    /// Forward from the block that holds `from` through the one that holds `through`, to the end
    /// when it is nil; backward from the block that holds `from` (or the last one before it) down
    /// to the one that holds `through`, to the beginning when it is nil. The first and last block
    /// may hold events outside the range.
    func reader(
        from: SequenceNumber, through: SequenceNumber?, filter: EventFilter,
        direction: ReadDirection
    ) throws(JournalError) -> BlockReader

    /// Waits until there is an event after `sequence`.
    /// - Returns: false on time-out.
    func waitForEvents(
        after sequence: SequenceNumber, timeout: Nanoseconds
    ) throws(JournalError) -> Bool

    // MARK: Lease

    /// Takes the lease for this journal; its appends carry the lease's fencing number from now on.
    /// - Throws: `.leaseHeld` while another holds it.
    func acquireLease(holder: String) throws(JournalError) -> Lease
    func release(_ lease: Lease) throws(JournalError)
    /// Who holds the lease now; nil if nobody does. Asking never keeps anybody from taking it.
    func leaseHolder() throws(JournalError) -> LeaseHolder?

    // MARK: Inbox

    /// Submits an input to the sequencer, durably.
    /// - Throws: `.submissionTooLarge`, `.inboxFull`.
    func submit(_ bytes: [UInt8], submitter: String) throws(JournalError) -> Ticket
    /// The submissions not yet consumed, the oldest first.
    func pendingSubmissions(limit: Int) throws(JournalError) -> [Submission]
    /// Waits until a submission is pending.
    func waitForSubmissions(timeout: Nanoseconds) throws(JournalError) -> Bool
    /// The receipt of a submission; nil while it waits.
    func receipt(_ ticket: Ticket) throws(JournalError) -> Receipt?
    /// - Returns: nil on time-out.
    func waitForReceipt(_ ticket: Ticket, timeout: Nanoseconds) throws(JournalError) -> Receipt?
}

public enum ReadDirection: Hashable, Sendable {
    case forward, backward
}

extension Journal {
    public var pruned: Head? { nil }

    /// The first event that was not pruned.
    public var beginning: SequenceNumber {
        get throws(JournalError) { try pruned?.lastSequence.next ?? .first }
    }

    public func append(_ batch: inout Batch) throws(JournalError) {
        try append(&batch, CommitRows())
    }

    public func reader(
        from: SequenceNumber, through: SequenceNumber? = nil, filter: EventFilter = .all
    ) throws(JournalError) -> BlockReader {
        try reader(from: from, through: through, filter: filter, direction: .forward)
    }

    public func reader(
        from: SequenceNumber, direction: ReadDirection
    ) throws(JournalError) -> BlockReader {
        try reader(from: from, through: nil, filter: .all, direction: direction)
    }

    /// Calls `body` with each matching record of the range, both ends included, until it returns
    /// false. The record is valid during the call.
    ///
    /// - Throws: `JournalError`, or what `body` throws.
    public func forEachRecord(
        from: SequenceNumber, through: SequenceNumber? = nil, filter: EventFilter = .all,
        _ body: (Record) throws -> Bool
    ) throws {
        let reader = try reader(from: from, through: through, filter: filter)
        // Compares plain numbers, because comparing sequence numbers here calls through a witness
        // table.
        let first = from.number
        let last = through?.number ?? .max
        let takesAll = filter == .all
        let chain = UpcastChain.released
        var scratch = UpcastScratch()
        while let block = try reader.next() {
            var records = block.records()
            do {
                while let record = try records.next() {
                    let number = record.sequence.number
                    guard number >= first else { continue }
                    guard number <= last else { return }
                    guard takesAll || filter.matches(record) else { continue }
                    let current = try chain.current(record, &scratch)
                    guard try body(current) else { return }
                }
            } catch let error as BlockError {
                throw reader.corrupt(block.header.firstSequence, error)
            }
        }
    }
}
