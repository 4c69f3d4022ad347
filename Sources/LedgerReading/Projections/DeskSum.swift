import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSettings

/// What the accounts of one kind are worth together. Real, paper and simulated money are never added up.
struct DeskSum {
    /// `all`, or `all paper` where the journal has accounts of several kinds.
    let name: String
    private let accounts: [(equity: AccountEquity, currency: String)]
    /// What the sum is counted in.
    private let currency: String
    private let book: EquityBook

    /// One for each kind with several accounts. Accounts in several currencies have a sum where the settings give
    /// `desk.currency`.
    static func all(
        of journal: any Journal, through: SequenceNumber, names: NameBook, _ book: EquityBook
    ) throws -> [DeskSum] {
        var kinds: [AccountKind] = []
        for account in names.accounts where !kinds.contains(account.kind) {
            kinds.append(account.kind)
        }
        return try kinds.compactMap { kind in
            let own = names.accounts.filter { $0.kind == kind }
            guard own.count > 1, let first = own.first else { return nil }
            let isOne = own.allSatisfy { $0.currency == first.currency }
            let currency = isOne ? first.currency : try deskCurrency(journal, through)
            guard let currency else { return nil }
            return DeskSum(
                name: kinds.count == 1 ? "all" : "all \(kind)",
                accounts: own.compactMap { account in
                    book[account.id].map { ($0, account.currency) }
                }, currency: currency, book: book)
        }
    }

    private static func deskCurrency(
        _ journal: any Journal, _ through: SequenceNumber
    ) throws -> String? {
        var text = ""
        try journal.forEachRecord(
            from: try journal.beginning, through: through,
            filter: EventFilter([.configurationLoaded])
        ) { record in
            text = try ConfigurationLoaded(record).settings
            return true
        }
        return Settings(text: text).text(of: DeskStopKeys.currency.name)
    }

    /// A figure of the accounts added up, each rounded once, half to even; `unknown` where one of them or a rate
    /// is.
    func text(of figure: (AccountEquity) -> Money) -> String {
        var sum = Money.zero
        for (account, own) in accounts {
            guard book.gap(account.account) == nil else { return Table.unknown }
            guard own != currency else {
                sum += figure(account)
                continue
            }
            guard book.gap(from: own, to: currency, at: book.lastTime) == nil,
                let worth = try? book.conversion(from: own, to: currency)?.worth(
                    of: figure(account))
            else { return Table.unknown }
            sum += worth
        }
        return "\(sum)"
    }
}
