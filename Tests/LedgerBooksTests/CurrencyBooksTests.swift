import Foundation
import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import TestSupport
import Testing

/// Books of an account with balances in USD, EUR and BNB.
@Suite struct CurrencyBooksTests {
    private func log() throws -> BooksLog {
        var log = BooksLog()
        let account = BooksLog.main
        let euros = InstrumentID(12)
        for (place, base) in ["EUR", "BNB"].enumerated() {
            log.add(
                RateDefined(
                    place: UInt16(place), isInverse: false, maxAge: 0, base: base, quote: "USD",
                    symbol: "", via: ""), account)
        }
        for (base, rate) in [("EUR", "1.1"), ("BNB", "600")] {
            log.add(
                RateObserved(
                    rate: try Price(rate), since: .zero, base: base, quote: "USD", source: "t"),
                at: 1)
        }
        log.add(CashDeposited(amount: try money("5000")), account, at: 2)
        log.add(BalanceDeposited(amount: try money("1000"), currency: "EUR"), account, at: 2)
        log.add(BalanceDeposited(amount: try money("2"), currency: "BNB"), account, at: 2)
        log.add(try fill(.buy, "3", at: "100.5", fee: "0.25", euros), account, at: 86_400)
        log.add(try fill(.buy, "7", at: "10"), account, at: 86_500)
        log.add(
            BalanceCharged(
                instrument: euros, amount: try money("0.001"), currency: "BNB",
                kind: "commission of order 1"), account, at: 86_500)
        log.add(try fill(.sell, "1", at: "120", euros), account, at: 172_800)
        log.add(
            BalanceConverted(
                sold: try money("200"), bought: try money("219.5"), soldCurrency: "EUR",
                boughtCurrency: "USD"), account, at: 172_900)
        log.add(BalanceWithdrawn(amount: try money("50"), currency: "EUR"), account, at: 172_900)
        log.add(
            RateObserved(
                rate: try Price("1.2"), since: .zero, base: "EUR", quote: "USD", source: "t"),
            at: 172_950)
        return log
    }

    private func text(_ format: BooksText.Format, from first: SequenceNumber = .first) throws
        -> String
    {
        let journal = try log().journal()
        var bytes: [UInt8] = []
        try BooksExport(journal, from: first, through: journal.head.lastSequence)
            .write(format, "Test") { bytes += $0 }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `every balance is in its own currency and equals the projection's`() throws {
        let log = try log()
        var (check, profit) = (BooksCheck(), ProfitAndLoss())
        try log.forEach { record in
            try profit.apply(record)
            try check.post(record, beside: profit)
        }
        #expect(check.differences(from: profit) == [])
        let books = check.books
        for (currency, amount) in [("", "5149.5"), ("EUR", "568.25"), ("BNB", "1.999")] {
            let cash = BookAccount(.cash, BooksLog.main, currency: currency)
            #expect(books.balances.amount(cash) == (try money(amount)), "\(currency)")
        }
        let conversions = BookAccount(.conversions, BooksLog.main, currency: "EUR")
        #expect(books.balances.amount(conversions) == (try money("200")))
    }

    @Test(
        .enabled(if: BooksTool.hledger.mustRun, "hledger is not installed: run tools/install"),
        arguments: [SequenceNumber.first, SequenceNumber(27)])
    func `hledger accepts them strictly and values them as we do`(first: SequenceNumber) throws {
        let file = try BooksFile(text(.hledger, from: first), "journal")
        let checked = try BooksTool.hledger.run(["-f", file.path, "check", "--strict"])
        #expect(checked.code == 0, "\(checked.errors)")
        let cash = try BooksTool.hledger.run([
            "-f", file.path, "balance", "-N", "--flat", "-O", "csv", "Cash",
        ])
        // The numbers may end in zeros.
        for row in [
            "\"Assets:Main:Cash\",\"5149.5", "\"Assets:Main:Cash:EUR\",\"568.25",
            "\"Assets:Main:Cash:BNB\",\"1.999",
        ] {
            #expect(cash.output.contains(row), "\(row) in \(cash.output)")
        }
        let worth = try BooksTool.hledger.run([
            "-f", file.path, "balance", "-N", "-1", "-X", "USD", "-O", "csv", "Cash",
        ])
        // 5149.5 + 568.25 × 1.2 + 1.999 × 600
        #expect(worth.output.contains("7030.8"), "\(worth.output)")
    }

    @Test(
        .enabled(
            if: BooksTool.beancount.mustRun,
            "Beancount is not installed: run tools/python -c 'import beancount'"))
    func `Beancount accepts them`() throws {
        for first in [SequenceNumber.first, SequenceNumber(27)] {
            let file = try BooksFile(text(.beancount, from: first), "beancount")
            let result = try BooksTool.beancount.run(["-m", "beancount.scripts.check", file.path])
            #expect(result.code == 0, "\(result.errors)\(result.output)")
        }
    }

    @Test(
        .enabled(
            if: BooksTool.ledger.mustRun, "/usr/bin/ledger is not installed: run tools/install"))
    func `Ledger accepts them pedantically`() throws {
        let file = try BooksFile(text(.hledger), "journal")
        let result = try BooksTool.ledger.run([
            "--args-only", "--pedantic", "-f", file.path, "balance",
        ])
        #expect(result.code == 0, "\(result.errors)")
    }
}
