import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What holding costs or earns: each kind has its own expense account.
extension Books {
    func finance<E: FinancingEvent>(
        _ record: Record, _ type: E.Type, _ kind: BookAccount.Kind
    ) throws(BooksError) -> Transaction {
        let event: E = try Self.decode(record)
        guard event.amount.raw.magnitude <= Money.limit.raw.magnitude else {
            throw BooksError(record.sequence, "the amount \(event.amount) does not fit")
        }
        return Self.movement(
            record, .financing(kind, source: event.source), kind, -event.amount,
            try other(event.currency, of: record.account, record))
    }
}
