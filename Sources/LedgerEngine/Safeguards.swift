import LedgerDomain
import LedgerEvents
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
    /// Whether each instrument's data are counted.
    private(set) var watchesData = false
    /// Whether the days of each instrument are kept.
    private(set) var watchesDays = false

    mutating func adopt(_ rules: SafetyRules) {
        self.rules = rules
        watchesData = rules.data.isEnabled
        watchesDays = rules.needsHistory
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

    /// Takes a bar of history. An instrument's first bar replaces the days that earlier runs recorded.
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

    mutating func restoreMemory(from reader: inout StateReader) throws(StateError) {
        history = try MarketHistory(from: &reader)
        monitors = try SafetyMonitors(from: &reader)
    }
}

extension AccountEngine {
    public var rules: SafetyRules { safeguards.rules }
    public var gate: TradingGate { safeguards.gate }
    public var stop: DrawdownStop { safeguards.stop }
}
