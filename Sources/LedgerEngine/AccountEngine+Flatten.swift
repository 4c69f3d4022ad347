import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

extension AccountEngine {
    /// Closes positions with ordinary market orders: all positions, one strategy's or one instrument's. Cancels
    /// the position's other orders first. A position that a market order already closes is not closed twice.
    /// An adopted holding is closed only if its instrument is named.
    ///
    /// - Parameter isRepeated: positions whose exit the venue refused wait for the end of their pause.
    mutating func flatten(
        _ strategy: StrategyID?, _ instrument: InstrumentID?, because cause: SequenceNumber,
        isRepeated: Bool = false, _ step: inout Step
    ) throws(EngineError) {
        for position in profit.positions.positions
        where position.account == account && position.quantity.raw != 0
            && (strategy ?? position.strategy) == position.strategy
            && (instrument ?? position.instrument) == position.instrument
            && (instrument != nil || !isForeign(position))
        {
            if safeguards.gate.block(position.strategy, position.instrument, isReducing: true)
                != nil
            {
                continue
            }
            if desk.isRemote, isDust(position.instrument, position.quantity) { continue }
            let side: Side = position.quantity.raw > 0 ? .sell : .buy
            // An external venue's size filters may leave a remainder, which is closed after the fill.
            let closing =
                desk.isRemote
                ? closer(position.strategy, position.instrument, side)
                : desk.venue.orders(position.instrument).first {
                    $0.terms.strategy == position.strategy && $0.terms.purpose == .exit
                        && $0.terms.orderType == .market && $0.terms.side == side
                        && $0.remaining == position.quantity.magnitude
                }
            for order in desk.venue.orders(position.instrument)
            where order.terms.strategy == position.strategy && order.id != closing?.id
                && !(order.terms.parent != .none && desk.deferred.isHome(order.id))
            {
                try withdraw(order, .halted, &step)
            }
            guard closing == nil else { continue }
            if isRepeated, rulesVersion.pauseEachExit,
                desk.remote.isRefused(position.strategy, position.instrument, at: step.time)
            {
                continue
            }
            let slot = desk.slot(of: position.strategy, in: position.instrument)
            let terms = OrderIntended(
                instrument: position.instrument, strategy: position.strategy, side: side,
                orderType: .market, intent: closingIdentity(slot, position, side, step),
                quantity: position.quantity.magnitude,
                referencePrice: profit.equity.mark(position.instrument),
                timeInForce: .goodTillCancelled, purpose: .exit)
            step.chain = cause
            try send(terms, &step)
        }
    }

    /// Closes positions that a latch wants closed and that are still held, because their orders ended with the
    /// run or the former settings, or because a latch blocked all orders.
    mutating func flattenAgain(
        _ step: inout Step
    ) throws(EngineError) {
        for latch in safeguards.gate.latches
        where latch.effect == .flatten
            && (latch.source != .drawdown || safeguards.rules.drawdown.flattensOnPanic)
        {
            try flatten(
                latch.scope == .strategy ? latch.strategy : nil,
                latch.scope == .symbol ? latch.instrument : nil, because: step.sequence,
                isRepeated: true, &step)
        }
    }

    /// A strategy that is no longer in the settings decides nothing, so the event's number distinguishes the
    /// intents that close its position.
    private mutating func closingIdentity(
        _ slot: Int?, _ position: Position, _ side: Side, _ step: borrowing Step
    ) -> IntentID {
        if let slot { return desk.slots[slot].identity(side, at: step.time) }
        let decider = IntentID.Decider(
            account: configuration?.accountName ?? "", strategy: names.name(position.strategy),
            symbol: names.symbol(position.instrument))
        return IntentID(
            decider: decider, side: side, decidedAt: step.time,
            ordinal: UInt32(truncatingIfNeeded: step.sequence.number))
    }
}
