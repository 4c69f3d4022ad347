import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// The checks between a strategy's signal and its order: gate, data quality, throttles and limits.
extension AccountEngine {
    /// The result of the checks.
    enum Permit {
        case granted(Quantity)
        /// Stopped before it became an intent: by the gate, the data, a filter or a throttle.
        case signalRejected(Refusal)
        /// A limit refuses the order.
        case intentRejected(Refusal)

        var refusal: Refusal? {
            switch self {
            case .granted: nil
            case .signalRejected(let refusal), .intentRejected(let refusal): refusal
            }
        }
    }

    /// The part of an order that opens or enlarges a position; the rest closes one.
    func increase(_ side: Side, _ quantity: Quantity, of position: Quantity) -> Quantity {
        guard position.raw * side.sign < 0 else { return quantity }
        return Quantity(raw: max(0, quantity.raw - position.magnitude.raw))
    }

    /// Permits an order, makes it smaller or stops it. An order that reduces risk passes unless everything is
    /// blocked. If an order reverses a position, its closing part passes.
    mutating func permit(
        _ decision: Decision, _ wanted: Quantity, _ slot: Int, _ instrument: Instrument,
        _ step: inout Step
    ) throws(EngineError) -> Permit {
        let position = desk.slots[slot].position
        var growth = increase(decision.side, wanted, of: position)
        let closing = Quantity(raw: wanted.raw - growth.raw)
        let permit: Permit
        if !safeguards.gate.isOpen,
            let latch = safeguards.gate.block(
                desk.slots[slot].id, instrument.id, isReducing: growth.raw == 0 && wanted.raw > 0)
        {
            let refusal = Refusal(latch.source.rejection, limit: latch.limit, value: latch.value)
            permit = .signalRejected(refusal)
            if latch.effect == .blockAll { return permit }
        } else {
            guard growth.raw > 0 else { return .granted(wanted) }
            if hasMargin, closing.raw > 0,
                let refusal = marginRefusal(decision, wanted, instrument.id, position: position)
            {
                permit = .intentRejected(refusal)
            } else {
                guard restrictsEntries else { return .granted(wanted) }
                permit = try restrict(
                    decision, left: &growth, closing: closing, slot, instrument, &step)
            }
        }
        guard closing.raw > 0, let refusal = permit.refusal else { return permit }
        adjust(
            refusal, from: closing + growth, to: closing, slot, decision.side, &step)
        return .granted(closing)
    }

    /// Applies data quality, filters, throttles, the ramp-up and the limits to an entry.
    ///
    /// - Parameter left: the part that enlarges the position; each rule may reduce it.
    private mutating func restrict(
        _ decision: Decision, left: inout Quantity, closing: Quantity, _ slot: Int,
        _ instrument: Instrument, _ step: inout Step
    ) throws(EngineError) -> Permit {
        if let refusal = dataRefusal(decision, slot, at: step.time) {
            return .signalRejected(refusal)
        }
        var multipliers: [(share: Price, rule: RejectionReason, value: Measure)] = []
        if safeguards.rules.usesFilters {
            switch filter(slot) {
            case .refuse(let refusal): return .signalRejected(refusal)
            case .pass(let share, let correlation):
                if share < 1, let factor = Price(rounding: share) {
                    multipliers.append((factor, .correlation, .share(rounding: correlation)))
                }
            }
        }
        if let refusal = throttle(slot, at: step.time) { return .signalRejected(refusal) }
        if safeguards.rules.drawdown.isEnabled,
            let sizing = safeguards.stop.sizing(safeguards.rules.drawdown)
        {
            multipliers.append((sizing, .rampup, .zero))
        }
        for (share, rule, value) in multipliers {
            let scaled = left.scaled(by: share).truncated(to: instrument.lot)
            let limit = Measure.share(share)
            guard scaled.raw > 0 else {
                return .intentRejected(Refusal(.sizeZero, limit: limit, value: value))
            }
            adjust(
                Refusal(rule, limit: limit, value: value), from: closing + left,
                to: closing + scaled, slot, decision.side, &step)
            left = scaled
        }
        guard safeguards.rules.risk.isEnabled else { return .granted(closing + left) }
        return try limit(
            decision, left: &left, closing: closing, slot, instrument, &step)
    }

    /// Whether an entry must pass more than an open gate.
    private var restrictsEntries: Bool {
        safeguards.rules.risk.isEnabled || safeguards.rules.data.isEnabled
            || safeguards.rules.usesFilters || safeguards.stop.phase == .rampup
    }

    /// The verdict of the entry filters: the market's regime, volatility and correlation with holdings.
    private func filter(_ slot: Int) -> EntryFilters.Verdict {
        let instrument = desk.slots[slot].instrument
        var held: [InstrumentID] = []
        for position in profit.positions.positions
        where position.account == account && position.quantity.raw != 0
            && position.instrument != instrument && !held.contains(position.instrument)
        { held.append(position.instrument) }
        return safeguards.rules.filters.verdict(
            instrument, desk.slots[slot].style, held: held,
            regime: safeguards.rules.filters.usesRegime ? safeguards.monitors.regime.regime : nil,
            volatility: safeguards.monitors.regime.volatility,
            safeguards.history)
    }

    private mutating func limit(
        _ decision: Decision, left: inout Quantity, closing: Quantity, _ slot: Int,
        _ instrument: Instrument, _ step: inout Step
    ) throws(EngineError) -> Permit {
        let verdict = safeguards.rules.risk.verdict(try candidate(decision, left, instrument))
        for change in verdict.adjustments {
            adjust(
                change.rule, from: closing + change.from, to: closing + change.to, slot,
                decision.side, &step)
        }
        left = verdict.quantity
        if let refusal = verdict.refusal ?? rateRefusal(at: step.time) {
            return .intentRejected(refusal)
        }
        return .granted(closing + left)
    }

    /// Counts a sent entry against the limits for a minute and a day.
    mutating func countEntry(at time: Timestamp) {
        guard safeguards.rules.risk.isEnabled else { return }
        safeguards.monitors.entries.add(at: time, safeguards.rules.risk)
    }

    func rateRefusal(at time: Timestamp) -> Refusal? {
        let risk = safeguards.rules.risk
        if risk.entriesPerDay > 0, Int(safeguards.monitors.entries.today) >= risk.entriesPerDay {
            return Refusal(
                .entriesPerDay, limit: .count(risk.entriesPerDay),
                value: .count(Int(safeguards.monitors.entries.today) + 1))
        }
        guard risk.ordersPerMinute > 0 else { return nil }
        let sent = safeguards.monitors.entries.lastMinute(time)
        return sent < risk.ordersPerMinute
            ? nil
            : Refusal(.orderRate, limit: .count(risk.ordersPerMinute), value: .count(sent + 1))
    }

    private mutating func throttle(_ slot: Int, at time: Timestamp) -> Refusal? {
        guard safeguards.rules.risk.isEnabled else { return nil }
        let risk = safeguards.rules.risk
        if risk.topSignals > 0 {
            let used = desk.slots.reduce(0) {
                $0 + ($1.id == desk.slots[slot].id ? Int($1.signalsToday) : 0)
            }
            guard used < risk.topSignals else {
                return Refusal(.topSignals, limit: .count(risk.topSignals), value: .count(used + 1))
            }
        }
        if risk.signalsPerSecond.raw > 0,
            !safeguards.monitors.entries.takeSignal(at: time, rate: risk.signalsPerSecond.raw)
        {
            return Refusal(.signalRate, limit: .rate(risk.signalsPerSecond))
        }
        desk.slots[slot].countSignal()
        return nil
    }

    /// Refuses an entry for missing indicators, an unconfirmed price, old data or too short a history (Q01).
    private func dataRefusal(
        _ decision: Decision, _ slot: Int, at time: Timestamp
    ) -> Refusal? {
        guard safeguards.rules.data.isEnabled else { return nil }
        let instrument = desk.slots[slot].instrument
        guard decision.indicator.isFinite, decision.threshold.isFinite else {
            return Refusal(.dataQuality)
        }
        if let held = profit.equity.held.first(where: { $0.instrument == instrument }) {
            return Refusal(
                .dataQuality, limit: .price(profit.equity.mark(instrument)),
                value: .price(held.price))
        }
        let watch = safeguards.monitors.feeds[instrument]
        if isStale(since: watch.last, at: time) { return Refusal(.dataQuality) }
        guard Int(watch.days) < safeguards.rules.data.history else { return nil }
        return Refusal(
            .dataQuality, limit: .count(safeguards.rules.data.history), value: .count(watch.days))
    }

    /// The entry with everything that the limits look at: holdings and working orders.
    func candidate(
        _ decision: Decision, _ growth: Quantity, _ instrument: Instrument
    ) throws(EngineError) -> EntryCandidate {
        var pending = Money.zero
        var pendingHere = Money.zero
        var unitsHere = Quantity.zero
        for order in desk.register.open
        where order.intended.purpose == .entry && order.account == account {
            let terms = order.intended
            let left = terms.quantity - order.filled
            let price = terms.limitPrice.raw > 0 ? terms.limitPrice : terms.referencePrice
            let value =
                (try? worth(of: Money.notional(price, left), in: terms.instrument)) ?? Money.limit
            pending += value
            guard terms.instrument == instrument.id, terms.side == decision.side else { continue }
            pendingHere += value
            unitsHere = unitsHere + left
        }
        let held = profit.equity.quantity(account, instrument.id)
        let isSame = held.raw * decision.side.sign > 0
        let mark = profit.equity.mark(instrument.id)
        let heldHere =
            isSame
            ? (try? worth(of: Money.notional(mark, held.magnitude), in: instrument.id))
                ?? Money.limit : .zero
        // The limits are in the account's currency.
        let conversion = conversion(of: instrument.id)
        var price = decision.limitPrice.raw > 0 ? decision.limitPrice : decision.price
        if let conversion {
            guard let converted = conversion.price(price) else {
                throw .number(.overflow("\(price) in the account's currency"))
            }
            price = converted
        }
        return EntryCandidate(
            quantity: growth, price: price,
            lot: instrument.lot, position: (isSame ? held.magnitude : .zero) + unitsHere,
            positionNotional: heldHere + pendingHere,
            exposure: profit.equity.exposure(account) + pending,
            equity: knownWorth?.equity ?? .zero,
            averageTrueRange: safeguards.rules.risk.atrSizing > 0
                ? safeguards.history.averageTrueRange(
                    instrument.id, days: safeguards.rules.risk.atrDays
                ).map { $0 * (conversion?.double ?? 1) } : nil,
            regimeHeat: safeguards.rules.filters.usesRegime
                ? safeguards.monitors.regime.regime.heat : nil)
    }

    /// The distance of a catastrophe stop from its fill; 0 if none is configured or known (X11).
    func catastropheDistance(_ instrument: Instrument) -> Price {
        guard safeguards.rules.usesRanges, safeguards.rules.risk.catastropheStop > 0,
            let range = safeguards.history.averageTrueRange(
                instrument.id, days: safeguards.rules.risk.atrDays)
        else { return .zero }
        let distance = range * safeguards.rules.risk.catastropheStop
        guard distance.isFinite, distance > 0, distance < 9e9 else { return .zero }
        return Price(raw: Int64(distance * 1e9))
    }

    /// Records that a rule made an order smaller.
    private func adjust(
        _ rule: Refusal, from: Quantity, to: Quantity, _ slot: Int, _ side: Side,
        _ step: inout Step
    ) {
        step.reductions.append(
            SizeAdjusted(
                instrument: desk.slots[slot].instrument, strategy: desk.slots[slot].id, side: side,
                refusal: rule, from: from.written, to: to.written))
    }
}

extension Quantity {
    /// × a share of 1 in 10^-9, towards zero.
    fileprivate func scaled(by share: Price) -> Quantity {
        let (one, part) = (Int128(FixedPoint.one), Int128(share.raw))
        return Quantity(raw: raw / one * part + raw % one * part / one)
    }
}
