#if DEBUG
    import LedgerBooks
    import LedgerDomain
    import LedgerEvents
    import LedgerJournal

    /// Checks in debug builds that the postings of every event sum to zero before it is committed.
    /// Release builds leave this to `JournalVerification`.
    struct AppendedBooksCheck {
        /// Nil if the journal's past cannot be booked; a reader then reports it.
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

        /// Takes the events that are about to be appended.
        ///
        /// - Throws: `BooksError` with the event and its imbalance.
        mutating func post(_ batch: borrowing Batch) throws {
            guard var next = check else { return }
            try batch.forEachRecord(from: batch.firstSequence) { try next.post($0) }
            check = next
        }
    }
#endif
