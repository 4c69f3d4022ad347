import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Adjusts orders to the form that their venue accepts (Q08).
extension AccountEngine {
    /// Adjusts an order and journals what changed.
    ///
    /// - Returns: the refusal, which names the filter, if the order cannot be adjusted.
    mutating func conform(
        _ terms: inout OrderIntended, _ step: inout Step
    ) throws(EngineError) -> Refusal? {
        if let refusal = try keepToAvailable(&terms, &step) { return refusal }
        switch verdict(of: terms) {
        case .pass: return nil
        case .adjusted(let adjusted, let changes):
            for change in changes {
                let event = SizeAdjusted(
                    instrument: terms.instrument, strategy: terms.strategy, side: terms.side,
                    refusal: change, from: terms.quantity, to: adjusted.quantity)
                try step.emitInChain(event)
            }
            terms = adjusted
            return nil
        case .refused(let refusal):
            try step.emitInChain(
                IntentRejected(
                    instrument: terms.instrument, strategy: terms.strategy, side: terms.side,
                    refusal: refusal))
            desk.countRejectedIntent()
            return refusal
        }
    }

    /// Limits a sale to what the venue held at the last comparison. The venue takes fees in units and reports
    /// them later.
    private mutating func keepToAvailable(
        _ terms: inout OrderIntended, _ step: inout Step
    ) throws(EngineError) -> Refusal? {
        let missing = activities.shortfall(of: terms.instrument)
        guard desk.isRemote, missing.raw > 0, terms.side == .sell, terms.purpose != .entry else {
            return nil
        }
        let held = profit.positions.positions(in: terms.instrument)
            .filter { $0.account == account && $0.quantity.raw > 0 }
            .reduce(Int128(0)) { $0 + $1.quantity.raw }
        let available = Quantity(raw: max(0, held - missing.raw)).written
        guard terms.quantity > available else { return nil }
        let refusal = Refusal(
            .noPosition, limit: .quantity(available), value: .quantity(terms.quantity))
        guard available.raw > 0 else {
            try step.emitInChain(
                IntentRejected(
                    instrument: terms.instrument, strategy: terms.strategy, side: terms.side,
                    refusal: refusal))
            desk.countRejectedIntent()
            return refusal
        }
        try step.emitInChain(
            SizeAdjusted(
                instrument: terms.instrument, strategy: terms.strategy, side: terms.side,
                refusal: refusal, from: terms.quantity, to: available))
        terms.quantity = available
        return nil
    }

    /// The position that a strategy sees. A remainder that is too small for any order counts as zero;
    /// otherwise the strategy would try to sell it for ever and never buy again.
    @inline(__always)
    func shown(_ slot: Int) -> Quantity {
        let position = desk.slots[slot].position
        guard position.raw != 0, !desk.filters.all.isEmpty,
            isDust(desk.slots[slot].instrument, position)
        else { return position }
        return .zero
    }

    func isDust(_ instrument: InstrumentID, _ position: Quantity) -> Bool {
        guard let rule = desk.filters[instrument] else { return false }
        return rule.isDust(position.magnitude, at: profit.equity.mark(instrument))
    }

    func verdict(of terms: OrderIntended) -> FilterVerdict {
        guard let rule = desk.filters[terms.instrument] else { return .pass }
        let resting = desk.venue.orders(terms.instrument).filter { $0.terms.orderType != .market }
        let stops = resting.filter { $0.terms.orderType != .limit }
        return rule.verdict(
            terms, average: profit.equity.mark(terms.instrument), openOrders: resting.count,
            openStops: stops.count)
    }
}
