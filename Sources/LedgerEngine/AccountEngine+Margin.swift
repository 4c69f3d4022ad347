import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Margin: what entries may use, and what happens while the account owns less than it must.
extension AccountEngine {
    /// Says what the account may borrow, where the settings have it.
    mutating func defineMargin(_ step: inout Step) throws(EngineError) {
        guard let terms = configuration?.margin, terms != profit.equity.marginTerms(account)
        else { return }
        try book(terms.event, &step)
    }

    /// What the account owns and must own; nil where it has no margin terms or equity is unknown.
    public var marginStanding: MarginStanding? {
        profit.equity.marginStanding(account, at: accounts.lastTime, names)
    }

    /// Blocks entries while equity is below the maintenance requirement: one latch, and one alert, an episode.
    @inline(never)
    mutating func watchMargin(_ step: inout Step) throws(EngineError) {
        guard configuration?.margin?.kind == .margin, let standing = marginStanding else { return }
        let latch = safeguards.gate.latch(.margin)
        guard standing.excess < .zero else {
            guard latch != nil else { return }
            return try clear(
                LatchCleared(
                    .margin, actor: "engine",
                    reason: "equity \(standing.equity) covers the maintenance requirement "
                        + "\(standing.required.maintenance)"), &step)
        }
        guard latch == nil else { return }
        try engage(
            LatchEngaged(
                .margin, clears: .automatic, limit: .money(standing.required.maintenance),
                value: .money(standing.equity), actor: "engine",
                reason: "equity \(standing.equity) is \(-standing.excess) below the maintenance "
                    + "requirement \(standing.required.maintenance)"), &step)
    }

    /// Why margin does not carry an entry; nil where it does, and for what closes a position.
    ///
    /// - Parameters:
    ///   - position: of the strategy.
    ///   - replaced: an open order in whose place the entry comes.
    func marginRefusal(
        _ decision: Decision, _ quantity: Quantity, _ instrument: InstrumentID,
        position: Quantity, replacing replaced: OrderID? = nil
    ) -> Refusal? {
        let growth = increase(decision.side, quantity, of: position)
        guard growth.raw > 0, let terms = configuration?.margin else { return nil }
        guard let standing = marginStanding else { return Refusal(.rateUnknown) }
        guard terms.kind == .cash || standing.excess >= .zero else {
            return Refusal(
                .marginDeficit, limit: .money(standing.required.maintenance),
                value: .money(standing.equity))
        }
        if decision.side == .sell,
            let refusal = shortTerms(
                growth, instrument, position: position, standing)
        {
            return refusal
        }
        var used = (initial: standing.required.initial, exposure: standing.exposure)
        for order in desk.register.open
        where order.account == account && order.intended.purpose == .entry
            && order.id != replaced
        {
            let terms = order.intended
            let price = terms.limitPrice.raw > 0 ? terms.limitPrice : terms.referencePrice
            guard let waits = needed(order.remaining, terms.side, price, terms.instrument, standing)
            else { return Refusal(.overflow) }
            used.initial += waits.required.initial
            used.exposure += waits.value
        }
        let price = decision.limitPrice.raw > 0 ? decision.limitPrice : decision.price
        guard let entry = needed(growth, decision.side, price, instrument, standing),
            let fee = try? worth(
                of: desk.venue.settings.fees.fee(price: price, quantity: growth, isFirst: true),
                in: instrument)
        else { return Refusal(.overflow) }
        guard used.initial + entry.required.initial + fee <= standing.equity else {
            return Refusal(
                .buyingPower,
                limit: .money(standing.buyingPower(after: used.initial, used.exposure)),
                value: .money(entry.value + fee))
        }
        let exposure = used.exposure + entry.value
        guard let most = standing.mostExposure, exposure > most else { return nil }
        return Refusal(
            .leverage, limit: .price(terms.maxLeverage),
            value: standing.leverage(of: exposure).map { .price($0) } ?? .unbounded)
    }

    /// Why nothing may be sold short; nil where it may.
    private func shortTerms(
        _ growth: Quantity, _ instrument: InstrumentID, position: Quantity,
        _ standing: MarginStanding
    ) -> Refusal? {
        let isLent = standing.terms.kind == .margin && names[instrument]?.kind != .crypto
        guard configuration?.allowShort == true, isLent else {
            return Refusal(
                .noPosition, limit: .quantity(max(position, .zero)),
                value: .quantity(growth + max(position, .zero)))
        }
        return standing.lends
            ? nil
            : Refusal(
                .buyingPower, limit: .money(standing.terms.minimumEquity),
                value: .money(standing.equity))
    }

    private func needed(
        _ units: Quantity, _ side: Side, _ price: Price, _ instrument: InstrumentID,
        _ standing: MarginStanding
    ) -> (value: Money, required: MarginRequirement)? {
        profit.equity.requirement(
            of: Quantity(raw: units.raw * side.sign), at: price, instrument, standing, of: account,
            names)
    }
}
