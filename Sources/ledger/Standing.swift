import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning
import LedgerSafety

/// What is true of a journal's safety, read again after a command. A command that changes it ends
/// with this, and so does one that failed to.
struct Standing {
    private let journal: LMDBJournal
    private let kind: String
    /// The accounts that the command concerned.
    private let accounts: AccountScope

    init(_ journal: LMDBJournal, _ accounts: AccountScope = .all) throws {
        (self.journal, self.accounts) = (journal, accounts)
        kind = try JournalIdentity(journal)?.kind ?? "unknown"
    }

    /// Only these kinds of journals can belong to an account at a venue.
    private var mayTrade: Bool { !["backtest", "tape"].contains(kind) }

    /// Prints what is in force now and what waits for a process.
    ///
    /// - Parameter needsRunner: whether what is held or open at the venue is part of the command.
    /// - Throws: exit code 8 if something is, and no process runs the journal.
    func tell(_ format: OutputFormat, needsRunner: Bool = true) throws {
        let say = Self.speaker(onOutput: format == .table)
        var waits = false
        for status in try statuses() {
            let isWaiting = try tell(status) {
                say(status.isOfDesk ? "\(status.account): \($0)" : $0)
            }
            waits = waits || isWaiting
        }
        if waits, needsRunner { throw ExitCode(CommandError.unattended) }
    }

    /// - Returns: whether something waits for a process.
    private func tell(_ status: DeskStatus, _ say: (String) -> Void) throws -> Bool {
        say(status.engine.gate.summary)
        guard status.engine.isRemote else { return false }
        say(Self.activity([status]))
        guard status.isUnattended else {
            if let waiting = status.waiting {
                say("waiting for \(status.venue)'s answer: \(waiting)")
            }
            return false
        }
        say("in force now: what the journal says; a process that starts obeys it at once")
        guard status.isExposed else {
            say("nothing is held or open at \(status.venue)")
            return false
        }
        say(
            "only when a process runs it: "
                + (status.waiting.map { "\($0) for \(status.venue), and " } ?? "")
                + "anything else that \(status.venue) must be told; orders that rest there stay")
        say("start it with `\(status.program)`")
        return true
    }

    private func statuses() throws -> [DeskStatus] {
        let all = try DeskStatus.all(journal)
        return accounts.places(of: all.map(\.engine)).map { all[$0] }
    }

    /// Prints the mode and what passes.
    func tellGate(_ format: OutputFormat) {
        guard let head = try? journal.head.lastSequence,
            let tables = try? ProjectionTables(journal, through: head),
            let gates: ByAccount<TradingGate> = try? tables.fold()
        else { return }
        for account in tables.accounts {
            Self.speaker(onOutput: format == .table)(
                tables.said(gates[account].summary, of: account))
        }
    }

    /// Says who runs the journal and when its last input came, if an account trades at a venue.
    func tellActivity(onOutput: Bool) {
        guard mayTrade, let remote = try? statuses().filter(\.engine.isRemote), !remote.isEmpty
        else { return }
        Self.speaker(onOutput: onOutput)(Self.activity(remote))
    }

    /// - Throws: exit code 8 if an account trades at a venue and no process runs the journal.
    func requireRunner() throws {
        if let status = remoteStatus, status.isUnattended {
            throw ExitCode(CommandError.unattended)
        }
    }

    private var remoteStatus: DeskStatus? {
        guard mayTrade, let all = try? statuses() else { return nil }
        return all.first { $0.engine.isRemote }
    }

    /// Runs a command; if it fails, says what is true nevertheless and throws its error.
    static func toldOnFailure<T>(_ journal: LMDBJournal, _ command: () throws -> T) throws -> T {
        do { return try command() } catch let error as OperatorDeskError {
            let standing = try Standing(journal)
            if case .waiting = error {
                Terminal.complain("not in force yet; until then:")
            } else {
                Terminal.complain("nothing was changed:")
            }
            standing.tellGate(.json)
            standing.tellActivity(onOutput: false)
            throw error
        }
    }

    private static func activity(_ remote: [DeskStatus]) -> String {
        let venues = remote.map(\.venue)
        let distinct = venues.indices.filter { !venues[..<$0].contains(venues[$0]) }
        return "\(remote[0].name), which trades at "
            + distinct.map { venues[$0] }.joined(separator: " and ")
            + ": \(remote[0].activity.text(at: Operator.now))"
    }

    private static func speaker(onOutput: Bool) -> (String) -> Void {
        onOutput ? { Terminal.print($0) } : { Terminal.complain($0) }
    }
}
