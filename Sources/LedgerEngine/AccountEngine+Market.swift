import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Marks, corporate actions and the ends of sessions.
extension AccountEngine {
    /// Takes a price that the books accepted or hold.
    @inline(__always)
    mutating func see(
        _ instrument: InstrumentID, _ price: Price, _ outcome: MarkOutcome, high: Price, low: Price,
        _ step: inout Step
    ) throws(EngineError) {
        safeguards.monitors.feeds.hear(at: step.time)
        if outcome != .accepted { try note(outcome, instrument, price, &step) }
        guard safeguards.watchesDays || safeguards.watchesData else { return }
        // The event that begins a day belongs to that day, although the day begins after it.
        let day =
            step.time > safeguards.monitors.days.ends
            ? laterDay(step.time) : safeguards.monitors.days.day
        if outcome != .held, safeguards.watchesDays {
            safeguards.observe(instrument, high: high, low: low, close: price, day: day)
        }
        if safeguards.watchesData {
            try note(instrument, on: day, &step)
            if history.awaitsPrices { try meetHistory(instrument, price, &step) }
        } else if safeguards.keepsDays {
            safeguards.keep(instrument, on: day, at: step.time)
            if history.awaitsPrices { _ = history.meet(instrument) }
        }
        if rulesVersion.keepHistory, !history.isEmpty { history.hear(instrument, at: step.time) }
    }

    @inline(never)
    private mutating func note(
        _ outcome: MarkOutcome, _ instrument: InstrumentID, _ price: Price, _ step: inout Step
    ) throws(EngineError) {
        if outcome == .held {
            try hold(instrument, price, &step)
        } else if rulesVersion.holdOnePrice, hasEntries {
            try clear(
                LatchCleared(
                    .dataQuality, scope: .symbol, instrument: instrument, actor: "engine",
                    reason: "the next price is \(price)"), &step)
        }
    }

    /// Whether this journal decides entries. At the local exchange orders come from clients, so a held price
    /// does not matter.
    private var hasEntries: Bool { !desk.slots.isEmpty }

    /// Keeps entries out of an instrument while its price waits to be confirmed.
    private mutating func hold(
        _ instrument: InstrumentID, _ price: Price, _ step: inout Step
    ) throws(EngineError) {
        let mark = profit.equity.mark(instrument)
        guard safeguards.rules.data.isEnabled || rulesVersion.holdOnePrice && hasEntries else {
            return
        }
        // An order that fills at a bar's open must not depend on its close.
        try engage(
            LatchEngaged(
                .dataQuality, scope: .symbol, instrument: instrument, clears: .automatic,
                limit: .price(mark), value: .price(price),
                actor: "engine",
                reason: "PRICE_OUTLIER: \(price) after \(mark) waits for the next price"),
            withdraws: !rulesVersion.holdOnePrice, &step)
    }

    mutating func split(
        _ event: SplitApplied, _ step: inout Step
    ) throws(EngineError) {
        try desk.split(event, step)
        safeguards.split(event)
        history.split(event)
        for slot in desk.listening(event.instrument) {
            desk.slots[slot].split(event, holding: held(by: slot))
        }
        if rulesVersion.keepOrdersOnLot { try adjustOrders(to: event, &step) }
    }

    mutating func close(
        _ session: SessionClosed, _ step: inout Step
    ) throws(EngineError) {
        // An external venue reports which orders expired.
        guard !desk.isRemote else { return }
        let closing =
            session.instrument == .none
            ? names.instruments.map(\.id) : [session.instrument]
        for instrument in closing {
            for report in desk.venue.endOfSession(instrument) {
                try handle(report, &step)
            }
        }
    }
}
