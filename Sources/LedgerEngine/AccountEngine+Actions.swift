import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What an operator tells of dividends.
extension AccountEngine {
    /// Why a corporate action cannot be booked now; nil where it can.
    func problem(with action: OperatorAction) -> String? {
        if let problem = problem(with: GateScope.symbol(action.symbol)) { return problem }
        guard !hearsOfDividends else {
            return
                "\(venue) reports the dividends of \(names.name(account)), and they are booked by its "
                + "report; record none"
        }
        guard let payable = action.payable, payable < accounts.lastTime else { return nil }
        return
            "the pay date \(payable) is before the ex-date, which is now; leave the pay date out "
            + "to book the dividend as cash"
    }

    /// Whether the account's venue reports its dividends, so that one that an operator told would be booked twice.
    var hearsOfDividends: Bool { desk.isRemote && activities.isAnchored }

    /// Why a dividend cannot be corrected; nil where it can.
    func problem(with correction: OperatorCorrection) -> String? {
        if let problem = problem(with: GateScope.symbol(correction.symbol)) { return problem }
        guard let strategy = strategy(of: correction) else {
            return "there is no strategy '\(correction.strategy)'"
        }
        guard let instrument = names.instrument(symbol: correction.symbol)?.id,
            profit.positions.position(account, strategy, instrument) != nil
        else { return "the account never held \(correction.symbol) by this strategy" }
        guard (try? change(by: correction)) != nil else {
            return "the amount of the correction does not fit"
        }
        guard let payable = correction.payable else { return nil }
        return payable >= accounts.lastTime
            ? nil
            : "the pay date \(payable) has passed; leave it out to book the difference as cash"
    }

    private func strategy(of correction: OperatorCorrection) -> StrategyID? {
        correction.strategy.isEmpty
            ? StrategyID.none : names.strategies.first { $0.name == correction.strategy }?.strategy
    }

    private func change(by correction: OperatorCorrection) throws(NumberError) -> Money {
        let after = try Money.notional(correction.perUnit, correction.quantity)
        return after - (try Money.notional(correction.booked, correction.quantity))
    }

    /// Books the difference. What waits for its pay date goes on waiting.
    mutating func correct(
        _ correction: OperatorCorrection, _ event: OperatorCommanded, _ step: inout Step
    ) throws(EngineError) {
        guard let strategy = strategy(of: correction),
            let instrument = names.instrument(symbol: correction.symbol),
            let amount = try? change(by: correction)
        else { return }
        let waiting = profit.equity.actions.claims.first {
            $0.accrual.number == correction.corrected
        }
        let payable = correction.payable ?? waiting?.payable ?? .zero
        try book(
            DividendCorrected(
                instrument: instrument.id, strategy: strategy, perUnit: correction.perUnit,
                bookedPerUnit: correction.booked, quantity: correction.quantity, amount: amount,
                payable: payable, corrected: correction.corrected, actor: event.actor,
                reason: event.reason), &step)
    }
}
