import LedgerDomain
import LedgerEvents

/// The last trading days of each instrument, from which correlation, volatility and ranges follow.
///
/// Memory is bounded: `capacity` days per instrument. Statistics use only + − × ÷ and square roots
/// in a fixed order, so they are the same on every machine.
public struct MarketHistory: Hashable, Sendable {
    struct Day: Hashable, Sendable {
        /// Days since 1970.
        var number: Int64
        var high: Price
        var low: Price
        var close: Price

        /// The day with what another source has of it.
        func merged(with other: Day, isWhole: Bool, isLatest: Bool) -> Day {
            if isWhole { return other }
            return Day(
                number: number, high: max(high, other.high), low: min(low, other.low),
                close: isLatest ? other.close : close)
        }
    }

    struct Series: Hashable, Sendable {
        /// In ascending order of day.
        var days: [Day] = []
        var today: Day?
    }

    /// One more than the longest average needs.
    public static let capacity = 201
    /// With fewer pairs of returns there is no correlation and no volatility.
    public static let fewest = 20

    /// By instrument number.
    private var series: [Series] = []

    public init() {}

    /// Adds prices to the current day.
    @inline(__always)
    public mutating func observe(
        _ instrument: InstrumentID, high: Price, low: Price, close: Price, day: Int64
    ) {
        let number = Int(instrument.number)
        while series.count <= number { series.append(Series()) }
        guard series[number].today != nil, series[number].today?.number == day else {
            begin(number, Day(number: day, high: high, low: low, close: close))
            return
        }
        series[number].today?.close = close
        if let known = series[number].today?.high, high > known {
            series[number].today?.high = high
        }
        if let known = series[number].today?.low, low < known { series[number].today?.low = low }
    }

    /// Adds a bar of history under rules before 4, unless a later day is known.
    ///
    /// - Parameter isFirst: forgets the days known so far, because the history has them too.
    public mutating func recall(
        _ instrument: InstrumentID, high: Price, low: Price, close: Price, day: Int64, isFirst: Bool
    ) {
        let number = Int(instrument.number)
        if number < series.count {
            if isFirst { series[number] = Series() }
            if let today = series[number].today, today.number > day { return }
        }
        observe(instrument, high: high, low: low, close: close, day: day)
    }

    /// Takes a bar of history into its day, whenever that was.
    ///
    /// A bar of a day or more replaces what is known of its day, which a run may have seen only in part. Shorter
    /// ones widen it.
    ///
    /// - Parameter isLatest: whether nothing later is known of the instrument.
    public mutating func merge(_ bar: BarRecalled, on number: Int64, isLatest: Bool) {
        let place = Int(bar.instrument.number)
        let day = Day(number: number, high: bar.high, low: bar.low, close: bar.close)
        while series.count <= place { series.append(Series()) }
        guard let today = series[place].today, number <= today.number else {
            return begin(place, day)
        }
        let isWhole = bar.interval >= 86_400
        if number == today.number {
            series[place].today = today.merged(
                with: day, isWhole: isWhole && isLatest, isLatest: isLatest)
            return
        }
        let before = series[place].days.firstIndex { $0.number >= number }
        let index = before ?? series[place].days.count
        if let before, series[place].days[before].number == number {
            series[place].days[before] = series[place].days[before]
                .merged(with: day, isWhole: isWhole, isLatest: true)
        } else if series[place].days.count < Self.capacity {
            series[place].days.insert(day, at: index)
        } else if index > 0 {
            series[place].days.insert(day, at: index)
            series[place].days.removeFirst()
        }
    }

    /// Whether a day is known, or is older than the days that are kept.
    public func knows(_ instrument: InstrumentID, _ day: Int64) -> Bool {
        let place = Int(instrument.number)
        guard place < series.count, let today = series[place].today else { return false }
        let days = series[place].days
        if day == today.number { return true }
        if days.count >= Self.capacity, let first = days.first, day < first.number { return true }
        return days.contains { $0.number == day }
    }

    private mutating func begin(_ number: Int, _ day: Day) {
        if let last = series[number].today {
            if series[number].days.count >= Self.capacity { series[number].days.removeFirst() }
            series[number].days.append(last)
        }
        series[number].today = day
    }

    /// Multiplies prices before a split by denominator / numerator, rounded half to even.
    public mutating func split(_ event: SplitApplied) {
        let number = Int(event.instrument.number)
        guard number < series.count, event.numerator > 0, event.denominator > 0 else { return }
        func scaled(_ price: Price) -> Price {
            let value = FixedPoint.dividedHalfEven(
                Int128(price.raw) * Int128(event.denominator), by: Int128(event.numerator))
            return Price(raw: Int64(clamping: value))
        }
        func scaled(_ day: Day) -> Day {
            Day(
                number: day.number, high: scaled(day.high), low: scaled(day.low),
                close: scaled(day.close))
        }
        series[number].days = series[number].days.map(scaled)
        series[number].today = series[number].today.map(scaled)
    }

    /// Complete days, without the current one.
    private func days(_ instrument: InstrumentID) -> [Day] {
        let number = Int(instrument.number)
        return number < series.count ? series[number].days : []
    }

    /// Simple returns of the last `count` complete days, with the day on which each ends.
    private func returns(
        _ instrument: InstrumentID, _ count: Int
    ) -> [(day: Int64, value: Double)] {
        let days = days(instrument).suffix(count + 1)
        return zip(days, days.dropFirst()).compactMap { before, after in
            before.close.raw > 0
                ? (after.number, after.close.double / before.close.double - 1) : nil
        }
    }

    /// Pearson's correlation of simple returns on the days on which both traded; nil below 20 pairs
    /// or if one of them did not move.
    public func correlation(_ a: InstrumentID, with b: InstrumentID, days: Int) -> Double? {
        let (first, second) = (returns(a, days), returns(b, days))
        var pairs: [(Double, Double)] = []
        var place = 0
        for (day, value) in first {
            while place < second.count, second[place].day < day { place += 1 }
            if place < second.count, second[place].day == day {
                pairs.append((value, second[place].value))
            }
        }
        guard pairs.count >= Self.fewest else { return nil }
        let count = Double(pairs.count)
        let meanA = pairs.reduce(0) { $0 + $1.0 } / count
        let meanB = pairs.reduce(0) { $0 + $1.1 } / count
        var (products, squaresA, squaresB) = (0.0, 0.0, 0.0)
        for (x, y) in pairs {
            products += (x - meanA) * (y - meanB)
            squaresA += (x - meanA) * (x - meanA)
            squaresB += (y - meanB) * (y - meanB)
        }
        guard squaresA > 0, squaresB > 0 else { return nil }
        return products / (squaresA * squaresB).squareRoot()
    }

    /// In percent per year: standard deviation (n − 1) of simple daily returns × √252 × 100.
    public func volatility(_ instrument: InstrumentID, days: Int) -> Double? {
        Self.yearly(returns(instrument, days).map(\.value))
    }

    /// The same for a portfolio with equal daily weights of all instruments.
    public func marketVolatility(days: Int) -> Double? {
        var all: [(day: Int64, value: Double)] = []
        for number in series.indices {
            all += returns(InstrumentID(UInt32(number)), days)
        }
        all.sort { $0.day < $1.day }
        var means: [Double] = []
        var start = 0
        while start < all.count {
            var end = start
            var sum = 0.0
            while end < all.count, all[end].day == all[start].day {
                sum += all[end].value
                end += 1
            }
            means.append(sum / Double(end - start))
            start = end
        }
        return Self.yearly(Array(means.suffix(days)))
    }

    private static func yearly(_ returns: [Double]) -> Double? {
        guard returns.count >= fewest else { return nil }
        let count = Double(returns.count)
        let mean = returns.reduce(0, +) / count
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / (count - 1)).squareRoot() * 252.0.squareRoot() * 100
    }

    /// The mean of max(high − low, |high − previous close|, |low − previous close|) over the last
    /// `days` complete days; nil if there are fewer.
    public func averageTrueRange(_ instrument: InstrumentID, days count: Int) -> Double? {
        let days = days(instrument).suffix(count + 1)
        guard count > 0, days.count == count + 1 else { return nil }
        var sum = 0.0
        for (before, day) in zip(days, days.dropFirst()) {
            let (high, low, close) = (day.high.double, day.low.double, before.close.double)
            sum += max(high - low, max((high - close).magnitude, (low - close).magnitude))
        }
        return sum / Double(count)
    }

    /// The 50-day average close divided by the 200-day average, minus 1; nil below 200 days.
    public func trend(_ instrument: InstrumentID) -> Double? {
        let closes = days(instrument).suffix(200).map(\.close.double)
        guard closes.count == 200 else { return nil }
        let long = closes.reduce(0, +) / 200
        return long > 0 ? closes.suffix(50).reduce(0, +) / 50 / long - 1 : nil
    }

    public func encode(into writer: inout StateWriter) {
        func write(_ writer: inout StateWriter, _ day: Day) {
            writer.write(day.number)
            writer.write(day.high)
            writer.write(day.low)
            writer.write(day.close)
        }
        writer.write(series) { writer, series in
            writer.write(series.days) { write(&$0, $1) }
            writer.write(series.today != nil)
            if let today = series.today { write(&writer, today) }
        }
    }

    public init(from reader: inout StateReader) throws(StateError) {
        func read(_ reader: inout StateReader) throws(StateError) -> Day {
            Day(
                number: try reader.read(), high: try reader.read(), low: try reader.read(),
                close: try reader.read())
        }
        series = try reader.readArray { (reader) throws(StateError) in
            var series = Series()
            series.days = try reader.readArray { (reader) throws(StateError) in try read(&reader) }
            if try reader.read() as Bool { series.today = try read(&reader) }
            return series
        }
    }
}
