import LedgerDomain
import LedgerJournal

/// Whether a process runs a journal, and when the journal took its last input.
public struct JournalActivity: Hashable, Sendable {
    /// The process that runs the journal; nil if none does.
    public var runner: LeaseHolder?
    /// The record time of the last event; nil in an empty journal.
    public var lastInput: Timestamp?

    /// How a command of `ledger`, which holds the lease for one step only, names itself.
    public static let command = "ledger, process "

    public init(_ journal: any Journal) throws {
        if let holder = try journal.leaseHolder(), !holder.name.hasPrefix(Self.command) {
            runner = holder
        }
        let head = try journal.head.lastSequence
        guard head != .none else { return }
        try journal.forEachRecord(from: head, through: head) { record in
            lastInput = record.recordTime
            return false
        }
    }

    /// Who runs the journal since when, and the age of the last input.
    ///
    /// - Parameter now: the machine's time.
    public func text(at now: Timestamp) -> String {
        var text = "no process runs it"
        if let runner {
            text = "run by \(runner.name)"
            if let since = runner.since { text += " since \(since)" }
        }
        guard let lastInput else { return text }
        return text + "; last input \(Self.age(of: lastInput, at: now)) ago, \(lastInput)"
    }

    /// A span in its largest unit, rounded down; 0 s for a time that is still to come.
    public static func age(of time: Timestamp, at now: Timestamp) -> String {
        let (span, overflow) = now.nanoseconds.subtractingReportingOverflow(time.nanoseconds)
        let seconds = overflow ? Int64.max : max(0, span / 1_000_000_000)
        for (length, unit) in [(86_400, "d"), (3_600, "h"), (60, "min")] as [(Int64, String)]
        where seconds >= length { return "\(seconds / length) \(unit)" }
        return "\(seconds) s"
    }
}
