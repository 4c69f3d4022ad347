import LedgerEvents
import LedgerSafety

/// The market's volatility at the start of the day, and the regime that follows from it.
struct RegimeWatch: Hashable, Sendable {
    /// Per cent a year; nil while it is not known.
    private(set) var volatility: Double?
    private(set) var regime = Regime.normal

    init() {}

    mutating func judge(_ volatility: Double?, by filters: EntryFilters) {
        self.volatility = volatility
        regime = filters.regime(volatility)
    }

    func encode(into writer: inout StateWriter) {
        writer.write(volatility ?? -1)
        writer.write(regime)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let saved: Double = try reader.read()
        volatility = saved < 0 ? nil : saved
        regime = try reader.read()
    }
}
