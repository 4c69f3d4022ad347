import LedgerDomain
import LedgerEvents

/// Profit of accounts that have other currencies than their own.
///
/// A gain in another currency counts at the rate of the moment it was realised, a fee, a dividend and a
/// transfer at the rate of theirs, and what holdings gained at the rate of now. Rates contributed the rest:
///
///     rates = Σ worth(balance) + worth(cost of holdings) − what came in, at the rates of then
extension ProfitAndLoss {
    /// What each position in an instrument realised so far; empty where no account converts.
    func realised(_ instrument: InstrumentID) -> [Money] {
        equity.currencies.isActive
            ? positions.positions(in: instrument).reversed().map(\.realised) : []
    }

    /// Counts what positions in an instrument realised.
    ///
    /// - Parameter before: what `realised` said before the event; later positions are behind.
    mutating func countGains(
        in instrument: InstrumentID, since before: [Money], _ sequence: SequenceNumber
    ) throws(FoldError) {
        guard equity.currencies.isActive else { return }
        for (place, position) in positions.positions(in: instrument).reversed().enumerated() {
            let gain = position.realised - (place < before.count ? before[place] : .zero)
            guard gain.raw != 0,
                let currency = equity.currencies.foreign(position.account.index, instrument)
            else { continue }
            let known = otherGains.firstIndex {
                $0.account == position.account && $0.currency == currency
            }
            let entry = known ?? otherGains.count
            if known == nil { otherGains.append(CurrencyGain(position.account, currency)) }
            otherGains[entry].add(gain)
        }
        try countGains(sequence)
    }

    /// Converts the gains that have a rate by now.
    mutating func countGains(_ sequence: SequenceNumber) throws(FoldError) {
        for place in otherGains.indices where otherGains[place].pending.raw != 0 {
            let gain = otherGains[place]
            guard let rate = equity.conversion(gain.account, from: gain.currency) else { continue }
            do { try otherGains[place].count(rate) } catch { throw .number(error, sequence) }
        }
    }

    /// See `total`.
    func convertedTotal(_ worth: AccountEquity) -> ProfitParts {
        let account = worth.account
        var parts = ProfitParts()
        parts.isKnown = equity.gap(account) == nil
        var cost = Money.zero
        var costs: [(currency: String, cost: Money)] = []
        for position in positions.positions where position.account == account {
            guard let currency = equity.currencies.foreign(account.index, position.instrument)
            else {
                parts.realised += position.realised
                cost += position.cost
                continue
            }
            let place = costs.firstIndex { $0.currency == currency } ?? costs.count
            if place == costs.count { costs.append((currency, .zero)) }
            costs[place].cost += position.cost
        }
        var other = Money.zero
        for balance in equity.currencies.balances(account) {
            let spent = costs.first { $0.currency == balance.currency }?.cost ?? .zero
            let rate = equity.conversion(account, from: balance.currency)
            let costWorth = (try? rate?.worth(of: spent)) ?? .zero
            let gain =
                otherGains.first { $0.account == account && $0.currency == balance.currency }?
                .counted ?? .zero
            other += balance.worth + balance.holdingsWorth
            parts.realised += gain
            parts.unrealised += balance.holdingsWorth - costWorth
            parts.rates += balance.worth + costWorth - balance.basis - gain
        }
        parts.unrealised += worth.marketWorth - other - cost
        parts.dividends = worth.dividends
        parts.fees = worth.fees
        parts.transfers = worth.transfers
        parts.financing = worth.financing
        parts.equity = worth.equity
        parts.netDeposits = worth.netDeposits
        return parts
    }
}
