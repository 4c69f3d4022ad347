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
    /// The command line.
    static func read(_ verb: OperatorVerb, _ argument: String) throws(CommandError) -> Self {
        do { return try Self(verb, argument) } catch { throw CommandError("\(error)") }
    }
}

/// How to submit an input to a journal that another process may run.
struct SubmissionOptions: ParsableArguments {
    @Option(help: "Milliseconds to wait for the running process to answer.")
    var timeout: Int64 = 10_000

    func desk(on journal: LMDBJournal, actor: String = Operator.actor) -> OperatorDesk {
        OperatorDesk(
            journal, actor: actor, holder: Operator.holder, now: Operator.now, timeout: timeout)
    }
}

/// Who runs a command and why.
struct OperatorOptions: ParsableArguments {
    @Option(help: "Reason, recorded in the journal.")
    var reason = ""
    @Option(help: "Who gives the command (default: USER@HOST).")
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

    /// Commands that weaken safety require a reason.
    func requireReason(_ what: String) throws {
        guard reason.allSatisfy(\.isWhitespace) else { return }
        throw ValidationError("add --reason WHY: \(what)")
    }
}

/// An operator's command and its effects.
struct OperatorStep {
    let command: OperatorCommanded
    let submission: SubmissionOptions

    /// Gives the command and prints it together with everything that it caused.
    func carryOut(on journals: JournalOptions, _ format: OutputFormat) throws {
        try carryOut(on: Self.open(journals), format)
    }

    func carryOut(on journal: LMDBJournal, _ format: OutputFormat) throws {
        let desk = submission.desk(on: journal, actor: command.actor)
        let (sequence, wasStepped) = try Standing.toldOnFailure(journal) {
            try desk.submit(command)
        }
        if wasStepped { Seal.afterwards(journal) }
        var printer = EventPrinter(format, try ProjectionReader.fold(of: journal))
        printer.begin()
        // The effects of the command directly follow it.
        try journal.forEachRecord(from: sequence) { record in
            guard record.sequence == sequence || record.cause == sequence else { return false }
            try printer.add(record)
            return true
        }
        try printer.end()
        try tellStanding(Standing(journal), format)
    }

    private func tellStanding(_ standing: Standing, _ format: OutputFormat) throws {
        switch try? OperatorCommand(command) {
        case .engage, .clear, .mode, .override, .flatten: try standing.tell(format)
        case .healthCheck, .sync: try standing.tell(format, needsRunner: false)
        case .deposit, .withdrawal, .fee, .note, .hold, .releaseHold, .prune, .doctor, .adopt,
            nil:
            standing.tellActivity(onOutput: false)
        }
    }

    /// A journal that accepts facts: neither empty nor a tape.
    static func open(_ journals: JournalOptions) throws -> LMDBJournal {
        let journal = try SealedJournal.open(directory: journals.directory)
        guard try journal.head.lastSequence != .none else {
            throw CommandError("\(journals.journal) is empty; create it with `ledger init`")
        }
        guard try JournalSummary(journal).kind != "tape" else {
            throw CommandError(
                "\(journals.journal) is a tape; record facts in a journal that is run")
        }
        return journal
    }
}
