import LedgerDomain
import LedgerEvents

/// What goes from one account of the journal to another: a withdrawal here, a deposit there. The worth that
/// leaves one account is the worth that reaches the other, to the last digit, so the sum of the accounts'
/// equity stays as it is.
extension EquityBook {
    mutating func transfer(_ event: CashTransferred, _ record: Record) throws(FoldError) {
        try checkTransfer(from: record.account, to: event.to, record.sequence)
        try bounded(event.amount, record.sequence)
        let balance = balance(record.account, in: event.currency)
        guard event.amount.raw > 0, event.amount <= balance else {
            throw .inconsistent(
                "a transfer of \(event.amount) \(event.currency) of a balance of \(balance)",
                record.sequence)
        }
        for (account, amount) in [(record.account, -event.amount), (event.to, event.amount)] {
            let slot = try slot(account, record.sequence)
            if event.currency == currencies.currency(of: account) {
                let isKnown = isKnown(slot, at: record.time)
                accounts[slot]?.deposit(amount, at: record.time, isKnown: isKnown)
            } else {
                guard currencies.converts(slot) else {
                    throw .inconsistent(
                        "a transfer of \(event.currency) to an account without rates",
                        record.sequence)
                }
                try shift(Shift(money: amount), slot, event.currency, record)
            }
            try finish(slot, at: record.time, record.sequence)
        }
    }

    mutating func transfer(_ event: PositionTransferred, _ record: Record) throws(FoldError) {
        try checked(event, from: record.account, record.sequence)
        guard rules.keepEquityThroughActions else {
            throw .inconsistent("a transfer of a position under rules 1", record.sequence)
        }
        let exact = try Self.value(
            event.quantity, mark(event.instrument).raw, record.sequence)
        for (account, strategy, sign) in [
            (record.account, event.strategy, Int128(-1)), (event.to, event.toStrategy, 1),
        ] {
            let slot = try slot(account, record.sequence)
            let entry = try holding(account, strategy, event.instrument, record.sequence)
            let before = holdings[entry].quantity
            holdings[entry].quantity = Quantity(raw: before.raw + sign * event.quantity.raw)
            guard holdings[entry].quantity.magnitude <= Quantity.limit else {
                throw .number(
                    .overflow("a holding of \(holdings[entry].quantity)"), record.sequence)
            }
            let value = Money(raw: sign * event.value.raw)
            if let currency = currencies.foreign(slot, event.instrument) {
                let shift = Shift(
                    holdings: value, value: sign * exact, cost: Money(raw: sign * event.cost.raw))
                try self.shift(shift, slot, currency, record)
            } else {
                let scale = AccountEquity.scale
                try carry(sign * (event.value.raw * scale - exact), in: entry, record.sequence)
                let isKnown = isKnown(slot, at: record.time)
                accounts[slot]?.bring(
                    cash: .zero, value: value.raw * scale, counted: value, at: record.time,
                    isKnown: isKnown)
                accounts[slot]?.transfers -= value - Money(raw: sign * event.cost.raw)
            }
            try finish(slot, at: record.time, record.sequence)
        }
        unsettle(event.instrument)
    }

    /// What a transfer changes in another currency than the account's: negative where it leaves.
    private struct Shift {
        var money = Money.zero
        var holdings = Money.zero
        /// The holdings in 10^-18, unrounded.
        var value: Int128 = 0
        /// Of the holdings.
        var cost = Money.zero
    }

    /// Changes a balance by an amount whose worth is rounded once, for both accounts. What the rounding of the
    /// whole balance would add stays with the account until the next rate.
    private mutating func shift(
        _ shift: Shift, _ slot: Int, _ currency: String, _ record: Record
    ) throws(FoldError) {
        if let rate = currencies.conversion(slot, from: currency) {
            let balance = currencies.change(slot, currency) { $0 }
            let (value, overflow) = balance.value.addingReportingOverflow(shift.value)
            guard !overflow else { throw Self.beyond(slot, record.sequence) }
            var (carried, carriedHoldings, gain) = (Money.zero, Money.zero, Money.zero)
            try at(record.sequence) { () throws(NumberError) in
                carried = balance.worth + (try rate.worth(of: shift.money))
                carried -= try rate.worth(
                    of: balance.amount + balance.receivable + shift.money)
                let worth = try rate.worth(of: shift.holdings)
                carriedHoldings = balance.holdingsWorth + worth
                carriedHoldings -= try rate.worth(ofValue: value)
                gain = worth - (try rate.worth(of: shift.cost))
            }
            currencies.change(slot, currency) {
                ($0.carried, $0.carriedHoldings) = (carried, carriedHoldings)
                $0.basis -= gain
            }
            accounts[slot]?.transfers -= gain
        }
        let change = BalanceChange(
            amount: shift.money, value: shift.value,
            flow: .init(deposit: shift.money + shift.holdings))
        try change.apply(slot, currency, to: &self, at: record.time, record.sequence)
    }
}
