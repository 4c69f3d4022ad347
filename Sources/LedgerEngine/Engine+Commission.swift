import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What a venue takes for a fill: money, some of what was bought, or some of another asset.
struct Commission {
    /// What it is worth in the account's currency: the fee of the fill.
    var money = Money.zero
    /// What of a position was paid with; none where it was money.
    var instrument = InstrumentID.none
    var strategy = StrategyID.none
    /// Positive is paid.
    var units = Quantity.zero
    /// What the units were worth each.
    var price = Price.zero
}

/// A commission in an asset is a fee like any other, so that profit, drawdown and the limits of a day know of
/// it: the fill bears its worth, and the asset that it was paid with leaves its position. The two adjustments
/// that follow cancel each other in what was deposited:
///
///     OrderFilled       fee = units × price      cash − fee, fees + fee
///     PositionAdjusted  − units at price         position − units, deposits − fee
///     CashAdjusted      + fee                    cash + fee, deposits + fee
extension Engine {
    /// - Returns: nil where nobody here can say what it was worth, or who paid it.
    func commission(of fill: VenueFillReported, _ strategy: StrategyID) -> Commission? {
        let currency = configuration?.currency ?? ""
        if fill.fee.raw == 0 || fill.feeAsset.isEmpty || fill.feeAsset == currency {
            return Commission(money: fill.fee)
        }
        guard fill.fee.raw.magnitude <= Money.limit.raw.magnitude,
            let instrument = asset(fill.feeAsset, near: fill.instrument)
        else { return nil }
        let isOwn = instrument == fill.instrument
        let holder = isOwn ? nil : largestHolder(of: instrument)
        let most = isOwn ? fill.quantity : holder?.quantity ?? .zero
        let units = Quantity(raw: fill.fee.raw).written
        let price = isOwn ? fill.price : books.equity.mark(instrument)
        guard units.raw != 0, units.magnitude <= most, price.raw > 0,
            let money = try? Money.notional(price, units)
        else { return nil }
        return Commission(
            money: money, instrument: instrument, strategy: holder?.strategy ?? strategy,
            units: units, price: price)
    }

    /// The instrument that an asset is traded as against the account's currency; the fill's own first.
    private func asset(_ name: String, near own: InstrumentID) -> InstrumentID? {
        let currency = configuration?.currency ?? ""
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

    private func largestHolder(of instrument: InstrumentID) -> Position? {
        books.positions.positions(in: instrument)
            .filter { $0.account == account && $0.quantity.raw > 0 }
            .max { ($0.quantity.raw, $1.strategy.number) < ($1.quantity.raw, $0.strategy.number) }
    }

    /// Takes what a commission was paid with off its position.
    mutating func pay(
        _ commission: Commission, of order: OrderID, _ step: inout Step
    ) throws(EngineError) {
        guard commission.units.raw != 0 else { return }
        let reason = "commission of order \(order)"
        let left = PositionAdjusted(
            instrument: commission.instrument, strategy: commission.strategy,
            quantity: -commission.units, price: commission.price, snapshot: 0, actor: "venue",
            reason: reason)
        let sequence = try step.emitInChain(left)
        let paid = CashAdjusted(
            amount: commission.money, snapshot: 0, actor: "venue", reason: reason)
        let last = try step.emitInChain(paid)
        try accounts.adjust(left, as: sequence, step)
        try accounts.adjust(paid, as: last, step)
    }

    /// Another position paid: its exits must not sell what is gone.
    mutating func trim(
        _ commission: Commission, _ step: inout Step
    ) throws(EngineError) {
        guard
            let slot = slots.firstIndex(where: {
                $0.id == commission.strategy && $0.instrument == commission.instrument
            })
        else { return }
        slots[slot].hold(held(by: slot))
        trimTargets(slot)
        try trimExits(slot, &step)
    }

    /// A commission that cannot be booked: somebody is told, and a reconciliation will find what is missing.
    mutating func report(
        unbooked fill: VenueFillReported, _ step: inout Step
    ) throws(EngineError) {
        try step.emit(
            AlertRaised(
                .warning, .reconciliationFailed, instrument: fill.instrument,
                value: .money(fill.fee),
                text: "a fee of \(fill.fee) \(fill.feeAsset) is not in the books"))
    }
}
