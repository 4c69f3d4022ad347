import LedgerDomain
import LedgerEvents

/// Where a journal ends.
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

/// When a commit is on the disk.
public enum Durability: Hashable, Sendable, CaseIterable {
    /// When `append` returns. The default.
    case durable
    /// When `append` returns, too: the caller puts many inputs into one batch, and the events of
    /// one flush share its wait.
    case group
    /// When `flush` returns. A machine that fails before that may leave an unreadable file, so this
    /// is for imports and back-tests, which can be run again. A process that fails loses nothing.
    case bulk
}

/// The totally ordered record of events: appended in blocks, never changed.
///
/// One writer appends at a time; any number of readers read while it does. Usable from any thread.
public protocol Journal: AnyObject, Sendable {
    /// The last event and its block's link, as committed now.
    var head: Head { get throws(JournalError) }

    /// The last event that was pruned, and its block's link; nil when all are there.
    var pruned: Head? { get throws(JournalError) }

    /// Commits all blocks of the batch and the rows, or nothing.
    ///
    /// The batch is sealed in place and keeps its events; the caller empties it with
    /// `removeAll(next:)`. An empty batch commits the rows alone.
    ///
    /// - Throws: `.conflict` unless the batch begins after the head; `.fenced` when this journal's
    ///   lease was taken over; `.duplicate` for a deduplication row that is there already;
    ///   `.diskNearlyFull` below the reserve unless the rows say `isHalt`.
    func append(_ batch: inout Batch, _ rows: CommitRows) throws(JournalError)

    /// Waits until everything committed is on the disk.
    func flush() throws(JournalError)

    /// The event that an input became; for a counter that was passed, the last one counted.
    /// - Returns: nil when this input is not in the journal.
    func deduplicated(
        producer: String, key: DeduplicationKey
    ) throws(JournalError) -> SequenceNumber?

    // MARK: Checkpoints

    /// The nearest at or before a sequence. Damaged ones are passed over, because a fold can be
    /// rebuilt.
    func checkpoint(
        name: String, atOrBefore sequence: SequenceNumber
    ) throws(JournalError) -> Checkpoint?
    /// Their sequences, rising.
    func checkpoints(name: String) throws(JournalError) -> [SequenceNumber]
    func storeCheckpoint(_ checkpoint: Checkpoint) throws(JournalError)
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
    /// - Returns: false when the time is over.
    func waitForEvents(
        after sequence: SequenceNumber, timeout: Nanoseconds
    ) throws(JournalError) -> Bool

    // MARK: Lease

    /// Makes this journal the sequencer's; its appends carry the lease's fencing number from now
    /// on.
    /// - Throws: `.leaseHeld` while another holds it.
    func acquireLease(holder: String) throws(JournalError) -> Lease
    func release(_ lease: Lease) throws(JournalError)

    // MARK: Inbox

    /// Puts an input before the sequencer, durably.
    /// - Throws: `.submissionTooLarge`, `.inboxFull`.
    func submit(_ bytes: [UInt8], submitter: String) throws(JournalError) -> Ticket
    /// Those not yet consumed, the oldest first.
    func pendingSubmissions(limit: Int) throws(JournalError) -> [Submission]
    /// Waits until a submission is pending.
    func waitForSubmissions(timeout: Nanoseconds) throws(JournalError) -> Bool
    /// What became of a submission; nil while it waits.
    func receipt(_ ticket: Ticket) throws(JournalError) -> Receipt?
    /// - Returns: nil when the time is over.
    func waitForReceipt(_ ticket: Ticket, timeout: Nanoseconds) throws(JournalError) -> Receipt?
}

public enum ReadDirection: Hashable, Sendable {
    case forward, backward
}

extension Journal {
    public var pruned: Head? { nil }

    /// The first event that is there.
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
        // Numbers, because a comparison of sequences is a call through a witness table here.
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
