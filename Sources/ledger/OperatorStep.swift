import ArgumentParser
import Glibc
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

extension OperatorCommand {
    /// What the command line says.
    static func read(_ verb: OperatorVerb, _ argument: String) throws(CommandError) -> Self {
        do { return try Self(verb, argument) } catch { throw CommandError("\(error)") }
    }
}

/// Who gives a command and why.
struct OperatorOptions: ParsableArguments {
    @Option(help: "Why.")
    var reason = ""
    @Option(help: "Who; USER@host unless given.")
    var actor: String?
    @Option(help: "Milliseconds to wait for a sequencer's answer.")
    var timeout: Int64 = 10_000

    func step(_ command: OperatorCommand) -> OperatorStep {
        OperatorStep(command: event(command), timeout: timeout)
    }

    func event(_ command: OperatorCommand) -> OperatorCommanded {
        OperatorCommanded(command, actor: actor ?? Operator.actor, reason: reason)
    }

    /// A command that makes a safety state weaker says why.
    func requireReason(_ what: String) throws {
        guard reason.allSatisfy(\.isWhitespace) else { return }
        throw ValidationError("give --reason: \(what), and the journal keeps the reason")
    }
}

/// An operator's command: an input like any other, stepped by the process that holds the lease, or by
/// this one where none does.
struct OperatorStep {
    let command: OperatorCommanded
    let timeout: Int64

    /// Takes the command and prints it with everything that it caused.
    func carryOut(on journals: JournalOptions, _ format: OutputFormat) throws {
        try carryOut(on: Self.open(journals), format)
    }

    func carryOut(on journal: LMDBJournal, _ format: OutputFormat) throws {
        let sequence: SequenceNumber
        do { sequence = try step(journal) } catch JournalError.leaseHeld {
            sequence = try submit(journal)
        }
        var printer = EventPrinter(format, try ProjectionReader.fold(of: journal))
        printer.begin()
        // What came of the command follows it directly.
        try journal.forEachRecord(from: sequence) { record in
            guard record.sequence == sequence || record.cause == sequence else { return false }
            try printer.add(record)
            return true
        }
        try printer.end()
    }

    /// A journal that takes facts: not empty and not a tape.
    static func open(_ journals: JournalOptions) throws -> LMDBJournal {
        let journal = try SealedJournal.open(directory: journals.directory)
        guard try journal.head.lastSequence != .none else {
            throw CommandError("\(journals.journal) is empty; use `ledger init`")
        }
        guard try JournalSummary(journal).kind != "tape" else {
            throw CommandError(
                "\(journals.journal) is a tape; facts belong into a journal that is run")
        }
        return journal
    }

    private func step(_ journal: LMDBJournal) throws -> SequenceNumber {
        var sequencer = try Sequencer(journal, holder: Operator.holder, commitBytes: .max)
        let isBacktest = try JournalSummary(journal).kind == "backtest"
        // The time of a back-test is its data's; when the command came is recorded beside it.
        let now =
            isBacktest ? sequencer.engine.lastTime : max(Operator.now, sequencer.engine.lastTime)
        // What others put into the inbox while nobody sequenced the journal comes first.
        while try sequencer.drainInbox(at: now) > 0 {}
        try sequencer.observeFlagFile(at: now, isRun: !isBacktest)
        if let problem = sequencer.engine.problem(with: command) {
            try sequencer.commit()
            try sequencer.close()
            throw CommandError(problem, code: 1)
        }
        let sequence = try sequencer.take(
            command, Envelope(time: now, recordTime: isBacktest ? Operator.now : nil))
        try sequencer.commit()
        try sequencer.close()
        Seal.afterwards(journal)
        return sequence
    }

    private func submit(_ journal: LMDBJournal) throws -> SequenceNumber {
        let ticket = try Self.submit(command, as: command.actor, to: journal)
        return try Self.wait(for: ticket, in: journal, timeout)
    }

    /// Puts an input into the inbox of a journal that another process sequences.
    static func submit(
        _ event: some Event, as actor: String, to journal: LMDBJournal
    ) throws -> Ticket {
        var batch = Batch(next: .first)
        try batch.append(event, Envelope(time: Operator.now))
        guard let bytes = batch.record(.first).map({ Array($0.bytes) }) else {
            throw CommandError("nothing to submit")
        }
        return try journal.submit(bytes, submitter: actor)
    }

    /// - Parameter timeout: milliseconds.
    /// - Returns: the event that it became.
    static func wait(
        for ticket: Ticket, in journal: LMDBJournal, _ timeout: Int64
    ) throws -> SequenceNumber {
        switch try journal.waitForReceipt(ticket, timeout: .milliseconds(timeout)) {
        case .event(let sequence): return sequence
        case .refused(let why): throw CommandError("the sequencer refused it: \(why)", code: 1)
        case nil:
            throw CommandError(
                "submission \(ticket) waits in the inbox: the process that holds the lease has not "
                    + "taken it yet", code: 5)
        }
    }
}
