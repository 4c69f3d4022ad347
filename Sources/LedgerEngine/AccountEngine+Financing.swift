import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Borrow fees, interest and funding: what an operator records, and what accrues by the settings.
extension AccountEngine {
    // MARK: Recorded

    func problem(charging charge: OperatorCharge) -> String? {
        guard charge.symbol.isEmpty || names.instrument(symbol: charge.symbol) != nil else {
            return "there is no instrument '\(charge.symbol)'"
        }
        return problem(holding: currency(of: charge))
    }

    private func currency(of charge: OperatorCharge) -> String {
        if !charge.amount.currency.isEmpty { return charge.amount.currency }
        return names.instrument(symbol: charge.symbol).map { currency(of: $0.id) } ?? currency
    }

    mutating func finance<E: FinancingEvent>(
        _ type: E.Type, _ charge: OperatorCharge, _ reason: String, _ step: inout Step
    ) throws(EngineError) {
        let amount = charge.isReceived ? -charge.amount.money : charge.amount.money
        try book(
            E(
                names.instrument(symbol: charge.symbol)?.id ?? .none, amount, currency(of: charge),
                source: reason.isEmpty ? "operator" : reason), &step)
    }

    // MARK: Accrued

    /// What charges are computed from: taken before the input that begins a day.
    struct FinancingBase: Sendable {
        struct Holding: Sendable {
            var instrument: InstrumentID
            var currency: String
            /// Negative for units that were sold short.
            var value: Money
        }

        var holdings: [Holding] = []
        /// The account's own currency first.
        var balances: [(currency: String, amount: Money)] = []
    }

    /// Remembers what the day that may end was worth.
    mutating func noteFinancing() {
        guard configuration?.financing != nil else { return }
        var base = FinancingBase()
        var seen: [InstrumentID] = []
        for position in profit.positions.positions
        where position.account == account && !seen.contains(position.instrument) {
            seen.append(position.instrument)
            let net = profit.equity.quantity(account, position.instrument)
            let mark = profit.equity.mark(position.instrument)
            guard net.raw != 0, let value = try? Money.notional(mark, net) else { continue }
            base.holdings.append(
                FinancingBase.Holding(
                    instrument: position.instrument, currency: currency(of: position.instrument),
                    value: value))
        }
        base.balances = [(currency, profit.equity[account]?.cash ?? .zero)]
        base.balances += profit.equity.currencies.balances(account).map { ($0.currency, $0.amount) }
        financingBase = base
    }

    /// Charges the days since the one that ended.
    mutating func accrue(from ended: Int64, to day: Int64, _ step: inout Step) throws(EngineError) {
        let base = financingBase
        financingBase = FinancingBase()
        guard let rules = configuration?.financing, ended != .min, day > ended,
            let days = UInt16(exactly: day - ended)
        else { return }
        for holding in base.holdings where holding.value.raw < 0 {
            try charge(
                BorrowCharged.self, holding.instrument, -holding.value, rules.borrow,
                (days, rules.dayCount), holding.currency, &step)
        }
        for (currency, amount) in base.balances {
            let short = base.holdings.reduce(Money.zero) {
                $1.currency == currency && $1.value.raw < 0 ? $0 + $1.value : $0
            }
            // The proceeds of what was sold short are the lender's security and earn nothing.
            let credit = amount + short
            if amount.raw < 0 {
                try charge(
                    InterestCharged.self, .none, -amount, rules.debit, (days, rules.dayCount),
                    currency, &step)
            } else if credit.raw > 0 {
                try charge(
                    InterestCharged.self, .none, -credit, rules.credit, (days, rules.dayCount),
                    currency, &step)
            }
        }
        guard let intervals = UInt16(exactly: Int64(days) * 24 / rules.fundingHours) else { return }
        for holding in base.holdings
        where rules.fundingSymbols.contains(names.symbol(holding.instrument)) {
            try charge(
                FundingCharged.self, holding.instrument, holding.value, rules.funding,
                (intervals, 1), holding.currency, &step)
        }
    }

    /// base × rate × periods / perRate, rounded half to even to 10^-9.
    private mutating func charge<E: FinancingEvent>(
        _ type: E.Type, _ instrument: InstrumentID, _ base: Money, _ rate: Price,
        _ time: (periods: UInt16, perRate: UInt16), _ currency: String, _ step: inout Step
    ) throws(EngineError) {
        let amount: Money
        do throws(NumberError) {
            amount = Money(
                raw: try FixedPoint.scaled(
                    base.raw, by: Int128(rate.raw) * Int128(time.periods),
                    over: Int128(FixedPoint.one) * Int128(time.perRate)))
        } catch { throw .number(error) }
        guard amount.raw != 0 else { return }
        try book(
            E(
                instrument: instrument, periods: time.periods, perRate: time.perRate,
                amount: amount, base: base, rate: rate, currency: currency, source: "accrual"),
            &step)
    }
}
