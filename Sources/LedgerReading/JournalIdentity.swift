import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal

/// What a journal states about itself in its first event or, if that was pruned, in the pruning
/// event.
public struct JournalIdentity: Sendable {
    public var kind: String
    public var name: String

    /// - Returns: nil if the journal has no events.
    public init?(_ journal: any Journal) throws {
        guard try journal.head.lastSequence != .none else { return nil }
        var found: (String, String)?
        if try journal.pruned == nil {
            try journal.forEachRecord(from: .first, through: .first) { record in
                guard record.type == .journalOpened else { return false }
                let opened = try JournalOpened(record)
                found = ("\(opened.kind)", opened.name)
                return false
            }
        } else {
            try journal.forEachRecord(
                from: journal.beginning, filter: EventFilter([.operatorCommanded])
            ) { record in
                let command = try OperatorCommanded(record)
                if case .prune(let record) = try? OperatorCommand(command) {
                    found = (record.kind, record.name)
                }
                return true
            }
        }
        guard let (kind, name) = found else { return nil }
        (self.kind, self.name) = (kind, name)
    }
}
