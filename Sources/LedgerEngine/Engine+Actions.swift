import LedgerDomain
import LedgerEvents
import LedgerProjections

/// Corporate actions, which concern the holders of an instrument in all accounts.
extension Engine {
    /// Enters a claim for each position that holds the instrument, or pays at once where the pay date is now.
    /// An account whose venue reports dividends gets them by its report.
    mutating func schedule(
        _ event: DividendScheduled, _ record: Record, _ step: inout Step
    ) throws(EngineError) {
        guard event.perUnit.raw > 0 else {
            throw .fold(.inconsistent("a dividend of \(event.perUnit)", record.sequence))
        }
        guard event.payable >= step.time else {
            throw .fold(
                .inconsistent(
                    "the pay date \(event.payable) is before the ex-date \(step.time)",
                    record.sequence))
        }
        try parts[turn].accounts.apply(record)
        for position in profit.positions.positions(in: event.instrument)
        where position.quantity.raw != 0
            && !(place(of: position.account).map { parts[$0].hearsOfDividends } ?? false)
        {
            let amount: Money
            do { amount = try Money.notional(event.perUnit, position.quantity) } catch {
                throw .number(error)
            }
            if event.payable > step.time {
                try derive(
                    DividendAccrued(
                        instrument: event.instrument, strategy: position.strategy,
                        perUnit: event.perUnit, quantity: position.quantity, amount: amount,
                        payable: event.payable), of: position.account, &step)
            } else {
                try derive(
                    DividendPaid(
                        instrument: event.instrument, strategy: position.strategy,
                        perUnit: event.perUnit, quantity: position.quantity, amount: amount),
                    of: position.account, &step)
            }
        }
    }

    /// Makes the claims cash whose pay date has come. The first input at or after it does so.
    mutating func payClaims(_ step: inout Step) throws(EngineError) {
        while let claim = profit.equity.actions.due(at: step.time) {
            try derive(
                DividendSettled(
                    instrument: claim.instrument, strategy: claim.strategy, amount: claim.amount,
                    accrual: claim.accrual.number), of: claim.account, &step)
        }
    }

    /// Derives the action that an operator's command tells. What no longer applies is recorded and ignored.
    mutating func takeAction(
        _ event: OperatorCommanded, of account: AccountID, _ step: inout Step
    ) throws(EngineError) {
        guard event.command == OperatorVerb.action.word,
            let command = try? OperatorCommand(event), case .action(let action) = command,
            problem(with: command, of: account) == nil,
            let instrument = names.instrument(symbol: action.symbol)
        else { return }
        let dividend = DividendScheduled(
            instrument: instrument.id, perUnit: action.perUnit,
            payable: max(action.payable ?? step.time, step.time))
        let sequence = try step.emit(dividend, account: AccountID.none)
        guard let record = step.batch.record(sequence) else { return }
        try schedule(dividend, record, &step)
    }

    /// Derives an event of an account and books it.
    private mutating func derive(
        _ event: some Event, of account: AccountID, _ step: inout Step
    ) throws(EngineError) {
        let sequence = try step.emit(event, account: account)
        guard let record = step.batch.record(sequence) else { return }
        try parts[turn].accounts.apply(record)
    }
}
