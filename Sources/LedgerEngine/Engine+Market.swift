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
        _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        let isTaken: Bool
        do {
            isTaken = try books.mark(
                instrument, price, at: context.time, sequence: context.sequence)
        } catch { throw .fold(error) }
        vigil.lastData = context.time
        if !isTaken { try hold(instrument, price, context, into: &batch) }
        guard watchesDays || watchesData else { return }
        // An event that begins a day belongs to it, though the day begins after it.
        let day = context.time > vigil.dayEnds ? nextDay(context.time) : vigil.day
        if isTaken, watchesDays {
            history.observe(instrument, high: high, low: low, close: price, day: day)
        }
        if watchesData { try note(instrument, on: day, context, into: &batch) }
    }

    /// Says that a price waits to be confirmed, and keeps entries out of the instrument meanwhile.
    private mutating func hold(
        _ instrument: InstrumentID, _ price: Price, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        let mark = books.equity.mark(instrument)
        try emit(
            MarkHeld(instrument: instrument, price: price, mark: mark), context,
            account: AccountID.none, into: &batch)
        guard rules.data.isEnabled else { return }
        try engage(
            LatchEngaged(
                .dataQuality, scope: .symbol, instrument: instrument, clears: .automatic,
                limit: .price(mark), value: .price(price),
                actor: "engine",
                reason: "PRICE_OUTLIER: \(price) after \(mark) waits for the next price"), context,
            into: &batch)
    }

    mutating func pay(
        _ declared: DividendDeclared, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        for position in books.positions.positions(in: declared.instrument)
        where position.quantity.raw != 0 {
            let amount: Money
            do { amount = try Money.notional(declared.perUnit, position.quantity) } catch {
                throw .number(error)
            }
            let event = DividendPaid(
                instrument: declared.instrument, strategy: position.strategy,
                perUnit: declared.perUnit, quantity: position.quantity, amount: amount)
            try emit(event, context, account: position.account, into: &batch)
            try fold { (engine) throws(FoldError) in
                try engine.books.book(
                    event, account: position.account, at: context.time, sequence: context.sequence)
            }
        }
    }

    mutating func split(
        _ event: SplitApplied, _ context: StepContext
    ) throws(EngineError) {
        try fold { (engine) throws(FoldError) in
            try engine.books.split(event, at: context.time, sequence: context.sequence)
            try engine.orders.split(event, sequence: context.sequence)
        }
        do {
            try venue.split(event)
            try remote.split(event)
        } catch { throw .number(error) }
        history.split(event)
        for slot in listening(event.instrument) {
            slots[slot].strategy.split(event)
            slots[slot].position = held(by: slot)
        }
    }

    mutating func close(
        _ session: SessionClosed, _ context: StepContext, into batch: inout Batch
    ) throws(EngineError) {
        // Outside, the venue says what expired.
        guard !isRemote else { return }
        let closing =
            session.instrument == .none
            ? names.instruments.map(\.id) : [session.instrument]
        for instrument in closing {
            for report in venue.endOfSession(instrument) {
                try take(report, context, into: &batch)
            }
        }
    }
}
