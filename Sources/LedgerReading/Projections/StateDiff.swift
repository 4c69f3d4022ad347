import LedgerDomain
import LedgerEvents
import LedgerJournal

/// The differences between the states of a journal at two moments.
public struct StateDiff: Sendable {
    /// A value that differs, or that exists on one side only.
    public struct Change: Hashable, Sendable {
        public var view: ProjectionView
        /// Which row; empty for a table with one row.
        public var subject: String
        public var field: String
        /// Nil if that side has no such row or value.
        public var before: String?
        public var after: String?
    }

    /// By view, then in the row order of the first moment; new rows last.
    public let changes: [Change]

    /// Each side is folded from its nearest checkpoint.
    ///
    /// - Parameters:
    ///   - start: one moment, after this event; `.none` is before the first.
    ///   - end: the other moment, earlier or later.
    ///   - views: what to compare.
    public init(
        of journal: any Journal, from start: SequenceNumber, to end: SequenceNumber,
        views: [ProjectionView] = ProjectionView.all
    ) throws {
        var before = try ProjectionTables(journal, through: start)
        var after = try ProjectionTables(journal, through: end)
        var found: [Change] = []
        for view in views {
            found += Self.changes(
                view, from: try view.compared(&before), to: try view.compared(&after))
        }
        changes = found
    }

    static func changes(_ view: ProjectionView, from old: Table, to new: Table) -> [Change] {
        func rows(_ table: Table) -> [String: [String?]] {
            Dictionary(table.rows.map { (view.subject($0, of: table), $0) }) { first, _ in first }
        }
        let (olds, news) = (rows(old), rows(new))
        var found: [Change] = []
        func compare(_ subject: String, before: [String?]?, after: [String?]?) {
            for column in new.columns where view.compares(column.name) {
                let one = old.index(column.name).flatMap { before?[$0] }
                let other = new.index(column.name).flatMap { after?[$0] }
                guard one != other else { continue }
                found.append(
                    Change(
                        view: view, subject: subject, field: column.name, before: one,
                        after: other))
            }
        }
        for row in old.rows {
            let subject = view.subject(row, of: old)
            compare(subject, before: row, after: news[subject])
        }
        for row in new.rows {
            let subject = view.subject(row, of: new)
            if olds[subject] == nil { compare(subject, before: nil, after: row) }
        }
        return found
    }
}
