import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Working orders after a split.
extension AccountEngine {
    /// Rounds the orders of the simulated venue to the lot and the tick, as exchanges do: sizes down, prices
    /// away from the market. A reverse split cancels entries. An order that is left with less than a lot or a
    /// tick is cancelled.
    ///
    /// An external venue adjusts its orders itself and reports them. Watched levels keep whole lots.
    mutating func adjustOrders(
        to event: SplitApplied, _ step: inout Step
    ) throws(EngineError) {
        guard let instrument = names[event.instrument] else { return }
        guard !desk.isRemote else { return desk.remote.keepLots(of: instrument) }
        let isReverse = event.numerator < event.denominator
        for order in desk.venue.orders(event.instrument) {
            guard let known = desk.register.order(order.id) else { continue }
            let remaining = order.remaining.truncated(to: instrument.lot)
            guard !isReverse || order.terms.purpose != .entry, remaining.raw > 0,
                let limit = level(order.terms.limitPrice, order.terms.side, instrument),
                let stop = level(order.terms.stopPrice, order.terms.side.opposite, instrument)
            else {
                try cancel(order, by: event, &step)
                continue
            }
            guard
                remaining != order.remaining || limit != order.terms.limitPrice
                    || stop != order.terms.stopPrice
            else { continue }
            let replaced = OrderReplaced(
                instrument: instrument.id, generation: known.generation + 1, order: order.id,
                quantity: known.filled + remaining, limitPrice: limit, stopPrice: stop,
                remaining: remaining)
            try apply(replaced, known, &step)
        }
    }

    private mutating func cancel(
        _ order: WorkingOrder, by event: SplitApplied, _ step: inout Step
    ) throws(EngineError) {
        try withdraw(order, .split, &step)
        guard order.terms.purpose == .stopLoss else { return }
        try step.emit(
            AlertRaised(
                .warning, .stopRefused, instrument: event.instrument,
                strategy: order.terms.strategy, value: .quantity(order.remaining),
                threshold: .price(order.terms.level),
                text:
                    "the split \(event.numerator) for \(event.denominator) leaves less than a lot for a "
                    + "stop, which is cancelled"))
    }

    /// A level rounded to the tick: down for a buy limit and a sell stop, otherwise up.
    ///
    /// - Parameter side: of a limit at this level.
    /// - Returns: zero where there is no level; nil where no such price exists.
    private func level(_ price: Price, _ side: Side, _ instrument: Instrument) -> Price? {
        guard price.raw > 0 else { return .zero }
        let level = try? price.rounded(to: instrument.tick, side == .buy ? .down : .up)
        return level.flatMap { $0.raw > 0 ? $0 : nil }
    }
}
