import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// Writes the books of a range of events: once through the journal for what has to be declared, and once
/// more for the transactions.
public struct BooksExport {
    private let journal: any Journal
    private let first: SequenceNumber
    private let through: SequenceNumber

    /// - Parameter first: what was there before it is brought in by an opening transaction.
    public init(
        _ journal: any Journal, from first: SequenceNumber = .first, through: SequenceNumber
    ) {
        (self.journal, self.first, self.through) = (journal, first, through)
    }

    /// - Parameter sink: takes the text piece by piece.
    /// - Throws: `BooksError` for an event that cannot be booked or said exactly, and what reading throws.
    public func write(
        _ format: BooksText.Format, _ title: String, _ sink: ([UInt8]) throws -> Void
    ) throws {
        var survey = BooksSurvey()
        let names = try forEachTransaction { try survey.add($0) }
        let books = try BooksText(
            format, survey, names: names, last: through,
            calendar: try AccountDays(of: journal, through: through).calendar)
        var text: [UInt8] = []
        books.append(header: title, to: &text)
        try forEachTransaction { transaction in
            try books.append(transaction, to: &text)
            guard text.count >= 1 << 16 else { return }
            try sink(text)
            text.removeAll(keepingCapacity: true)
        }
        books.append(footer: through, to: &text)
        try sink(text)
    }

    /// - Returns: the names at the end of the range.
    @discardableResult
    private func forEachTransaction(
        _ body: (Transaction) throws -> Void
    ) throws -> NameBook {
        var check = BooksCheck()
        guard through != .none else { return check.books.names }
        var isOpen = first == .first
        try journal.forEachRecord(
            from: .first, through: through, filter: EventFilter(Books.types)
        ) { record in
            if !isOpen, record.sequence >= first {
                isOpen = true
                if let opening = check.books.opening() { try body(opening) }
            }
            guard let transaction = try check.post(record) else { return true }
            if isOpen { try body(transaction) }
            return true
        }
        if !isOpen, let opening = check.books.opening() { try body(opening) }
        return check.books.names
    }
}
