import LedgerBooks
import LedgerDomain
import LedgerEvents
import LedgerProjections
import Testing

/// What holds for every history.
@Suite struct BooksLawTests {
    @Test(arguments: UInt64(1)...200)
    func `every event adds up to zero and the balances are the projections'`(seed: UInt64) throws {
        let history = try RandomBooks(seed: seed, count: 250, isWild: seed % 2 == 0)
        var check = BooksCheck()
        var profit = ProfitAndLoss()
        var closing = 0
        try history.log.forEach { record in
            try profit.apply(record)
            try check.post(record, beside: profit)
            closing += record.type == .orderFilled ? 1 : 0
        }
        #expect(check.differences(from: profit) == [], "seed \(seed)")
        #expect(closing > 50)
        for account in [BooksLog.main, BooksLog.other] {
            let sum = check.books.balances.entries.reduce(Money.zero) {
                $1.account.account == account ? $0 + $1.amount : $0
            }
            #expect(sum == .zero, "seed \(seed)")
        }
        for entry in check.books.balances.entries {
            let cost = try entry.lots.reduce(Int128(0)) { try $0 + $1.value() + $1.remainder() }
            if entry.account.kind == .position {
                #expect(cost == entry.amount.raw * 1_000_000_000, "seed \(seed)")
            }
        }
    }

    @Test func `random histories have what the books must be able to do`() throws {
        var (shorts, flips, splits, lost, rebates, remainders) = (0, 0, 0, 0, 0, 0)
        for seed in UInt64(1)...20 {
            let history = try RandomBooks(seed: seed, count: 250, isWild: false)
            for transaction in try history.log.books().transactions {
                let lots = transaction.postings.compactMap(\.lot)
                let opened = lots.filter { $0.opening == transaction.sequence }
                if opened.contains(where: { $0.quantity.raw < 0 }) { shorts += 1 }
                if !opened.isEmpty, opened.count < lots.count { flips += 1 }
                if case .split = transaction.detail {
                    splits += 1
                    if transaction.postings.contains(where: { $0.account.kind == .realised }) {
                        lost += 1
                    }
                }
                for posting in transaction.postings
                where posting.account.kind == .fees && posting.amount < .zero { rebates += 1 }
                if try lots.contains(where: { try $0.remainder() != 0 }) { remainders += 1 }
            }
        }
        for count in [shorts, flips, splits, lost, rebates, remainders] { #expect(count > 5) }
    }

    @Test func `a transaction that does not add up says by how much`() throws {
        var log = BooksLog()
        log.add(try fill(.buy, "10", at: "10"), BooksLog.main)
        var transaction = try #require(try log.books().transactions.first)
        #expect(transaction.imbalance == nil)
        transaction.postings[1].amount += Money(raw: 1)
        #expect(transaction.imbalance?.account == BooksLog.main)
        #expect(transaction.imbalance?.sum == Money(raw: 1))
    }

    @Test func `a projection that says something else is a difference, with the event`() throws {
        var log = BooksLog()
        log.add(try fill(.buy, "10", at: "10", fee: "1"), BooksLog.main)
        var (check, profit) = (BooksCheck(), ProfitAndLoss())
        try log.forEach { record in
            try profit.apply(record)
            try check.post(record)
        }
        #expect(check.differences(from: profit) == [])
        let more = try fill(.buy, "1", at: "10", fee: "2")
        try profit.book(more, account: BooksLog.main, at: .zero, sequence: SequenceNumber(99))
        let found = check.differences(from: profit)
        #expect(found.count >= 4)
        let prefix = "the books after event \(log.lastSequence): "
        #expect(
            found.contains(
                "\(prefix)position of main in AAPL by sma fast has 10 units but the position has 11"
            ))
        #expect(found.contains("\(prefix)cash of main is -101 but the projection has -113"))
        #expect(found.contains("\(prefix)fees of main are 1 but the projection has 3"))
    }
}
