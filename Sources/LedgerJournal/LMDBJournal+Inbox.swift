import CLMDB
import LedgerDomain
import LedgerEvents

extension LMDBJournal {
    // MARK: Lease

    public func acquireLease(holder: String) throws(JournalError) -> Lease {
        guard !environment.isReadOnly else { throw .readOnly(path) }
        return try sequencer.withLock { (sequencer) throws(JournalError) in
            guard let lock = try LeaseLock(environment.directory.lease) else {
                throw .leaseHeld(by: try lastHolder())
            }
            let fencing = try environment.write { (transaction) throws(JournalError) in
                let fencing = try MetaRow.fencing.number(transaction, tables) + 1
                try MetaRow.fencing.put(fencing, transaction, tables)
                try MetaRow.holder.put(holder, transaction, tables)
                return fencing
            }
            try syncIfBulk()
            sequencer.lock = consume lock
            sequencer.fencing = fencing
            return Lease(holder: holder, fencing: fencing)
        }
    }

    public func leaseHolder() throws(JournalError) -> LeaseHolder? {
        guard let since = LeaseLock.heldSince(environment.directory.lease) else { return nil }
        return LeaseHolder(try lastHolder(), since: since)
    }

    private func lastHolder() throws(JournalError) -> String {
        try environment.read { (transaction) throws(JournalError) in
            try MetaRow.holder.text(transaction, tables)
        }
    }

    public func release(_ lease: Lease) throws(JournalError) {
        sequencer.withLock { sequencer in
            guard sequencer.fencing == lease.fencing else { return }
            sequencer.fencing = nil
            sequencer.lock = nil
        }
    }

    // MARK: Inbox

    public func submit(_ bytes: [UInt8], submitter: String) throws(JournalError) -> Ticket {
        try Submission.check(bytes, submitter: submitter)
        let ticket = try environment.write { (transaction) throws(JournalError) in
            let waiting = try transaction.count(tables.inbox)
            guard waiting < Submission.mostWaiting else { throw .inboxFull(waiting) }
            let number = try MetaRow.lastTicket.number(transaction, tables) + 1
            try MetaRow.lastTicket.put(number, transaction, tables)
            let submission = Submission(
                ticket: Ticket(number), submitter: submitter, bytes: bytes)
            let row = Row.sealed(submission.body, key: Row.key(number))
            try transaction.put(tables.inbox, number, row, flags: MDB_APPEND)
            return submission.ticket
        }
        try syncIfBulk()
        wake.announceSubmission()
        return ticket
    }

    public func pendingSubmissions(limit: Int) throws(JournalError) -> [Submission] {
        try environment.read { (transaction) throws(JournalError) in
            let cursor = try transaction.cursor(tables.inbox)
            var result: [Submission] = []
            var entry = try cursor.move(MDB_FIRST)
            while let found = entry, result.count < limit {
                let ticket = Ticket(found.number)
                guard let body = Row.body(of: found.value, key: Row.key(ticket.number)),
                    let submission = Submission(ticket: ticket, body: body)
                else { throw .damagedRow(table: "inbox", key: ticket.description) }
                result.append(submission)
                entry = try cursor.move(MDB_NEXT)
            }
            return result
        }
    }

    public func waitForSubmissions(timeout: Nanoseconds) throws(JournalError) -> Bool {
        try wake.isWoken(by: .submissions, within: timeout) { () throws(JournalError) in
            let count = try environment.read { (transaction) throws(JournalError) in
                try transaction.count(tables.inbox)
            }
            return count > 0
        }
    }

    /// A number that changes with each submission. It is a hint: look at the inbox itself.
    public var submissionSignal: UInt32 { wake.generation(of: .submissions) }

    /// Sleeps until the signal differs from `seen`, at most `timeout`, and returns it. It may return
    /// earlier.
    public func waitForSignal(after seen: UInt32, timeout: Nanoseconds) -> UInt32 {
        wake.nap(timeout.count, on: .submissions, after: seen)
        return submissionSignal
    }

    /// Wakes those who wait for submissions, without one.
    public func raiseSubmissionSignal() { wake.announceSubmission() }

    /// Moves a submission from the inbox to the receipts.
    func consume(
        _ consumed: ConsumedSubmission, _ transaction: borrowing WriteTransaction
    ) throws(JournalError) {
        let number = consumed.ticket.number
        guard try transaction.delete(tables.inbox, number) else {
            throw .invalidRow("submission \(number) is not in the inbox")
        }
        let row = Row.sealed(consumed.receipt.body, key: Row.key(number))
        try transaction.put(tables.receipts, number, row)
    }

    public func receipt(_ ticket: Ticket) throws(JournalError) -> Receipt? {
        try environment.read { (transaction) throws(JournalError) in
            guard let row = try transaction.value(tables.receipts, ticket.number) else {
                return nil
            }
            guard let body = Row.body(of: row, key: Row.key(ticket.number)),
                let receipt = Receipt(body: body)
            else { throw .damagedRow(table: "receipts", key: ticket.description) }
            return receipt
        }
    }

    public func waitForReceipt(
        _ ticket: Ticket, timeout: Nanoseconds
    ) throws(JournalError) -> Receipt? {
        try wake.wait(for: .events, timeout: timeout) { () throws(JournalError) in
            try receipt(ticket)
        }
    }
}
