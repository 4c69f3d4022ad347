import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation

/// Marks, corporate actions and the ends of sessions.
extension Engine {
    @inline(__always)
    mutating func mark(
        _ instrument: InstrumentID, _ price: Price, high: Price, low: Price,
        _ step: inout Step
    ) throws(EngineError) {
        let outcome = try accounts.mark(instrument, price, step)
        safeguards.monitors.feeds.hear(at: step.time)
        if outcome != .accepted { try note(outcome, instrument, price, &step) }
        guard safeguards.watchesDays || safeguards.watchesData else { return }
        // An event that begins a day belongs to it, though the day begins after it.
        let day =
            step.time > safeguards.monitors.days.ends
            ? nextDay(step.time) : safeguards.monitors.days.day
        if outcome != .held, safeguards.watchesDays {
            safeguards.observe(instrument, high: high, low: low, close: price, day: day)
        }
        if safeguards.watchesData {
            try note(instrument, on: day, &step)
            if history.awaitsPrices { try meetHistory(instrument, price, &step) }
        }
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

    /// Whether somebody decides entries here. At the local exchange orders come from clients, whom a held
    /// price does not concern.
    private var hasEntries: Bool { !desk.slots.isEmpty }

    /// Says that a price waits to be confirmed, and keeps entries out of the instrument meanwhile.
    private mutating func hold(
        _ instrument: InstrumentID, _ price: Price, _ step: inout Step
    ) throws(EngineError) {
        let mark = profit.equity.mark(instrument)
        try step.emit(
            MarkHeld(instrument: instrument, price: price, mark: mark), account: AccountID.none)
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

    mutating func pay(
        _ declared: DividendDeclared, _ step: inout Step
    ) throws(EngineError) {
        try accounts.declare(declared, step)
        for position in profit.positions.positions(in: declared.instrument)
        where position.quantity.raw != 0 {
            let amount: Money
            do { amount = try Money.notional(declared.perUnit, position.quantity) } catch {
                throw .number(error)
            }
            let event = DividendPaid(
                instrument: declared.instrument, strategy: position.strategy,
                perUnit: declared.perUnit, quantity: position.quantity, amount: amount)
            try step.emit(event, account: position.account)
            try accounts.book(event, of: position.account, step)
        }
    }

    mutating func split(
        _ event: SplitApplied, _ step: inout Step
    ) throws(EngineError) {
        try accounts.split(event, step)
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
        // Outside, the venue says what expired.
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
