import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading
@testable import LedgerRunning
import LedgerUpkeep
import Testing

/// Where a journal is held to double entry.
@Suite struct `Books of a journal` {
    /// A purchase in EUR from an account in USD, after one that is right.
    private func wrong() throws -> BooksLog {
        var log = BooksLog()
        log.add(CashDeposited(amount: try Money("1000")), BooksLog.main)
        log.add(try fill(.buy, "1", at: "10"), BooksLog.main)
        log.add(try fill(.buy, "1", at: "10", InstrumentID(11)), BooksLog.main)
        return log
    }

    @Test func `verify names the event that the books do not take`() throws {
        let log = try wrong()
        let faults = try JournalVerification(log.journal()).run().faults
        #expect(
            faults.filter { $0.hasPrefix("books: ") } == [
                "books: event \(log.lastSequence): AAPL trades in EUR but account main is in "
                    + "USD: an account holds one currency"
            ])
    }

    @Test(arguments: UInt64(1)...5)
    func `verify finds nothing in the books of a random history`(seed: UInt64) throws {
        let journal = try RandomBooks(seed: seed, count: 200, isWild: true).log.journal()
        let faults = try JournalVerification(journal).run().faults
        #expect(faults.filter { $0.contains("books") } == [])
    }

    @Test func `an export stops at an event that the books do not take, and names it`() throws {
        let log = try wrong()
        let export = BooksExport(try log.journal(), through: log.lastSequence)
        for format in BooksText.Format.allCases {
            #expect {
                try export.write(format, "Test") { _ in }
            } throws: { "\($0)".hasPrefix("event \(log.lastSequence): AAPL trades in EUR") }
        }
    }

    @Test func `an account without a definition is named`() throws {
        var log = BooksLog()
        log.add(CashDeposited(amount: try Money("1")), AccountID(.simulated, index: 9))
        let export = BooksExport(try log.journal(), through: log.lastSequence)
        #expect {
            try export.write(.hledger, "Test") { _ in }
        } throws: { "\($0)".contains("account 9 moved money but is not defined") }
    }

    @Test func `an amount that Beancount would round is rejected, with an alternative`() throws {
        var log = BooksLog()
        log.add(try fill(.buy, "3333333333.333333333", at: "111.111111111"), BooksLog.main)
        let export = BooksExport(try log.journal(), through: log.lastSequence)
        #expect {
            try export.write(.beancount, "Test") { _ in }
        } throws: {
            "\($0)"
                == "event \(log.lastSequence): its amounts need 12 digits with 18 decimals, "
                + "but Beancount rounds to 28 digits; export to hledger instead"
        }
        try export.write(.hledger, "Test") { _ in }
    }

    #if DEBUG
        @Test func `a debug build refuses to append an event that the books reject`() throws {
            let log = try wrong()
            var books = try AppendedBooksCheck(of: MemoryJournal(), through: .none)
            let batch = try log.batch()
            #expect {
                try books.post(batch)
            } throws: { "\($0)".hasPrefix("event \(log.lastSequence): AAPL trades in EUR") }
            var right = try AppendedBooksCheck(of: MemoryJournal(), through: .none)
            let history = try RandomBooks(seed: 1, count: 100, isWild: false).log
            let whole = try history.batch()
            try right.post(whole)
            let journal = try history.journal()
            var reopened = try AppendedBooksCheck(of: journal, through: journal.head.lastSequence)
            try reopened.post(Batch(next: journal.head.lastSequence.next))
        }
    #endif
}
