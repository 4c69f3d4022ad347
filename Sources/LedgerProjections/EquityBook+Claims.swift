import LedgerDomain
import LedgerEvents

/// Dividends with a pay date. From the ex-date the holder has a claim, which is part of equity and no cash.
/// The pay date makes it cash and leaves equity as it is.
extension EquityBook {
    /// Books an event about corporate actions.
    mutating func applyAction(_ record: Record) throws(FoldError) {
        switch record.type {
        case .dividendScheduled:
            let event: DividendScheduled = try decode(record)
            try declare(
                DividendDeclared(instrument: event.instrument, perUnit: event.perUnit),
                at: record.time, sequence: record.sequence)
        case .dividendAccrued: try accrue(try decode(record), record)
        case .dividendSettled: try settle(try decode(record), record)
        case .dividendCorrected: try correct(try decode(record), record)
        default: try applyCurrency(record)
        }
    }

    /// The dividends that an account awaits, in its currency at the last rates.
    public func receivable(_ account: AccountID) -> Money {
        currencies.balances(account).reduce(self[account]?.receivable ?? .zero) { sum, balance in
            let rate = conversion(account, from: balance.currency)
            return sum + ((try? rate?.worth(of: balance.receivable)) ?? .zero)
        }
    }

    private mutating func accrue(
        _ event: DividendAccrued, _ record: Record
    ) throws(FoldError) {
        try bounded(event.amount, record.sequence)
        try checked(event.instrument, record.sequence)
        let slot = try slot(record.account, record.sequence)
        if rules.keepEquityThroughActions {
            let entry = try holding(
                record.account, event.strategy, event.instrument, record.sequence)
            try release(event.amount, from: entry, slot, record.sequence)
        }
        try enter(
            DividendClaim(
                accrual: record.sequence, account: record.account, strategy: event.strategy,
                instrument: event.instrument, amount: event.amount, payable: event.payable),
            slot, record)
    }

    private mutating func settle(
        _ event: DividendSettled, _ record: Record
    ) throws(FoldError) {
        guard let claim = actions.claim(SequenceNumber(event.accrual)) else {
            throw .inconsistent("event \(event.accrual) is no unpaid dividend", record.sequence)
        }
        guard claim.account == record.account, claim.amount == event.amount else {
            throw .inconsistent(
                "a dividend of \(claim.amount) is paid with \(event.amount)", record.sequence)
        }
        actions.remove(claim.accrual)
        let slot = try slot(record.account, record.sequence)
        try change(
            slot, event.instrument, BalanceChange(amount: claim.amount, receivable: -claim.amount),
            record
        ) { $0.settle(claim.amount) }
    }

    /// Books what a dividend was too small or too large: in its claim while that waits, otherwise in cash.
    private mutating func correct(
        _ event: DividendCorrected, _ record: Record
    ) throws(FoldError) {
        try bounded(event.amount, record.sequence)
        try checked(event.instrument, record.sequence)
        let slot = try slot(record.account, record.sequence)
        if var claim = actions.remove(SequenceNumber(event.corrected)) {
            claim.amount += event.amount
            if event.payable != .zero { claim.payable = event.payable }
            actions.add(claim)
        } else if event.payable == .zero {
            let change = BalanceChange(amount: event.amount, flow: .init(dividend: event.amount))
            return try self.change(slot, event.instrument, change, record) {
                $0.receive(event.amount)
            }
        } else {
            actions.add(
                DividendClaim(
                    accrual: record.sequence, account: record.account, strategy: event.strategy,
                    instrument: event.instrument, amount: event.amount, payable: event.payable))
        }
        try count(event.amount, slot, event.instrument, record)
    }

    private mutating func enter(
        _ claim: DividendClaim, _ slot: Int, _ record: Record
    ) throws(FoldError) {
        actions.add(claim)
        try count(claim.amount, slot, claim.instrument, record)
    }

    /// Adds a dividend to an account's receivable.
    private mutating func count(
        _ amount: Money, _ slot: Int, _ instrument: InstrumentID, _ record: Record
    ) throws(FoldError) {
        let change = BalanceChange(receivable: amount, flow: .init(dividend: amount))
        try self.change(slot, instrument, change, record) { $0.accrue(amount) }
    }

    /// Changes an account's money in the currency of an instrument.
    ///
    /// - Parameters:
    ///   - other: what changes where that is not the account's own currency.
    ///   - own: what changes where it is.
    private mutating func change(
        _ slot: Int, _ instrument: InstrumentID, _ other: BalanceChange, _ record: Record,
        _ own: (inout AccountEquity) -> Void
    ) throws(FoldError) {
        if let currency = currencies.foreign(slot, instrument) {
            try other.apply(slot, currency, to: &self, at: record.time, record.sequence)
        } else if var account = accounts[slot] {
            own(&account)
            accounts[slot] = account
        }
        try finish(slot, at: record.time, record.sequence)
    }

    /// Claims are saved behind all else, and only where there are any. What moved between accounts then stands
    /// before them in any case.
    func encodeActions(into writer: inout StateWriter) {
        if !actions.isEmpty { actions.encode(into: &writer) }
    }

    /// Takes up what `encodeActions` wrote, if anything follows.
    mutating func restoreActions(from reader: inout StateReader) throws(StateError) {
        guard !reader.isAtEnd else { return }
        actions = try ActionBook(from: &reader)
        for claim in actions.claims {
            let slot = claim.account.index
            guard slot < accounts.count, accounts[slot]?.account == claim.account else {
                throw StateError("a saved dividend is of an unknown account")
            }
            if let currency = currencies.foreign(slot, claim.instrument) {
                currencies.change(slot, currency) { $0.receivable += claim.amount }
            } else {
                accounts[slot]?.receivable += claim.amount
            }
        }
    }
}
