import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// What protects the capital: the rules, the gate and its latches, the drawdown stop, the market history that
/// filters read, and the monitors.
struct Safeguards: Sendable {
    private(set) var rules = SafetyRules()
    private(set) var gate = TradingGate()
    private(set) var stop = DrawdownStop()
    private(set) var history = MarketHistory()
    /// Each monitor guards its own state.
    var monitors = SafetyMonitors()
    var alerts = AlertWatch()
    var health = HealthWatch()
    /// Whether each instrument's data are judged.
    private(set) var watchesData = false
    /// Whether the days of each instrument are kept.
    private(set) var watchesDays = false
    /// Whether they are kept although no rule that is on needs them, for those that are switched on later.
    private(set) var keepsDays = false
    /// Whether history is merged into the days that are known.
    private(set) var mergesHistory = false
    /// The trading day asked for last, where no rule names the day. Not saved.
    private var named = (after: Timestamp.zero, through: Timestamp.zero, day: Int64(0))

    mutating func adopt(_ rules: SafetyRules) {
        self.rules = rules
        watchesData = rules.data.isEnabled
        watchesDays = rules.needsHistory || keepsDays
    }

    /// - Parameters:
    ///   - keeps: whether days are kept for rules that are off.
    ///   - version: the rules of the journal.
    mutating func keepDays(_ keeps: Bool, under version: RulesVersion) {
        keepsDays = keeps
        mergesHistory = version.keepHistory
        monitors.feeds.keepDays(version.keepHistory)
        adopt(rules)
    }

    // MARK: The gate

    mutating func engage(_ event: LatchEngaged, as sequence: SequenceNumber, at time: Timestamp) {
        gate.engage(event, at: time, sequence: sequence)
    }

    /// Clears a latch. The condition may still hold, so check again at the next event.
    mutating func clear(_ event: LatchCleared) {
        gate.clear(event)
        monitors.counters.reset(event.source)
        monitors.equity.lookAgain()
    }

    mutating func change(_ event: ModeChanged, at time: Timestamp) { gate.change(event, at: time) }

    // MARK: The drawdown stop

    /// Changes the phase and makes its end a day boundary.
    mutating func change(_ event: DrawdownChanged, at time: Timestamp) {
        stop.change(event, at: time)
        if event.until != .zero { monitors.days.expire(noLaterThan: event.until) }
    }

    mutating func check(_ event: HealthChecked, at time: Timestamp) { stop.check(event, at: time) }

    // MARK: The market

    @inline(__always)
    mutating func observe(
        _ instrument: InstrumentID, high: Price, low: Price, close: Price, day: Int64
    ) {
        history.observe(instrument, high: high, low: low, close: close, day: day)
    }

    /// Notes data of an instrument for rules that are off.
    @inline(never)
    mutating func keep(_ instrument: InstrumentID, on day: Int64, at time: Timestamp) {
        _ = monitors.feeds.note(instrument, on: day, at: time)
    }

    /// The trading day that was asked for last, if a time is in it.
    func askedDay(of time: Timestamp) -> Int64? {
        time > named.after && time <= named.through ? named.day : nil
    }

    /// The trading day of a time; its UTC day where the calendar does not know it.
    mutating func day(of time: Timestamp, by calendar: TradingCalendar) -> Int64 {
        guard let session = try? calendar.lastSession(openedBefore: time),
            let next = try? calendar.session(1, after: session.day)
        else { return time.utcDay }
        named = (session.opens, next.opens, session.day.daysSinceEpoch)
        return named.day
    }

    /// The calendar may be another one now.
    mutating func forgetDay() { named = (.zero, .zero, 0) }

    /// Takes a bar of history into the days that it belongs to, whenever they were.
    mutating func merge(_ bar: BarRecalled, on day: Int64) {
        history.merge(
            bar, on: day, isLatest: bar.ended > monitors.feeds[bar.instrument].last)
        monitors.feeds.recall(bar.instrument, on: day, at: bar.ended, isFirst: false)
    }

    /// Whether a day of an instrument is known to filters and data rules.
    func knows(_ instrument: InstrumentID, _ day: Int64) -> Bool {
        monitors.feeds[instrument].knows(day)
            && (!rules.needsHistory || history.knows(instrument, day))
    }

    /// Takes a bar of history under rules before 4. An instrument's first bar replaces the days that earlier
    /// runs recorded.
    mutating func recall(_ bar: BarRecalled, on day: Int64, isFirst: Bool) {
        if watchesDays {
            history.recall(
                bar.instrument, high: bar.high, low: bar.low, close: bar.close, day: day,
                isFirst: isFirst)
        }
        if watchesData {
            monitors.feeds.recall(bar.instrument, on: day, at: bar.ended, isFirst: isFirst)
        }
    }

    mutating func split(_ event: SplitApplied) { history.split(event) }

    // MARK: State

    mutating func restoreGate(from reader: inout StateReader) throws(StateError) {
        gate = try TradingGate(from: &reader)
        stop = try DrawdownStop(from: &reader)
    }

    mutating func restoreMemory(
        from reader: inout StateReader, _ version: RulesVersion
    ) throws(StateError) {
        history = try MarketHistory(from: &reader)
        monitors = try SafetyMonitors(from: &reader, version)
    }
}

extension AccountEngine {
    public var rules: SafetyRules { safeguards.rules }
    public var gate: TradingGate { safeguards.gate }
    public var stop: DrawdownStop { safeguards.stop }
}
