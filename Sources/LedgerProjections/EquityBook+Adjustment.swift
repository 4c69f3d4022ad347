import LedgerDomain
import LedgerEvents

/// Equity that an operator or the safety layer sets, not the market.
extension EquityBook {
    /// Changes a holding without cash: its value at the price counts as deposited or withdrawn.
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
        if let currency = currencies.foreign(slot, event.instrument) {
            let change = BalanceChange(value: value, flow: .init(deposit: moved))
            try change.apply(slot, currency, to: &self, at: time, sequence)
        } else {
            let isKnown = isKnown(slot, at: time)
            accounts[slot]?.bring(
                cash: .zero, value: value, counted: moved, at: time, isKnown: isKnown)
        }
        try finish(slot, at: time, sequence)
    }

    /// Corrects cash; it counts as a deposit or a withdrawal.
    public mutating func adjust(
        _ event: CashAdjusted, account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        try bounded(event.amount, sequence)
        let slot = try slot(account, sequence)
        let isKnown = isKnown(slot, at: time)
        accounts[slot]?.deposit(event.amount, at: time, isKnown: isKnown)
        try finish(slot, at: time, sequence)
    }

    /// Sets the peak of an account to its equity.
    public mutating func rebase(
        _ account: AccountID, at time: Timestamp, sequence: SequenceNumber
    ) throws(FoldError) {
        let slot = try slot(account, sequence)
        accounts[slot]?.rebase(at: time)
        lastTime = max(lastTime, time)
    }
}
