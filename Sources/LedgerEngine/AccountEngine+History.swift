import LedgerDomain
import LedgerEvents
import LedgerSafety

/// The history that a run reads before its first decision. Strategies, filters and data rules learn from it.
/// Books, marks, the simulated venue and the drawdown stop ignore it.
extension AccountEngine {
    /// A first price that differs from the last close of the history by more than this share waits for the next
    /// one, as any other price does.
    private static let jump = Price(raw: FixedPoint.one / 2)

    mutating func recall(_ bar: BarRecalled, _ step: borrowing Step) throws(EngineError) {
        if let problem = problem(with: bar, at: step.time) {
            throw .fold(.inconsistent(problem, step.sequence))
        }
        let known = history[bar.instrument]
        if rulesVersion.keepHistory {
            if history.isEmpty { safeguards.keepDays(true, under: rulesVersion) }
            safeguards.merge(bar, on: nextDay(bar.ended))
        } else if bar.ended > known.last {
            safeguards.recall(bar, on: nextDay(bar.ended), isFirst: known.isEmpty)
        }
        if configuration?.warmsStrategies == true, known.isNew(bar) {
            let plain = Bar(
                instrument: bar.instrument, interval: bar.interval, open: bar.open, high: bar.high,
                low: bar.low, close: bar.close, volume: bar.volume)
            for slot in desk.listening(bar.instrument) {
                desk.slots[slot].recall(plain, view(slot, at: bar.ended))
            }
        }
        history.take(bar, rulesVersion)
    }

    /// Whether filters or data rules would learn from a bar of history: they do not know its day, or not all of
    /// it.
    public func lacks(_ bar: BarRecalled) -> Bool {
        guard rulesVersion.keepHistory else { return false }
        return bar.ended > lastData(bar.instrument)
            || !safeguards.knows(bar.instrument, nextDay(bar.ended))
            || hasTooFewDays(bar.instrument) && !safeguards.monitors.feeds[bar.instrument].isCounted
    }

    /// Whether some rule knows nothing of a day.
    public func lacksDay(_ day: CivilDate, of instrument: InstrumentID) -> Bool {
        rulesVersion.keepHistory && !safeguards.knows(instrument, day.daysSinceEpoch)
    }

    private func hasTooFewDays(_ instrument: InstrumentID) -> Bool {
        safeguards.rules.data.isEnabled
            && daysWithData(instrument) < safeguards.rules.data.history
    }

    /// Keeps the days of each instrument from here on, if they are worth keeping: a back-test without history
    /// has no use for them unless a rule is on.
    mutating func keepDays() {
        let hasUse = !history.isEmpty || configuration.map { $0.accountKind != .simulated } == true
        safeguards.keepDays(rulesVersion.keepHistory && hasUse, under: rulesVersion)
    }

    /// Older rules kept the time of an instrument's last data only where a data rule was on.
    mutating func assumeData() {
        for instrument in names.instruments where !history[instrument.id].isEmpty {
            if !safeguards.watchesData { safeguards.monitors.feeds.assumeData(of: instrument.id) }
            history.hear(instrument.id, at: lastData(instrument.id))
        }
    }

    /// The trading day that an event behind the end of the named one begins.
    @inline(never)
    mutating func laterDay(_ time: Timestamp) -> Int64 {
        if safeguards.rules.needsCalendar { return nextDay(time) }
        if let day = safeguards.askedDay(of: time) { return day }
        let calendar = calendar
        return safeguards.day(of: time, by: calendar)
    }

    /// Why a bar cannot be history of this run; nil if it can.
    private func problem(with bar: BarRecalled, at time: Timestamp) -> String? {
        guard names[bar.instrument] != nil else {
            return "history of instrument \(bar.instrument.number), which nothing defines"
        }
        guard bar.ended <= time else {
            return "a bar of history that ends at \(bar.ended), after \(time)"
        }
        guard rulesVersion.keepHistory || bar.ended > history[bar.instrument].told else {
            return "a bar of history that ends at \(bar.ended), not after the one before it"
        }
        guard bar.close.raw > 0, bar.high >= bar.low, bar.low.raw > 0 else {
            return "a bar of history without a price"
        }
        return nil
    }

    /// Repeats the judgements that were made without the history.
    mutating func endWarmup() { judgeRegime() }

    /// Compares the first price with the history. A price on another scale, for example because the history is
    /// not adjusted for a split, blocks entries until the next price.
    @inline(never)
    mutating func meetHistory(
        _ instrument: InstrumentID, _ price: Price, _ step: inout Step
    ) throws(EngineError) {
        guard let close = history.meet(instrument) else { return }
        let change = Int128(price.raw) - Int128(close.raw)
        guard
            change.magnitude * Int128(FixedPoint.one).magnitude
                > (Int128(close.raw) * Int128(Self.jump.raw)).magnitude
        else { return }
        try engage(
            LatchEngaged(
                .dataQuality, scope: .symbol, instrument: instrument, clears: .automatic,
                limit: .price(close), value: .price(price), actor: "engine",
                reason:
                    "PRICE_OUTLIER: \(price) after \(close), the last close of the history; if the "
                    + "history is not adjusted for a split, start a new journal with one that is"),
            &step)
    }

    /// Whether an instrument's last data came from its feed, not from its history.
    func isOfFeed(_ last: Timestamp, _ instrument: InstrumentID) -> Bool {
        last != .zero && last > history[instrument].last
    }

    /// The days on which an instrument had data, as `quality.min_history_days` counts them.
    public func daysWithData(_ instrument: InstrumentID) -> Int {
        Int(safeguards.monitors.feeds[instrument].days)
    }

    /// The instruments of the strategies, ascending, with the days that are known of each and how many an
    /// entry asks for. Empty where no data rule is on.
    public var daysKnown: [(instrument: InstrumentID, days: Int, needed: Int)] {
        guard rules.data.isEnabled else { return [] }
        let traded = desk.slots.map(\.instrument)
        return names.instruments.map(\.id).filter { traded.contains($0) }.sorted().map {
            ($0, daysWithData($0), rules.data.history)
        }
    }

    /// When data of an instrument last arrived; zero if none did or nothing records it.
    public func lastData(_ instrument: InstrumentID) -> Timestamp {
        safeguards.monitors.feeds[instrument].last
    }
}
