import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What goes from one account of the journal to another: each has its own contra account, so that the postings
/// of each account sum to zero.
extension Books {
    mutating func transferCash(_ record: Record) throws(BooksError) -> Transaction {
        let event: CashTransferred = try Self.decode(record)
        guard event.amount.raw.magnitude <= Money.limit.raw.magnitude else {
            throw BooksError(record.sequence, "the amount \(event.amount) does not fit")
        }
        var transaction = Transaction(record, .transfer(to: event.to))
        for (account, amount) in [(record.account, -event.amount), (event.to, event.amount)] {
            let currency = try other(event.currency, of: account, record)
            transaction.add(BookAccount(.cash, account, currency: currency), amount)
            transaction.add(BookAccount(.transfers, account, currency: currency), -amount)
        }
        return transaction
    }

    mutating func transferPosition(_ record: Record) throws(BooksError) -> Transaction {
        let event: PositionTransferred = try Self.decode(record)
        try apply(record)
        let source = BookAccount.Holding(record.account, event.strategy, event.instrument)
        let target = BookAccount.Holding(event.to, event.toStrategy, event.instrument)
        for holding in [source, target] { try checkCurrency(holding, record) }
        var transaction = Transaction(record, .positionTransfer(event.quantity, to: event.to))
        moveLots(of: source, at: .zero, in: &transaction)
        transaction.add(account(.transfers, of: source), event.cost)
        receiveLots(of: target, from: source, in: &transaction)
        transaction.add(account(.transfers, of: target), -event.cost)
        return transaction
    }

    /// Posts the lots that a position received. Where they are older than lots that it has, all of its lots
    /// leave and come back in their order.
    private func receiveLots(
        of holding: BookAccount.Holding, from source: BookAccount.Holding,
        in transaction: inout Transaction
    ) {
        let account = BookAccount(.position, holding)
        let before = Array(balances[account]?.lots ?? [])
        let after = Array(
            positions.position(holding.account, holding.strategy, holding.instrument)?.lots ?? [])
        let isLonger =
            before.count <= after.count
            && zip(before, after).allSatisfy {
                $0.opening == $1.fill && $0.quantity == $1.quantity && $0.cost == $1.cost
            }
        if !isLonger { transaction.add(account, before.map(\.closing)) }
        let known = before + (balances[BookAccount(.position, source)]?.lots ?? [])
        for lot in after.dropFirst(isLonger ? before.count : 0) {
            let costs = known.filter { $0.opening == lot.fill }.map(\.unitCost)
            // Two parts of a lot that were split apart may differ in the last digit.
            let isOne = costs.allSatisfy { $0 == costs[0] }
            let entry = Self.split(lot)
            transaction.add(
                account, [isOne ? Self.lot(lot, unitCost: costs.first ?? entry.unitCost) : entry])
        }
    }
}
