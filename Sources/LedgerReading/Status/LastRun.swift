import LedgerDomain
import LedgerEvents
import LedgerJournal

/// The last run of a journal.
public enum LastRun {
    private static let types: [EventType] = [.runStarted, .runEnded, .runFailed]

    /// Whether it has neither ended nor failed: it still runs, or its process was killed.
    public static func isOpen(in journal: any Journal) throws -> Bool {
        let head = try journal.head.lastSequence
        guard head != .none else { return false }
        let filter = EventFilter(types)
        let reader = try journal.reader(
            from: head, through: nil, filter: filter, direction: .backward)
        while let block = try reader.next() {
            var last: EventType?
            var records = block.records()
            do {
                while let record = try records.next() {
                    if filter.matches(record) { last = record.type }
                }
            } catch { throw reader.corrupt(block.header.firstSequence, error) }
            if let last { return last == .runStarted }
        }
        return false
    }
}
