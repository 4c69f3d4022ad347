import LedgerEvents
import LedgerProjections
import LedgerSafety

/// The monitors of the safety layer: equity, trading days, volatility regime, faults, clock, entries, trades
/// and data feeds. Each owns its state. The engine reports events to it and acts on what it returns.
struct SafetyMonitors: Hashable, Sendable {
    var equity = EquityWatch()
    var days = DayWatch()
    var regime = RegimeWatch()
    var counters = FaultCounters()
    var clock = ClockWatch()
    var entries = EntryCount()
    var trades = TradeWatch()
    var feeds = FeedWatch()

    init() {}

    func encode(into writer: inout StateWriter, _ rules: RulesVersion) {
        equity.encode(into: &writer)
        days.encode(into: &writer)
        regime.encode(into: &writer)
        counters.encode(into: &writer)
        clock.encode(into: &writer)
        entries.encode(into: &writer)
        trades.encode(into: &writer)
        feeds.encode(into: &writer, rules)
    }

    init(from reader: inout StateReader, _ rules: RulesVersion) throws(StateError) {
        equity = try EquityWatch(from: &reader)
        days = try DayWatch(from: &reader)
        regime = try RegimeWatch(from: &reader)
        counters = try FaultCounters(from: &reader)
        clock = try ClockWatch(from: &reader)
        entries = try EntryCount(from: &reader)
        trades = try TradeWatch(from: &reader)
        feeds = try FeedWatch(from: &reader, rules)
    }
}
