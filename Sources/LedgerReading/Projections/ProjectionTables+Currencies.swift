import LedgerDomain
import LedgerProjections

/// What accounts have in several currencies.
extension ProjectionTables {
    /// The money of each account in each currency, with what its holdings quote in it, the rate into the
    /// account's currency, and what both are worth there. The worth of money includes dividends that are not
    /// paid yet. Worths add up to the account's equity.
    ///
    /// - Parameter includesOwn: whether to include the account's own currency, which `equity` has too.
    func balances(includesOwn: Bool) throws -> Table {
        let book = try fold(EquityBook.self)
        let claims = !book.actions.isEmpty
        var table = Table(
            [
                .init("account"), .init("currency"), .init("balance", .decimal),
                .init("rate", .decimal), .init("worth", .decimal),
                .init("holdings", .decimal, isDetail: true),
                .init("holdings_worth", .decimal, isDetail: true),
                .init("problem", isDetail: true),
            ] + (claims ? [.init("receivable", .decimal)] : []))
        for worth in book.accounts.compactMap({ $0 }) {
            let name = names.name(worth.account)
            let others = book.currencies.balances(worth.account)
            let own = others.reduce(worth.marketWorth) { $0 - $1.worth - $1.holdingsWorth }
            if includesOwn {
                let money = worth.cash + worth.receivable
                table.add(
                    [
                        name, names[worth.account]?.currency, "\(worth.cash)", "1", "\(money)",
                        "\(own)", "\(own)", nil,
                    ] + (claims ? ["\(worth.receivable)"] : []))
            }
            for balance in others {
                let gap = book.gap(worth.account, from: balance.currency, at: book.lastTime)
                let rate = book.conversion(worth.account, from: balance.currency)?.rate
                func known(_ text: String?) -> String {
                    gap == nil ? text ?? Table.unknown : Table.unknown
                }
                table.add(
                    [
                        name, balance.currency, "\(balance.amount)", known(rate.map { "\($0)" }),
                        known("\(balance.worth)"), "\(balance.holdings)",
                        known("\(balance.holdingsWorth)"), gap?.description,
                    ] + (claims ? ["\(balance.receivable)"] : []))
            }
        }
        return table
    }

    /// The columns of `equity` where an account converts, and their cells.
    static let contributions: [Table.Column] = [
        .init("prices", .decimal), .init("rates", .decimal), .init("unknown_rate"),
    ]

    static func contributions(_ parts: ProfitParts?, _ gap: RateGap?) -> [String?] {
        guard let parts else { return [nil, nil, nil] }
        return [
            parts.isKnown ? "\(parts.prices)" : Table.unknown,
            parts.isKnown ? "\(parts.rates)" : Table.unknown, gap?.description,
        ]
    }
}
