import LedgerDomain
import LedgerProjections

/// What accounts may borrow, and what holding cost.
extension ProjectionTables {
    /// Each account with margin terms: what it owns, what it must own, and what it may still buy.
    public func margin() throws -> Table {
        let book = try fold(EquityBook.self)
        var table = Table([
            .init("account"), .init("type"), .init("equity", .decimal), .init("long", .decimal),
            .init("short", .decimal), .init("initial", .decimal), .init("maintenance", .decimal),
            .init("excess", .decimal), .init("buying_power", .decimal), .init("leverage", .decimal),
            .init("max_leverage", .decimal, isDetail: true), .init("problem"),
        ])
        for worth in book.accounts.compactMap({ $0 }) {
            guard let terms = book.marginTerms(worth.account) else { continue }
            let most = terms.maxLeverage.raw > 0 ? "\(terms.maxLeverage)" : nil
            let head = [names.name(worth.account), "\(terms.kind)"]
            guard let standing = book.marginStanding(worth.account, names) else {
                let why = book.gap(worth.account)?.description ?? "a value does not fit"
                table.add(head + Array(repeating: Table.unknown, count: 8) + [most, why])
                continue
            }
            let isShort = standing.excess < .zero && terms.kind == .margin
            table.add(
                head
                    + [
                        standing.equity, standing.longValue, standing.shortValue,
                        standing.required.initial, standing.required.maintenance, standing.excess,
                        standing.buyingPower,
                    ].map { "\($0)" }
                    + [
                        standing.leverage.map { "\($0)" } ?? Table.unknown, most,
                        isShort ? "deficit of \(-standing.excess)" : nil,
                    ])
        }
        return table
    }

    /// What holding cost each account by its kind, in the account's currency; negative where it earned.
    public func funding() throws -> Table {
        let book = try fold(EquityBook.self)
        var table = Table([.init("account"), .init("part"), .init("paid", .decimal)])
        for worth in book.accounts.compactMap({ $0 }) where !worth.financing.isEmpty {
            let isKnown = book.gap(worth.account) == nil
            for (part, amount) in [
                ("borrow", worth.financing.borrow), ("interest", worth.financing.interest),
                ("funding", worth.financing.funding),
            ] {
                table.add([
                    names.name(worth.account), part, isKnown ? "\(amount)" : Table.unknown,
                ])
            }
        }
        return table
    }
}
