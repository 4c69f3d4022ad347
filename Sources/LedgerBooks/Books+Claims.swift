import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Dividends that are paid on a later day: the receivable holds them until then.
extension Books {
    mutating func claim(
        _ record: Record, _ type: EventType
    ) throws(BooksError) -> Transaction {
        switch type {
        case .dividendAccrued: try accrue(record)
        case .dividendSettled: try settle(record)
        default: try correct(record)
        }
    }

    private mutating func accrue(_ record: Record) throws(BooksError) -> Transaction {
        let event: DividendAccrued = try Self.decode(record)
        try apply(record)
        let holding = BookAccount.Holding(record.account, event.strategy, event.instrument)
        try checkCurrency(holding, record)
        claims.append(record.sequence)
        var transaction = Transaction(
            record,
            .accrual(perUnit: event.perUnit, event.quantity, payable: event.payable))
        transaction.add(account(.receivable, of: holding), event.amount)
        transaction.add(BookAccount(.dividends, holding), -event.amount)
        return transaction
    }

    private mutating func settle(_ record: Record) throws(BooksError) -> Transaction {
        let event: DividendSettled = try Self.decode(record)
        let accrual = SequenceNumber(event.accrual)
        claims.removeAll { $0 == accrual }
        let holding = BookAccount.Holding(record.account, event.strategy, event.instrument)
        var transaction = Transaction(record, .payment(of: accrual))
        transaction.add(account(.cash, of: holding), event.amount)
        transaction.add(account(.receivable, of: holding), -event.amount)
        return transaction
    }

    /// The difference goes to the receivable while the claim waits, otherwise to cash.
    private mutating func correct(_ record: Record) throws(BooksError) -> Transaction {
        let event: DividendCorrected = try Self.decode(record)
        try apply(record)
        let holding = BookAccount.Holding(record.account, event.strategy, event.instrument)
        let corrected = SequenceNumber(event.corrected)
        let waits = claims.contains(corrected)
        if !waits, event.payable != .zero { claims.append(record.sequence) }
        let isClaim = waits || event.payable != .zero
        var transaction = Transaction(
            record,
            .correction(
                of: corrected, from: event.bookedPerUnit, to: event.perUnit, actor: event.actor,
                reason: event.reason))
        transaction.add(account(isClaim ? .receivable : .cash, of: holding), event.amount)
        transaction.add(BookAccount(.dividends, holding), -event.amount)
        return transaction
    }
}
