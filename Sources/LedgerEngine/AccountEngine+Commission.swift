import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What a venue charges for a fill: money, units of the asset bought, or units of another asset.
struct Commission {
    /// The commission's value in the account's currency: the fee of the fill.
    var money = Money.zero
    /// The instrument whose units paid for it; none where it was money.
    var instrument = InstrumentID.none
    var strategy = StrategyID.none
    /// Positive is paid.
    var units = Quantity.zero
    /// The worth of one unit.
    var price = Price.zero
    /// The currency or coin of which a balance paid for it, and how much; empty where none did.
    var currency = ""
    var charge = Money.zero
}

/// A commission in a currency or a coin of which the account keeps a balance is charged to that balance, by a
/// `BalanceCharged`. One that is paid in the units of a position is booked as a fee, so that profit, drawdown
/// and the daily limits include it. The fill carries its value, and the units that paid it leave their
/// position. The two adjustments that
/// follow cancel each other in the sum of deposits:
///
///     OrderFilled       fee = units × price      cash − fee, fees + fee
///     PositionAdjusted  − units at price         position − units, deposits − fee
///     CashAdjusted      + fee                    cash + fee, deposits + fee
extension AccountEngine {
    /// - Returns: nil if its value or the position that paid it is unknown.
    func commission(of fill: VenueFillReported, _ strategy: StrategyID) -> Commission? {
        let currency = currency(of: fill.instrument)
        if fill.fee.raw == 0 || fill.feeAsset.isEmpty || fill.feeAsset == currency {
            return Commission(money: fill.fee)
        }
        if keepsBalance(of: fill.feeAsset),
            asset(fill.feeAsset, near: fill.instrument) != fill.instrument
        {
            guard fill.fee.raw.magnitude <= Money.limit.raw.magnitude else { return nil }
            return Commission(currency: fill.feeAsset, charge: fill.fee)
        }
        guard fill.fee.raw.magnitude <= Money.limit.raw.magnitude,
            let instrument = asset(fill.feeAsset, near: fill.instrument)
        else { return nil }
        let isOwn = instrument == fill.instrument
        let holder = isOwn ? nil : largestHolder(of: instrument)
        let most = isOwn ? fill.quantity : holder?.quantity ?? .zero
        let units = Quantity(raw: fill.fee.raw).written
        let price = isOwn ? fill.price : profit.equity.mark(instrument)
        guard units.raw != 0, units.magnitude <= most, price.raw > 0,
            let money = try? Money.notional(price, units)
        else { return nil }
        return Commission(
            money: money, instrument: instrument, strategy: holder?.strategy ?? strategy,
            units: units, price: price)
    }

    /// The instrument that an asset is traded as against the account's currency; the fill's own first.
    private func asset(_ name: String, near own: InstrumentID) -> InstrumentID? {
        let currency = currency(of: own)
        let others = names.instruments.filter { $0.id != own }
        return ((names[own].map { [$0] } ?? []) + others).first { instrument in
            guard instrument.currency == currency, instrument.symbol.hasPrefix(name) else {
                return false
            }
            let rest = instrument.symbol.dropFirst(name.count)
            return rest.isEmpty || rest == currency
                || (rest.first == "/" || rest.first == "-") && rest.dropFirst() == currency
        }?.id
    }

    func largestHolder(of instrument: InstrumentID) -> Position? {
        profit.positions.positions(in: instrument)
            .filter { $0.account == account && $0.quantity.raw > 0 }
            .max { ($0.quantity.raw, $1.strategy.number) < ($1.quantity.raw, $0.strategy.number) }
    }

    /// Removes the units that paid a commission from their position.
    mutating func pay(
        _ commission: Commission, of order: OrderID, _ step: inout Step
    ) throws(EngineError) {
        let reason = "commission of order \(order)"
        if !commission.currency.isEmpty {
            return try bookInChain(
                BalanceCharged(
                    instrument: desk.register.order(order)?.intended.instrument ?? .none,
                    amount: commission.charge, currency: commission.currency, kind: reason), &step)
        }
        guard commission.units.raw != 0 else { return }
        let left = PositionAdjusted(
            instrument: commission.instrument, strategy: commission.strategy,
            quantity: -commission.units, price: commission.price, snapshot: 0, actor: "venue",
            reason: reason)
        let sequence = try step.emitInChain(left)
        try accounts.adjust(left, as: sequence, step)
        try adjustCash(
            commission.money, of: commission.instrument, actor: "venue", reason: reason,
            chain: step.chain, &step)
    }

    /// Reduces the exits of another position whose units paid the commission.
    mutating func trim(
        _ commission: Commission, _ step: inout Step
    ) throws(EngineError) {
        try follow(commission.strategy, in: commission.instrument, &step)
    }

    /// Raises an alert for a commission that cannot be booked: one for each instrument until a reconciliation
    /// passes. The next reconciliation finds the difference.
    mutating func report(
        unbooked fill: VenueFillReported, _ step: inout Step
    ) throws(EngineError) {
        guard
            !rulesVersion.tellEpisodes
                || safeguards.alerts.note(
                    .reconciliationFailed, instrument: fill.instrument, level: 1)
        else { return }
        try step.emit(
            AlertRaised(
                .warning, .reconciliationFailed, instrument: fill.instrument,
                value: .money(fill.fee),
                text: "a fee of \(fill.fee) \(fill.feeAsset) is not in the books"))
    }
}
