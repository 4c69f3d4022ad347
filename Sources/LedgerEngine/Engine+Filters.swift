import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Orders in the form that their venue takes (Q08).
extension Engine {
    /// Brings an order into that form and journals what changed.
    ///
    /// - Returns: the refusal where there is none; it names the filter.
    mutating func conform(
        _ terms: inout OrderIntended, _ step: inout Step
    ) throws(EngineError) -> Refusal? {
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
            orders.countRejectedIntent()
            return refusal
        }
    }

    /// What a strategy is told that it holds. What a commission or a cancel leaves of a position and no
    /// order of the venue's sizes can close counts as nothing: a strategy would sell it for ever, and never
    /// buy again.
    @inline(__always)
    func shown(_ slot: Int) -> Quantity {
        let position = slots[slot].position
        guard position.raw != 0, !filters.all.isEmpty, isDust(slots[slot].instrument, position)
        else { return position }
        return .zero
    }

    func isDust(_ instrument: InstrumentID, _ position: Quantity) -> Bool {
        guard let rule = filters[instrument] else { return false }
        return rule.isDust(position.magnitude, at: books.equity.mark(instrument))
    }

    func verdict(of terms: OrderIntended) -> FilterVerdict {
        guard let rule = filters[terms.instrument] else { return .pass }
        let resting = venue.orders(terms.instrument).filter { $0.terms.orderType != .market }
        let stops = resting.filter { $0.terms.orderType != .limit }
        return rule.verdict(
            terms, average: books.equity.mark(terms.instrument), openOrders: resting.count,
            openStops: stops.count)
    }
}
