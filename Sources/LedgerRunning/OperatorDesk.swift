import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading

/// Brings inputs from outside a run, such as operators' commands, into a journal and returns the
/// resulting events.
///
/// If another process runs the journal, the inputs go through its inbox. If none does, or if that
/// process ends before it takes them, the desk takes the lease and steps them itself.
public struct OperatorDesk: Sendable {
    /// The result of the inputs.
    public struct Outcome: Sendable {
        /// The event of the first input; none if there was no input.
        public var first = SequenceNumber.none
        /// Whether this process wrote the journal.
        public var wasStepped = false
    }

    private let journal: any Journal
    private let actor: String
    private let holder: String
    let now: Timestamp
    private let timeout: Int64
    private let accounts: AccountScope

    /// - Parameters:
    ///   - actor: who submits the inputs.
    ///   - holder: shown to others who want the lease.
    ///   - now: the machine's time.
    ///   - timeout: milliseconds to wait for the process that runs the journal.
    ///   - accounts: those that the inputs concern.
    public init(
        _ journal: any Journal, actor: String, holder: String, now: Timestamp, timeout: Int64,
        accounts: AccountScope = .all
    ) {
        self.accounts = accounts
        self.journal = journal
        (self.actor, self.holder) = (actor, holder)
        (self.now, self.timeout) = (now, timeout)
    }

    /// Submits one input.
    ///
    /// - Returns: the resulting event.
    public func submit(_ event: some Event) throws -> (event: SequenceNumber, wasStepped: Bool) {
        let outcome = try submit { _ in [event] }
        return (outcome.first, outcome.wasStepped)
    }

    /// Submits inputs that depend on the journal's state. Nothing comes between them.
    ///
    /// - Parameter make: returns the inputs, given an engine at the journal's end. No inputs end
    ///   the submission.
    /// - Throws: `OperatorDeskError` if an input is refused or not taken in time.
    public func submit(_ make: (Engine) throws -> [any Event]) throws -> Outcome {
        let sequencer: Sequencer
        do {
            sequencer = try Sequencer(journal, holder: holder, commitBytes: .max)
        } catch JournalError.leaseHeld { return try hand(make) }
        return try step(sequencer, make)
    }

    // MARK: Accounts

    /// The one account that a command concerns.
    func part(of engine: Engine) throws -> AccountEngine { try accounts.one(of: engine) }

    /// The events once for each account that they concern. Of several accounts, one to which no command
    /// applies is left out; one that refuses alone is told why.
    private func inputs(
        _ events: [any Event], _ engine: Engine, _ envelope: Envelope
    ) throws -> [(event: any Event, envelope: Envelope)] {
        let numbers = try accounts.numbers(in: engine)
        func problem(_ number: AccountID) -> String? {
            events.lazy.compactMap { engine.problem(withInput: $0, of: number) }.first
        }
        let willing = numbers.count > 1 ? numbers.filter { problem($0) == nil } : numbers
        if willing.isEmpty, let first = numbers.first, let why = problem(first) {
            throw OperatorDeskError.refused(why)
        }
        return willing.flatMap { number in
            var own = envelope
            own.account = number
            return events.map { ($0, own) }
        }
    }

    // MARK: By a step

    private func step(
        _ taken: consuming Sequencer, _ make: (Engine) throws -> [any Event]
    ) throws -> Outcome {
        var sequencer = taken
        let isBacktest = try JournalIdentity(journal)?.kind == "\(JournalKind.backtest)"
        // A back-test's event time comes from its data; the record time says when the command came.
        let last = sequencer.engine.lastTime
        let time = isBacktest ? last : max(now, last)
        var outcome = Outcome(wasStepped: true)
        do {
            // Inputs that waited in the inbox while nobody ran the journal come first.
            while try sequencer.drainInbox(at: time) > 0 {}
            try sequencer.observeFlagFile(at: time, isRun: !isBacktest)
            let inputs = try inputs(
                make(sequencer.engine), sequencer.engine,
                Envelope(time: time, recordTime: isBacktest ? now : nil))
            do throws(InputError) { outcome.first = try sequencer.append(together: inputs) } catch {
                throw OperatorDeskError.refused(error.description)
            }
        } catch let error as OperatorDeskError {
            try finish(sequencer)
            throw error
        }
        try finish(sequencer)
        return outcome
    }

    private func finish(_ taken: consuming Sequencer) throws {
        var sequencer = taken
        if sequencer.uncommitted > 0 { try sequencer.commit() }
        try sequencer.close()
    }

    // MARK: Through the inbox

    private func hand(_ make: (Engine) throws -> [any Event]) throws -> Outcome {
        let engine = try EngineRestorer.engine(
            of: journal, through: try journal.head.lastSequence)
        let events = try make(engine)
        guard !events.isEmpty else { return Outcome() }
        var batch = Batch(next: .first)
        for input in try inputs(events, engine, Envelope(time: now)) {
            try batch.append(input.event, input.envelope)
        }
        var bytes: [UInt8] = []
        batch.forEachRecord(from: .first) { bytes += $0.bytes }
        return try wait(for: journal.submit(bytes, submitter: actor))
    }

    /// How long to wait for the receipt before looking at the lease again, in milliseconds.
    private static let glance: Int64 = 20

    private func wait(for ticket: Ticket) throws -> Outcome {
        var left = timeout
        var outcome = Outcome()
        while true {
            switch try journal.waitForReceipt(
                ticket, timeout: .milliseconds(min(left, Self.glance)))
            {
            case .event(let sequence):
                outcome.first = sequence
                return outcome
            case .refused(let why): throw OperatorDeskError.refusedBySequencer(why)
            case nil: break
            }
            // Once the holder is gone, nobody else may ever step the inbox.
            if try stepInbox() {
                outcome.wasStepped = true
                continue
            }
            left -= Self.glance
            if left <= 0 { throw OperatorDeskError.waiting(ticket) }
        }
    }

    /// Takes the lease if it is free, and steps everything that waits in the inbox.
    private func stepInbox() throws -> Bool {
        let taken: Sequencer
        do {
            taken = try Sequencer(journal, holder: holder, commitBytes: .max)
        } catch JournalError.leaseHeld { return false }
        var sequencer = taken
        let isBacktest = try JournalIdentity(journal)?.kind == "\(JournalKind.backtest)"
        let last = sequencer.engine.lastTime
        let time = isBacktest ? last : max(now, last)
        while try sequencer.drainInbox(at: time) > 0 {}
        try sequencer.observeFlagFile(at: time, isRun: !isBacktest)
        try finish(sequencer)
        return true
    }
}

/// Why an input did not become an event.
public enum OperatorDeskError: Error, Hashable, CustomStringConvertible {
    /// It conflicts with the journal's state. Correct the command.
    case refused(String)
    /// The process that runs the journal refused it. Correct the command.
    case refusedBySequencer(String)
    /// It is still in the inbox. Look again later; the next process that runs the journal takes it.
    case waiting(Ticket)

    public var description: String {
        switch self {
        case .refused(let why): why
        case .refusedBySequencer(let why): "the sequencer refused it: \(why)"
        case .waiting(let ticket):
            "submission \(ticket) is still in the inbox: the process that holds the lease has not "
                + "taken it yet"
        }
    }

    /// 6 for a refused command, 5 for one that still waits.
    public var exitCode: Int32 {
        if case .waiting = self { 5 } else { 6 }
    }
}
