import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning

extension DoctorRecord {
    /// Leaves the record in a journal: by a step of its own, or through the inbox of the process that
    /// sequences it.
    ///
    /// - Parameter timeout: milliseconds to wait for that process.
    /// - Returns: the event that it became.
    public func append(
        to journal: LMDBJournal, actor: String, reason: String, holder: String, now: Timestamp,
        timeout: Int64
    ) throws -> SequenceNumber {
        let command = OperatorCommanded(.doctor(self), actor: actor, reason: reason)
        do { return try step(command, journal, holder, now) } catch JournalError.leaseHeld {
            return try submit(command, journal, now, timeout)
        }
    }

    private func step(
        _ command: OperatorCommanded, _ journal: LMDBJournal, _ holder: String, _ now: Timestamp
    ) throws -> SequenceNumber {
        var sequencer = try Sequencer(journal, holder: holder, commitBytes: .max)
        let isBacktest = try JournalIdentity(journal)?.kind == "backtest"
        let last = sequencer.engine.lastTime
        let time = isBacktest ? last : max(now, last)
        while try sequencer.drainInbox(at: time) > 0 {}
        if let problem = sequencer.engine.problem(with: command) {
            try sequencer.close()
            throw InputError(problem)
        }
        let sequence = try sequencer.take(
            command, Envelope(time: time, recordTime: isBacktest ? now : nil))
        try sequencer.commit()
        try sequencer.close()
        return sequence
    }

    private func submit(
        _ command: OperatorCommanded, _ journal: LMDBJournal, _ now: Timestamp, _ timeout: Int64
    ) throws -> SequenceNumber {
        var batch = Batch(next: .first)
        try batch.append(command, Envelope(time: now))
        guard let bytes = batch.record(.first).map({ Array($0.bytes) }) else {
            throw InputError("nothing to submit")
        }
        let ticket = try journal.submit(bytes, submitter: command.actor)
        switch try journal.waitForReceipt(ticket, timeout: .milliseconds(timeout)) {
        case .event(let sequence): return sequence
        case .refused(let why): throw InputError("the sequencer refused it: \(why)")
        case nil:
            throw InputError(
                "submission \(ticket) waits in the inbox: the process that holds the lease has not "
                    + "taken it yet")
        }
    }
}
