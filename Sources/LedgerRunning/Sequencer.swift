import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSettings

/// The only writer of a journal. It takes inputs, steps the engine, and commits each input and its
/// consequences as one unit; many inputs share a commit.
public struct Sequencer: ~Copyable {
    public let journal: any Journal
    public private(set) var engine: Engine
    /// The events derived from the current input, after everything else that is uncommitted.
    private var step: Step
    private let lease: Lease
    private let commitBytes: Int
    private let checkpointEvery: UInt64
    private var nextCheckpoint: UInt64
    private var rows = CommitRows()
    private var folds = FoldCheckpoints()
    private let background: BackgroundWriter?
    #if DEBUG
        private var booksCheck: AppendedBooksCheck
    #endif

    /// Takes the lease and brings the engine to the journal's end.
    ///
    /// - Parameters:
    ///   - holder: shown to others who want the lease.
    ///   - commitBytes: commits once a batch is this large; 0 commits each input.
    ///   - writesInBackground: commits on a second thread while the next inputs are stepped. An
    ///     error of the journal then appears at a later commit. For back-tests, where nothing
    ///     depends on a commit.
    ///   - checkpointEvery: the number of inputs between two checkpoints of the engine and
    ///     projections, across processes.
    public init(
        _ journal: any Journal, holder: String, commitBytes: Int = 0,
        writesInBackground: Bool = false, checkpointEvery: UInt64 = 250_000
    ) throws {
        let taken = try journal.acquireLease(holder: holder)
        let head = try journal.head.lastSequence
        let restored = try EngineRestorer.restored(journal, through: head)
        #if DEBUG
            booksCheck = try AppendedBooksCheck(of: journal, through: head)
        #endif
        self.journal = journal
        lease = taken
        background = writesInBackground ? BackgroundWriter(journal) : nil
        engine = restored.engine
        step = Step(next: head.next)
        self.commitBytes = commitBytes
        self.checkpointEvery = checkpointEvery
        // Counted from the newest checkpoint, not from this start: a process that is always killed
        // early would never write one, and each restart would step more inputs.
        nextCheckpoint = restored.checkpointed + checkpointEvery
    }

    public var nextSequence: SequenceNumber { step.batch.nextSequence }
    public var uncommitted: Int { step.batch.eventCount }

    /// Takes a tape's record, with this journal's number for its instrument.
    @inline(__always)
    public mutating func append(_ record: Record, instrument: InstrumentID) throws {
        try run(step.batch.append(copying: record, instrument: instrument))
    }

    @inline(__always)
    public mutating func append(_ bar: Bar, at time: Timestamp) throws {
        let sequence = try step.append(bar, Envelope(time: time))
        do throws(EngineError) { try engine.step(bar, in: &step) } catch {
            try fail(error, at: sequence)
        }
        try commitIfDue()
    }

    @inline(__always)
    public mutating func append(_ quote: Quote, at time: Timestamp) throws {
        let sequence = try step.append(quote, Envelope(time: time))
        do throws(EngineError) { try engine.step(quote, in: &step) } catch {
            try fail(error, at: sequence)
        }
        try commitIfDue()
    }

    /// Takes any other input and returns its sequence number.
    @discardableResult
    public mutating func append(
        _ event: some Event, _ envelope: Envelope
    ) throws -> SequenceNumber {
        let sequence = try step.append(event, envelope)
        try run(sequence)
        return sequence
    }

    /// Commits a venue's fill together with the row that detects a duplicate report of it.
    ///
    /// A fill that the engine cannot step becomes a fault.
    ///
    /// - Returns: false if the execution is already in the journal; then nothing is taken.
    public mutating func append(
        _ fill: VenueFillReported, _ envelope: Envelope, key: DeduplicationKey
    ) throws -> Bool {
        try append(fill, envelope, once: key, named: "execution \(fill.execution)")
    }

    /// The same for something that changed the account outside of orders.
    public mutating func append(
        _ activity: VenueActivityReported, _ envelope: Envelope, key: DeduplicationKey
    ) throws -> Bool {
        try append(activity, envelope, once: key, named: "activity \(activity.id)")
    }

    /// The same for a fill that the venue took back or gave other terms.
    public mutating func append(
        _ correction: VenueFillCorrected, _ envelope: Envelope, key: DeduplicationKey
    ) throws -> Bool {
        try append(correction, envelope, once: key, named: "correction \(correction.execution)")
    }

    /// The event that first reported an execution, a correction or an activity; nil if none did.
    public func reported(_ key: DeduplicationKey) throws -> SequenceNumber? {
        if let waiting = rows.deduplication.last(where: {
            $0.producer == Self.executions && $0.key == key
        }) {
            return waiting.sequence
        }
        return try journal.deduplicated(producer: Self.executions, key: key)
    }

    private mutating func append(
        _ report: some Event, _ envelope: Envelope, once key: DeduplicationKey, named name: String
    ) throws -> Bool {
        let isWaiting = rows.deduplication.contains {
            $0.producer == Self.executions && $0.key == key
        }
        guard !isWaiting,
            try journal.deduplicated(producer: Self.executions, key: key) == nil
        else { return false }
        let row = DeduplicationRow(
            producer: Self.executions, key: key, sequence: step.batch.nextSequence)
        if let error = try attempt(report, envelope, row) {
            // Neither booked nor ignored: a reconciliation finds what the books lack.
            _ = try attempt(
                FaultReported(
                    .rest, origin: "venue",
                    detail: "\(name) cannot be booked: \(error)"), envelope)
        }
        return true
    }

    private static let executions = "execution"

    /// Takes an external input that the engine may be unable to step, because a hostile number must
    /// not end the run. What came before is committed, and the input leaves no trace.
    ///
    /// - Parameter row: stored in the commit of the input, if it is taken.
    /// - Returns: why it could not be taken; nil if it was.
    public mutating func attempt(
        _ event: some Event, _ envelope: Envelope, _ row: DeduplicationRow? = nil
    ) throws -> EngineError? {
        let sequence: SequenceNumber
        do { sequence = try step.append(event, envelope) } catch { return .number(error) }
        guard let input = step.batch.record(sequence) else { return nil }
        do throws(EngineError) { try engine.step(input, in: &step) } catch {
            step.truncate(to: sequence)
            try write()
            engine = try EngineRestorer.engine(
                of: journal, through: try journal.head.lastSequence)
            return error
        }
        if let row { rows.deduplication.append(row) }
        try commitIfDue()
        return nil
    }

    /// Steps an input in place in the batch.
    @inline(__always)
    private mutating func run(_ sequence: SequenceNumber) throws {
        guard let input = step.batch.record(sequence) else { return }
        do throws(EngineError) { try engine.step(input, in: &step) } catch {
            try fail(error, at: sequence)
        }
        try commitIfDue()
    }

    @inline(__always)
    private mutating func commitIfDue() throws {
        if step.batch.byteCount > commitBytes { try commit() }
    }

    /// Keeps what came before the input that the engine could not step, journals why the run
    /// failed, and rethrows the error.
    private mutating func fail(_ error: EngineError, at sequence: SequenceNumber) throws -> Never {
        step.truncate(to: sequence)
        try step.batch.append(
            RunFailed(reason: "\(error)"),
            Envelope(time: engine.lastTime.nanoseconds == .min ? .zero : engine.lastTime))
        try write()
        try background?.wait()
        throw error
    }

    /// Commits what was taken. After a journal error nothing of it is kept and this sequencer is
    /// finished: open the journal again.
    public mutating func commit() throws {
        if engine.inputs >= nextCheckpoint { addCheckpoints() }
        try write()
    }

    private mutating func write() throws {
        let next = step.batch.nextSequence
        #if DEBUG
            try booksCheck.post(step.batch)
        #endif
        // The journal itself refuses a known intent: an order is never decided twice (L01).
        for sent in step.sent {
            rows.deduplication.append(
                DeduplicationRow(
                    producer: "intent", key: .intent(sent.intent), sequence: sent.sequence))
        }
        step.sent.removeAll(keepingCapacity: true)
        if let background {
            try background.write(&step.batch, rows)
        } else {
            folds.add(to: &rows, journal, step.batch)
            var refused: JournalError?
            do throws(JournalError) { try journal.append(&step.batch, rows) } catch {
                refused = error
            }
            if let refused {
                try reportDuplicate(refused)
                throw refused
            }
        }
        rows = CommitRows()
        step.batch.removeAll(next: next)
    }

    /// The journal already has an intent that the engine decided again. Nothing of the batch is
    /// kept; instead a fault is journaled, whose latch waits for an operator (K06).
    private mutating func reportDuplicate(_ error: JournalError) throws {
        guard case .duplicate("intent", let key, let sequence) = error else { return }
        let head = try journal.head.lastSequence
        engine = try EngineRestorer.engine(of: journal, through: head)
        rows = CommitRows()
        folds.forget()
        step.removeAll(after: head)
        let fault = FaultReported(
            .duplicateIntent, origin: "journal",
            detail: "intent \(key) is event \(sequence) already; what came after event \(head) was "
                + "not taken")
        let input = try step.append(fault, Envelope(time: max(engine.lastTime, .zero)))
        if let record = step.batch.record(input) { try engine.step(record, in: &step) }
        try journal.append(&step.batch, CommitRows())
        step.batch.removeAll(next: step.batch.nextSequence)
    }

    /// Commits with a checkpoint of everything, so that the next reader starts here.
    public mutating func commitWithCheckpoint() throws {
        addCheckpoints()
        try write()
        try background?.wait()
    }

    private mutating func addCheckpoints() {
        nextCheckpoint = engine.inputs + checkpointEvery
        let last = SequenceNumber(step.batch.nextSequence.number - 1)
        guard last != .none else { return }
        let saved = StateCheckpoint.all(of: engine, at: last)
        rows.checkpoints += saved
        // A large state is saved less often, so that an input costs the same however large it is.
        let bytes = saved.reduce(0) { $0 + $1.bytes.count }
        if bytes > Engine.largeState {
            nextCheckpoint = engine.inputs + max(checkpointEvery, UInt64(bytes) / 8)
        }
    }

    /// Takes inputs that belong together: all of them or, where one cannot be stepped, none. Nothing comes
    /// between them, and one commit holds them.
    ///
    /// - Parameter row: is stored in that commit.
    /// - Returns: the first input's event; none if there is no input.
    /// - Throws: why an input cannot be taken: it conflicts with the engine's state, or has numbers that
    ///   cannot be counted.
    public mutating func append(
        together inputs: [(event: any Event, envelope: Envelope)]
    ) throws(InputError) -> SequenceNumber {
        let first = nextSequence
        let before = engine
        do {
            for input in inputs { try stepChecked(input.event, input.envelope) }
        } catch {
            step.truncate(to: first)
            engine = before
            throw error as? InputError ?? InputError("\(error)")
        }
        return inputs.isEmpty ? .none : first
    }

    private mutating func stepChecked(_ event: some Event, _ envelope: Envelope) throws {
        if let problem = engine.problem(withInput: event, of: envelope.account) {
            throw InputError(problem)
        }
        let sequence = try step.append(event, envelope)
        guard let input = step.batch.record(sequence) else { return }
        try engine.step(input, in: &step)
    }

    /// Steps what other processes put into the inbox. A submission, its receipt and its consequences are
    /// one commit, so a kill neither takes it twice nor in part.
    ///
    /// - Parameter time: the event and record time of inputs that have none.
    /// - Returns: how many submissions were taken or refused.
    @discardableResult
    public mutating func drainInbox(at time: Timestamp) throws -> Int {
        let waiting = try journal.pendingSubmissions(limit: 100)
        for submission in waiting {
            rows.consumedInbox.append(
                ConsumedSubmission(
                    ticket: submission.ticket, receipt: take(submission, at: time)))
        }
        if !waiting.isEmpty { try commit() }
        return waiting.count
    }

    /// A submitted input gets the sequencer's time: no other process may move the journal's clock.
    private mutating func take(_ submission: Submission, at time: Timestamp) -> Receipt {
        do {
            let now = max(time, engine.lastTime)
            var inputs: [(event: any Event, envelope: Envelope)] = []
            try Record.readingEach(submission.bytes) { record in
                let envelope = Envelope(account: record.account, time: now)
                inputs.append((try SubmittedInput.event(of: record), envelope))
            }
            return .event(try append(together: inputs))
        } catch {
            return .refused("\(error)")
        }
    }

    /// Releases the lease. What was not committed is lost, as if it had never been taken.
    public func close() throws {
        try background?.wait()
        try journal.release(lease)
    }
}
