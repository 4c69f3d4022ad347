import LedgerDomain
import LedgerEvents

/// Equity that an operator or the safety layer sets, not the market.
extension EquityBook {
    /// A holding changes without cash: what it is worth at the price counts as brought in or taken out.
    public mutating func adjust(
        _ event: PositionAdjusted, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try checked(event, sequence)
        if mark(event.instrument) == .zero {
            try mark(event.instrument, event.price, at: time, sequence: sequence)
        }
        let moved = try at(sequence) { () throws(NumberError) in
            try Money.notional(event.price, event.quantity)
        }
        let entry = try holding(account, event.strategy, event.instrument, sequence)
        holdings[entry].quantity = holdings[entry].quantity + event.quantity
        guard holdings[entry].quantity.magnitude <= Quantity.limit else {
            throw .number(.overflow("a holding of \(holdings[entry].quantity)"), sequence)
        }
        let value = try Self.value(event.quantity, mark(event.instrument).raw, sequence)
        let slot = try slot(account, sequence)
        accounts[slot]?.bring(cash: .zero, value: value, counted: moved, at: time)
        try finish(slot, at: time, sequence)
    }

    /// Cash was set right: as a deposit or a withdrawal.
    public mutating func adjust(
        _ event: CashAdjusted, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try bounded(event.amount, sequence)
        let slot = try slot(account, sequence)
        accounts[slot]?.deposit(event.amount, at: time)
        try finish(slot, at: time, sequence)
    }

    /// The peak of an account becomes its equity.
    public mutating func rebase(
        _ account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        let slot = try slot(account, sequence)
        accounts[slot]?.rebase(at: time)
        lastTime = max(lastTime, time)
    }
}
