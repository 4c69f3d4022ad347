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

/// How an input reaches a journal that another process may run.
struct SubmissionOptions: ParsableArguments {
    @Option(help: "Milliseconds to wait for a sequencer's answer.")
    var timeout: Int64 = 10_000

    func desk(on journal: LMDBJournal, actor: String = Operator.actor) -> OperatorDesk {
        OperatorDesk(
            journal, actor: actor, holder: Operator.holder, now: Operator.now, timeout: timeout)
    }
}

/// Who gives a command and why.
struct OperatorOptions: ParsableArguments {
    @Option(help: "Why.")
    var reason = ""
    @Option(help: "Who; USER@host unless given.")
    var actor: String?
    @OptionGroup var submission: SubmissionOptions

    func desk(on journal: LMDBJournal) -> OperatorDesk {
        submission.desk(on: journal, actor: actor ?? Operator.actor)
    }

    func step(_ command: OperatorCommand) -> OperatorStep {
        OperatorStep(command: event(command), submission: submission)
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

/// An operator's command and what came of it.
struct OperatorStep {
    let command: OperatorCommanded
    let submission: SubmissionOptions

    /// Takes the command and prints it with everything that it caused.
    func carryOut(on journals: JournalOptions, _ format: OutputFormat) throws {
        try carryOut(on: Self.open(journals), format)
    }

    func carryOut(on journal: LMDBJournal, _ format: OutputFormat) throws {
        let desk = submission.desk(on: journal, actor: command.actor)
        let (sequence, wasStepped) = try desk.submit(command)
        if wasStepped { Seal.afterwards(journal) }
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
}
