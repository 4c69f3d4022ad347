import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Keeps and checks the books of a journal: each transaction must sum to zero, and the balances
/// must equal those of the projections.
public struct BooksCheck: Sendable {
    public private(set) var books = Books()

    public init() {}

    /// Books the next event.
    ///
    /// - Throws: `BooksError` if the event cannot be booked or its postings do not sum to zero.
    @discardableResult
    public mutating func post(_ record: Record) throws(BooksError) -> Transaction? {
        guard let transaction = try books.post(record) else { return nil }
        if let (account, sum) = transaction.imbalance {
            throw BooksError(
                record.sequence,
                "its postings to \(books.names.name(account)) sum to \(sum) instead of zero")
        }
        return transaction
    }

    /// Books the next event and compares the changes with the projections after that event.
    public mutating func post(
        _ record: Record, beside profit: ProfitAndLoss
    ) throws(BooksError) {
        guard let transaction = try post(record) else { return }
        for posting in transaction.postings {
            if let problem = difference(in: posting.account, from: profit) {
                throw BooksError(record.sequence, problem)
            }
        }
    }

    /// Compares everything: for each account cash, deposits, fees and dividends; for each position
    /// quantity, lots, costs, gains, fees and dividends.
    ///
    /// - Returns: each difference, with the last booked event.
    public func differences(from profit: ProfitAndLoss) -> [String] {
        var found = books.balances.entries.compactMap { difference(in: $0.account, from: profit) }
        for position in profit.positions.positions {
            let holding = BookAccount.Holding(
                position.account, position.strategy, position.instrument)
            for kind in BookAccount.Kind.allCases where kind.isPerPosition {
                let account = BookAccount(kind, holding)
                guard books.balances[account] == nil else { continue }
                if let problem = difference(in: account, from: profit) { found.append(problem) }
            }
            if let problem = lotDifference(position) { found.append(problem) }
        }
        for worth in profit.equity.accounts.compactMap({ $0 }) {
            found +=
                books.converting.contains(worth.account)
                ? balanceDifferences(worth, profit.equity)
                : differences(in: worth, profit.positions)
        }
        return found.map { "the books after event \(books.last.sequence): \($0)" }
    }

    private func difference(
        in account: BookAccount, from profit: ProfitAndLoss
    ) -> String? {
        let position = profit.positions.position(
            account.account, account.strategy, account.instrument)
        let worth = profit.equity[account.account]
        let booked = books.balances.amount(account)
        switch account.kind {
        case .position:
            let quantity = books.balances[account]?.quantity ?? .zero
            let expected = position?.quantity ?? .zero
            guard quantity == expected else {
                return "\(title(account)) has \(quantity) units but the position has \(expected)"
            }
            return compare(account, booked, position?.cost)
        case .realised: return compare(account, -booked, position?.realised)
        case .dividends: return compare(account, -booked, position?.dividends)
        case .fees: return compare(account, booked, position?.fees)
        case .receivable where account.currency.isEmpty:
            return compare(account, booked, worth?.receivable)
        case .receivable:
            let balances = profit.equity.currencies.balances(account.account)
            return compare(
                account, booked, balances.first { $0.currency == account.currency }?.receivable)
        case .cash where account.currency.isEmpty: return compare(account, booked, worth?.cash)
        case .cash:
            return compare(
                account, booked, profit.equity.balance(account.account, in: account.currency))
        case .deposits, .withdrawals, .adjustments, .transfers:
            // The projection converts what came in, at the rates of then; the books keep it as it was.
            guard !books.converting.contains(account.account) else { return nil }
            return compare(account, deposited(account.account), worth.map(Self.atCost))
        case .borrow, .interest, .funding:
            guard !books.converting.contains(account.account) else { return nil }
            return compare(account, booked, Self.part(account.kind, of: worth))
        // Compared for the whole account at the end.
        case .charges, .opening, .conversions: return nil
        }
    }

    private static func part(_ kind: BookAccount.Kind, of worth: AccountEquity?) -> Money? {
        switch kind {
        case .borrow: worth?.financing.borrow
        case .interest: worth?.financing.interest
        default: worth?.financing.funding
        }
    }

    private func compare(_ account: BookAccount, _ booked: Money, _ expected: Money?) -> String? {
        guard booked != expected ?? .zero else { return nil }
        return "\(title(account)) is \(booked) but the projection has \(expected ?? .zero)"
    }

    /// The projection's net deposits with positions that were transferred at cost, as the books have them.
    private static func atCost(_ worth: AccountEquity) -> Money {
        worth.netDeposits + worth.transfers
    }

    /// Deposits minus withdrawals, including adjustments and transfers.
    private func deposited(_ account: AccountID) -> Money {
        [BookAccount.Kind.deposits, .withdrawals, .adjustments, .transfers].reduce(.zero) {
            $0 - books.balances.amount(BookAccount($1, account))
        }
    }

    private func lotDifference(_ position: Position) -> String? {
        let account = BookAccount(
            .position,
            BookAccount.Holding(position.account, position.strategy, position.instrument))
        let lots = books.balances[account]?.lots ?? []
        let isSame =
            lots.count == position.lots.count
            && zip(lots, position.lots).allSatisfy {
                $0.opening == $1.fill && $0.quantity == $1.quantity && $0.cost == $1.cost
                    && $0.openedAt == $1.openedAt
            }
        return isSame ? nil : "\(title(account)) has lots that differ from the position's"
    }

    /// Compares sums over an account's positions. No single account in the books has them.
    private func differences(in worth: AccountEquity, _ book: PositionBook) -> [String] {
        var fees = books.balances.amount(BookAccount(.charges, worth.account))
        var dividends = Money.zero
        for position in book.positions where position.account == worth.account {
            let holding = BookAccount.Holding(
                position.account, position.strategy, position.instrument)
            fees += books.balances.amount(BookAccount(.fees, holding))
            dividends -= books.balances.amount(BookAccount(.dividends, holding))
        }
        let cash = BookAccount(.cash, worth.account)
        let name = books.names.name(worth.account)
        let financing = [BookAccount.Kind.borrow, .interest, .funding].map { kind in
            (
                "\(kind)", books.balances.amount(BookAccount(kind, worth.account)),
                Self.part(kind, of: worth) ?? .zero
            )
        }
        let sums = [
            ("cash", books.balances.amount(cash), worth.cash),
            (
                "receivable",
                books.balances.amount(BookAccount(.receivable, worth.account)), worth.receivable
            ),
            ("net deposits", deposited(worth.account), Self.atCost(worth)),
            ("fees", fees, worth.fees), ("dividends", dividends, worth.dividends),
        ]
        return (sums + financing).compactMap { what, booked, expected in
            booked == expected
                ? nil : "\(what) of \(name) are \(booked) but the projection has \(expected)"
        }
    }

    /// Compares each currency's money.
    private func balanceDifferences(_ worth: AccountEquity, _ book: EquityBook) -> [String] {
        let others = book.currencies.balances(worth.account).map { ($0.currency, $0.amount) }
        return ([("", worth.cash)] + others).compactMap { currency, amount in
            let cash = BookAccount(.cash, worth.account, currency: currency)
            return compare(cash, books.balances.amount(cash), amount)
        }
    }

    private func title(_ account: BookAccount) -> String {
        var words = ["\(account.kind)", "of", books.names.name(account.account)]
        if !account.currency.isEmpty { words += ["in", account.currency] }
        if account.kind.isPerPosition {
            words += ["in", books.names.symbol(account.instrument), "by"]
            words.append(
                account.strategy == .none ? "no strategy" : books.names.name(account.strategy))
        }
        return words.joined(separator: " ")
    }
}
