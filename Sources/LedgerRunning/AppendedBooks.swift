#if DEBUG
    import LedgerBooks
    import LedgerDomain
    import LedgerEvents
    import LedgerJournal

    /// Holds what a debug build appends to double entry: every event's postings add up to zero before it
    /// is committed. Release builds leave it to `JournalVerification`.
    struct AppendedBooks {
        /// Nil where the journal's past cannot be booked: a reader says so.
        private var check: BooksCheck?

        /// Folds the journal up to `head`.
        init(of journal: any Journal, through head: SequenceNumber) throws {
            var check = BooksCheck()
            guard try journal.pruned == nil else { return }
            guard head != .none else {
                self.check = check
                return
            }
            do {
                try journal.forEachRecord(
                    from: .first, through: head, filter: EventFilter(Books.types)
                ) { record in
                    try check.post(record)
                    return true
                }
                self.check = check
            } catch is BooksError {}
        }

        /// Takes what is about to be appended.
        ///
        /// - Throws: `BooksError` with the event and by how much it is out of balance.
        mutating func post(_ batch: borrowing Batch) throws {
            guard var next = check else { return }
            try batch.forEachRecord(from: batch.firstSequence) { try next.post($0) }
            check = next
        }
    }
#endif
