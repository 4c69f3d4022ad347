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

    func desk(
        on journal: LMDBJournal, actor: String = Operator.actor, accounts: AccountScope = .all
    ) -> OperatorDesk {
        OperatorDesk(
            journal, actor: actor, holder: Operator.holder, now: Operator.now, timeout: timeout,
            accounts: accounts)
    }
}

/// The accounts that a command concerns.
struct AccountOptions: ParsableArguments {
    @Option(help: "Only this account (default: all).")
    var account: String?
    @Option(help: "Only the accounts at this venue.")
    var venue: String?

    func validate() throws {
        guard account == nil || venue == nil else {
            throw ValidationError("--account and --venue cannot be combined")
        }
    }

    var scope: AccountScope {
        account.map { .account($0) } ?? venue.map { .venue($0) } ?? .all
    }
}

/// Who runs a command and why.
struct OperatorOptions: ParsableArguments {
    @Option(help: "Reason, recorded in the journal.")
    var reason = ""
    @Option(help: "Who gives the command (default: USER@HOST).")
    var actor: String?
    @OptionGroup var submission: SubmissionOptions

    func desk(on journal: LMDBJournal, _ accounts: AccountOptions? = nil) -> OperatorDesk {
        submission.desk(
            on: journal, actor: actor ?? Operator.actor, accounts: accounts?.scope ?? .all)
    }

    func step(_ command: OperatorCommand, _ accounts: AccountOptions? = nil) -> OperatorStep {
        OperatorStep(
            command: event(command), submission: submission, accounts: accounts?.scope ?? .all)
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
    let accounts: AccountScope

    /// Gives the command and prints it together with everything that it caused.
    func carryOut(on journals: JournalOptions, _ format: OutputFormat) throws {
        try carryOut(on: Self.open(journals), format)
    }

    func carryOut(on journal: LMDBJournal, _ format: OutputFormat) throws {
        let desk = submission.desk(on: journal, actor: command.actor, accounts: accounts)
        let (sequence, wasStepped) = try Standing.toldOnFailure(journal) {
            try desk.submit(command)
        }
        if wasStepped { Seal.afterwards(journal) }
        var printer = EventPrinter(format, try ProjectionReader.fold(of: journal))
        printer.begin()
        var last = sequence
        // The effects of the command directly follow it.
        try journal.forEachRecord(from: sequence) { record in
            // A command to some of the accounts is one event for each of them.
            let isOurs =
                try record.type == .operatorCommanded && OperatorCommanded(record) == command
            if isOurs { last = record.sequence }
            guard isOurs || record.cause == last else { return false }
            try printer.add(record)
            return true
        }
        try printer.end()
        try tellStanding(Standing(journal, accounts), format)
    }

    private func tellStanding(_ standing: Standing, _ format: OutputFormat) throws {
        switch try? OperatorCommand(command) {
        case .engage, .clear, .mode, .override, .flatten: try standing.tell(format)
        case .healthCheck, .sync: try standing.tell(format, needsRunner: false)
        case .deposit, .withdrawal, .fee, .note, .hold, .releaseHold, .prune, .doctor, .adopt,
            .conversion, .rate, .transfer, .positionTransfer, .action, .correction, .borrow,
            .interest,
            .funding, nil:
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
