import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What a journal knows of each instrument's history. Each bar is taken once, in order.
public struct RecalledHistory: Hashable, Sendable {
    /// One instrument's history.
    public struct Series: Hashable, Sendable {
        /// The end of the earliest bar; zero if there are none.
        public fileprivate(set) var first = Timestamp.zero
        /// The end of the last bar that filters and data rules took, and its close.
        public fileprivate(set) var last = Timestamp(nanoseconds: .min)
        public fileprivate(set) var close = Price.zero
        public fileprivate(set) var bars: UInt64 = 0
        /// The end of the last bar that the present strategies took. New settings make new strategies, which
        /// took none.
        public fileprivate(set) var told = Timestamp(nanoseconds: .min)
        /// The last price that the present strategies saw since they took a bar.
        public fileprivate(set) var heard = Timestamp(nanoseconds: .min)
        /// Whether no price came since the last bar.
        fileprivate var awaitsPrice = false

        public var isEmpty: Bool { bars == 0 }

        /// Whether the present strategies took nothing as late. Those that took no bar yet take all of them.
        func isNew(_ bar: BarRecalled) -> Bool {
            told.nanoseconds == .min || bar.ended > told && bar.ended > heard
        }
    }

    /// By instrument number.
    private var series: [Series] = []
    /// Whether some instrument had no price since its last bar.
    private(set) var awaitsPrices = false

    init() {}

    var isEmpty: Bool { series.isEmpty }

    public subscript(_ instrument: InstrumentID) -> Series {
        let number = Int(instrument.number)
        return number < series.count ? series[number] : Series()
    }

    /// Takes a bar of an instrument that the journal defines.
    mutating func take(_ bar: BarRecalled, _ rules: RulesVersion) {
        let number = Int(bar.instrument.number)
        while series.count <= number { series.append(Series()) }
        if series[number].told.nanoseconds == .min {
            series[number].heard = Timestamp(nanoseconds: .min)
        }
        series[number].told = max(series[number].told, bar.ended)
        guard bar.ended > series[number].last else {
            if rules.keepHistory { series[number].first = min(series[number].first, bar.ended) }
            return
        }
        if series[number].isEmpty { series[number].first = bar.ended }
        series[number].last = bar.ended
        series[number].close = bar.close
        series[number].bars += 1
        series[number].awaitsPrice = true
        awaitsPrices = true
    }

    /// Takes the first price after the history.
    ///
    /// - Returns: the last close before it; nil unless it is the first price.
    mutating func meet(_ instrument: InstrumentID) -> Price? {
        let number = Int(instrument.number)
        guard number < series.count, series[number].awaitsPrice else { return nil }
        series[number].awaitsPrice = false
        awaitsPrices = series.contains { $0.awaitsPrice }
        return series[number].close
    }

    /// Notes a price that the strategies saw.
    @inline(never)
    mutating func hear(_ instrument: InstrumentID, at time: Timestamp) {
        let number = Int(instrument.number)
        guard number < series.count else { return }
        series[number].heard = time
    }

    /// Forgets what the former strategies took, because new strategies have taken nothing yet.
    mutating func forgetStrategies() {
        for number in series.indices {
            series[number].told = Timestamp(nanoseconds: .min)
            series[number].heard = Timestamp(nanoseconds: .min)
        }
    }

    /// Multiplies the close by denominator / numerator, rounded half to even.
    mutating func split(_ event: SplitApplied) {
        let number = Int(event.instrument.number)
        guard number < series.count, event.numerator > 0, event.denominator > 0 else { return }
        let value = FixedPoint.dividedHalfEven(
            Int128(series[number].close.raw) * Int128(event.denominator),
            by: Int128(event.numerator))
        series[number].close = Price(raw: Int64(clamping: value))
    }

    func encode(into writer: inout StateWriter, _ rules: RulesVersion) {
        writer.write(series) { writer, series in
            writer.write(series.first)
            writer.write(series.last)
            writer.write(series.close)
            writer.write(series.bars)
            writer.write(series.told)
            writer.write(series.awaitsPrice)
            if rules.keepHistory { writer.write(series.heard) }
        }
    }

    init(from reader: inout StateReader, _ rules: RulesVersion) throws(StateError) {
        series = try reader.readArray { (reader) throws(StateError) in
            var series = Series()
            series.first = try reader.read()
            series.last = try reader.read()
            series.close = try reader.read()
            series.bars = try reader.read()
            series.told = try reader.read()
            series.awaitsPrice = try reader.read()
            if rules.keepHistory { series.heard = try reader.read() }
            return series
        }
        awaitsPrices = series.contains { $0.awaitsPrice }
    }
}
