import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// Writes the books of a range of events. Reads the journal twice: for the declarations, then for
/// the transactions.
public struct BooksExport {
    private let journal: any Journal
    private let first: SequenceNumber
    private let through: SequenceNumber

    /// - Parameter first: an opening transaction carries forward what was there before it.
    public init(
        _ journal: any Journal, from first: SequenceNumber = .first, through: SequenceNumber
    ) {
        (self.journal, self.first, self.through) = (journal, first, through)
    }

    /// - Parameter sink: receives the text piece by piece.
    /// - Throws: `BooksError` for an event that cannot be booked or represented exactly, and read
    ///   errors.
    public func write(
        _ format: BooksText.Format, _ title: String, _ sink: ([UInt8]) throws -> Void
    ) throws {
        var survey = BooksSurvey()
        let (names, converts) = try forEachTransaction { try survey.add($0) }
        let types = converts ? Books.types + [.rateObserved] : Books.types
        let books = try BooksText(
            format, survey, names: names, last: through,
            calendar: try AccountDays(of: journal, through: through).calendar)
        var text: [UInt8] = []
        books.append(header: title, to: &text)
        try forEachTransaction(types, rate: { books.append(rate: $0, at: $1, to: &text) }) {
            transaction in
            try books.append(transaction, to: &text)
            guard text.count >= 1 << 16 else { return }
            try sink(text)
            text.removeAll(keepingCapacity: true)
        }
        if converts { try append(pricesTo: books, at: survey.last, to: &text) }
        books.append(footer: through, to: &text)
        try sink(text)
    }

    /// The last rates and marks, so that the programs value what is held as we do.
    private func append(
        pricesTo books: BooksText, at time: Timestamp, to text: inout [UInt8]
    ) throws {
        let profit: ProfitAndLoss = try ProjectionReader.fold(of: journal, through: through)
        let currencies = profit.equity.currencies
        for account in profit.equity.accounts.compactMap({ $0?.account }) {
            let own = currencies.currency(of: account)
            for balance in currencies.balances(account) {
                let rate = profit.equity.conversion(account, from: balance.currency)?.rate
                guard let rate, rate.raw > 0 else { continue }
                books.append(price: rate, of: balance.currency, in: own, at: time, to: &text)
            }
        }
        var priced: [InstrumentID] = []
        for position in profit.positions.positions
        where position.quantity.raw != 0 && !priced.contains(position.instrument) {
            let mark = profit.equity.mark(position.instrument)
            priced.append(position.instrument)
            guard mark.raw > 0 else { continue }
            books.append(mark: mark, of: position.instrument, at: time, to: &text)
        }
    }

    /// - Returns: the names at the end of the range, and whether an account has several currencies.
    @discardableResult
    private func forEachTransaction(
        _ types: [EventType] = Books.types, rate: (RateObserved, Timestamp) -> Void = { _, _ in },
        _ body: (Transaction) throws -> Void
    ) throws -> (names: NameBook, converts: Bool) {
        var check = BooksCheck()
        func result() -> (NameBook, Bool) { (check.books.names, !check.books.converting.isEmpty) }
        guard through != .none else { return result() }
        var isOpen = first == .first
        try journal.forEachRecord(
            from: .first, through: through, filter: EventFilter(types)
        ) { record in
            if record.type == .rateObserved {
                if record.sequence >= first { rate(try RateObserved(record), record.time) }
                return true
            }
            if !isOpen, record.sequence >= first {
                isOpen = true
                if let opening = check.books.opening() { try body(opening) }
            }
            guard let transaction = try check.post(record) else { return true }
            if isOpen { try body(transaction) }
            return true
        }
        if !isOpen, let opening = check.books.opening() { try body(opening) }
        return result()
    }
}
