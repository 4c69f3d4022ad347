import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// Fills that a venue took back (a bust) or gave other terms (a correction). The fill stays in the journal as
/// it was reported. The correction names it, and adjustments book the difference:
///
///     FillCorrected      the fill, what it was and what it is
///     PositionAdjusted   − side × old units at the old price
///     PositionAdjusted   + side × new units at the new price
///     CashAdjusted       + side × (old price × units − new price × units)
///     FeeCharged         the change of the fee
///
/// Position and cash cancel each other in the sum of deposits, so what remains is profit or loss.
extension AccountEngine {
    mutating func handle(
        _ report: VenueFillCorrected, in chain: SequenceNumber, _ step: inout Step
    ) throws(EngineError) {
        // While the order is open, later fills cannot be distinguished from the corrected one.
        guard desk.isRemote, report.fill > 0, desk.register.order(report.order) == nil,
            let cash = cash(of: report)
        else { return try unexplained(report, &step) }
        step.chain = chain
        try step.emitInChain(
            FillCorrected(
                instrument: report.instrument, strategy: report.strategy, side: report.side,
                order: report.order, fill: report.fill, price: report.price,
                quantity: report.quantity, bookedPrice: report.bookedPrice,
                bookedQuantity: report.bookedQuantity, cash: cash - report.fee,
                execution: report.execution, reason: report.reason))
        try moveUnits(of: report, &step)
        try moveMoney(of: report, cash, &step)
        try step.emit(
            AlertRaised(
                .warning, .fillCorrected, instrument: report.instrument,
                strategy: report.strategy, value: .quantity(report.quantity),
                threshold: .quantity(report.bookedQuantity),
                text:
                    "\(Self.words(of: report)); it is booked, so look at the position and its stop")
        )
        try follow(report.strategy, in: report.instrument, &step)
    }

    /// - Returns: the signed change of cash without the fee; nil for numbers that no fill can have.
    private func cash(of report: VenueFillCorrected) -> Money? {
        guard report.price.raw > 0 || report.quantity.raw == 0, report.bookedPrice.raw > 0,
            report.quantity.raw >= 0, report.bookedQuantity.raw >= 0,
            report.fee.raw.magnitude <= Money.limit.raw.magnitude,
            let before = try? Money.notional(report.bookedPrice, report.bookedQuantity),
            let after = try? Money.notional(max(report.price, .zero), report.quantity)
        else { return nil }
        return Money(raw: report.side.sign * (before.raw - after.raw))
    }

    private mutating func moveUnits(
        of report: VenueFillCorrected, _ step: inout Step
    ) throws(EngineError) {
        let sign = report.side.sign
        let isRepriced = report.price != report.bookedPrice && report.quantity.raw > 0
        let gone = isRepriced ? report.bookedQuantity : report.bookedQuantity - report.quantity
        try adjust(
            report, Quantity(raw: -sign * gone.raw), at: report.bookedPrice, &step)
        guard isRepriced else { return }
        try adjust(report, Quantity(raw: sign * report.quantity.raw), at: report.price, &step)
    }

    private mutating func adjust(
        _ report: VenueFillCorrected, _ quantity: Quantity, at price: Price, _ step: inout Step
    ) throws(EngineError) {
        guard quantity.raw != 0 else { return }
        let event = PositionAdjusted(
            instrument: report.instrument, strategy: report.strategy, quantity: quantity,
            price: price, snapshot: 0, actor: "venue", reason: Self.words(of: report))
        let sequence = try step.emitInChain(event)
        try accounts.adjust(event, as: sequence, step)
    }

    private mutating func moveMoney(
        of report: VenueFillCorrected, _ cash: Money, _ step: inout Step
    ) throws(EngineError) {
        if cash.raw != 0 {
            try adjustCash(
                cash, of: report.instrument, actor: "venue", reason: Self.words(of: report),
                chain: step.chain, &step)
        }
        guard report.fee.raw != 0 else { return }
        let event = FeeCharged(
            instrument: report.instrument, amount: report.fee, kind: "correction")
        let sequence = try step.emitInChain(event)
        guard let record = step.batch.record(sequence) else { return }
        try accounts.apply(record)
    }

    private static func words(of report: VenueFillCorrected) -> String {
        let was = "\(report.bookedQuantity) at \(report.bookedPrice)"
        let end = report.reason.isEmpty ? "" : ": \(report.reason)"
        return report.quantity.raw == 0
            ? "the venue took fill #\(report.fill) of \(was) back\(end)"
            : "the venue corrected fill #\(report.fill) of \(was) to \(report.quantity) at "
                + "\(report.price)\(end)"
    }

    /// Blocks entries until a reconciliation passes, because the fill is unknown or its order is still open.
    private mutating func unexplained(
        _ report: VenueFillCorrected, _ step: inout Step
    ) throws(EngineError) {
        let what = report.quantity.raw == 0 ? "took back" : "corrected"
        let detail =
            "the venue \(what) execution \(report.corrected) of \(report.clientOrder), which "
            + (report.fill > 0 ? "belongs to an open order" : "is not in the journal")
        try step.emit(
            DiscrepancyFound(
                .unrecordedFill, instrument: report.instrument, snapshot: 0,
                ledger: .quantity(report.bookedQuantity), venue: .quantity(report.quantity),
                order: report.order, symbol: names.symbol(report.instrument), detail: detail))
        try step.emit(
            AlertRaised(
                .critical, .fillCorrected, instrument: report.instrument,
                strategy: report.strategy, value: .quantity(report.quantity), text: detail))
        try engage(
            LatchEngaged(
                .reconciliation, clears: .automatic, actor: "engine", reason: detail), &step)
    }
}
