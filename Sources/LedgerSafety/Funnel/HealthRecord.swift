import LedgerDomain
import LedgerEvents
import LedgerProjections

/// What each strategy did on each trading day, as far as the long window reaches.
public struct HealthRecord: Hashable, Sendable {
    struct Day: Hashable, Sendable {
        var number: Int64
        var trades: UInt32 = 0
        var profit = Money.zero
        var signals: UInt32 = 0
        var rejections: UInt32 = 0
        var ordered = Quantity.zero
        var filled = Quantity.zero
    }

    struct Track: Hashable, Sendable {
        var strategy: StrategyID
        var days: [Day] = []
    }

    public var rules = HealthRules()
    /// The present day.
    public private(set) var today = Int64.min
    /// Deposits less withdrawals.
    public var capital = Money.zero
    private var records: [Track] = []

    public init() {}

    public var isEmpty: Bool { records.isEmpty }

    // MARK: What happens

    public mutating func move(to day: Int64) { today = max(today, day) }

    public mutating func count(
        signals: UInt32 = 0, rejections: UInt32 = 0, _ strategy: StrategyID, on number: Int64? = nil
    ) {
        day(strategy, number) {
            $0.signals = UInt32(clamping: UInt64($0.signals) + UInt64(signals))
            $0.rejections = UInt32(clamping: UInt64($0.rejections) + UInt64(rejections))
        }
    }

    mutating func order(_ quantity: Quantity, _ strategy: StrategyID) {
        day(strategy) { $0.ordered = $0.ordered + quantity }
    }

    /// - Parameters:
    ///   - realised: what the fill realised, before its fee.
    ///   - held: the position that it met.
    public mutating func fill(
        _ fill: OrderFilled, realised: Money, held: Quantity, on number: Int64? = nil
    ) {
        let profit = realised - fill.fee
        let closes = held.raw * fill.side.sign < 0
        day(fill.strategy, number) {
            $0.filled = $0.filled + fill.quantity
            $0.profit += profit
            if closes { $0.trades &+= 1 }
        }
    }

    /// The first day of the windows that end today.
    var oldest: Int64 { today - max(rules.longWindow, rules.shortWindow) + 1 }

    private mutating func day(
        _ strategy: StrategyID, _ number: Int64? = nil, _ body: (inout Day) -> Void
    ) {
        let number = number ?? today
        var place = records.firstIndex { $0.strategy.number >= strategy.number } ?? records.count
        if place == records.count || records[place].strategy != strategy {
            place = min(place, records.count)
            records.insert(Track(strategy: strategy), at: place)
        }
        // The newest day is asked for most often.
        if let known = records[place].days.lastIndex(where: { $0.number == number }) {
            return body(&records[place].days[known])
        }
        let oldest = oldest
        records[place].days.removeAll { $0.number < oldest }
        let next = records[place].days.firstIndex { $0.number > number }
        let new = next ?? records[place].days.count
        records[place].days.insert(Day(number: number), at: new)
        body(&records[place].days[new])
    }

    // MARK: Scores

    public var strategies: [StrategyID] { records.map(\.strategy) }

    /// A strategy's figures as of `day`; all zero if it did nothing.
    public func report(_ strategy: StrategyID, on day: Int64? = nil) -> HealthReport {
        let end = day ?? today
        let days = records.first { $0.strategy == strategy }?.days ?? []
        return HealthReport(
            strategy: strategy, short: window(days, through: end, length: rules.shortWindow),
            long: window(days, through: end, length: rules.longWindow),
            drawdown: drawdown(days, end), rules: rules)
    }

    private func window(_ days: [Day], through end: Int64, length: Int64) -> HealthWindow {
        var window = HealthWindow()
        for day in days where day.number <= end && day.number > end - length {
            window.trades += day.trades
            window.profit += day.profit
            window.signals += day.signals
            window.rejections += day.rejections
            window.ordered = window.ordered + day.ordered
            window.filled = window.filled + day.filled
        }
        return window
    }

    /// The largest fall of capital plus realised profit by day within the long window, as a share
    /// of the highest value.
    private func drawdown(_ days: [Day], _ end: Int64) -> Double {
        var sum = capital.double
        var (peak, deepest) = (sum, 0.0)
        for day in days where day.number <= end && day.number > end - rules.longWindow {
            sum += day.profit.double
            peak = max(peak, sum)
            if peak > 0 { deepest = max(deepest, (peak - sum) / peak) }
        }
        return deepest
    }

    // MARK: State

    public func encode(into writer: inout StateWriter) {
        encodeHead(into: &writer)
        encodeDays(into: &writer)
    }

    public init(from reader: inout StateReader) throws(StateError) {
        try self.init(headFrom: &reader)
        try restoreDays(from: &reader)
    }

    func encodeHead(into writer: inout StateWriter) {
        writer.write(rules.shortWindow)
        writer.write(rules.longWindow)
        writer.write(rules.minimumTrades)
        writer.write(rules.rejectionRate)
        writer.write(rules.minimumExpectancy)
        writer.write(today)
    }

    func encodeDays(into writer: inout StateWriter) {
        writer.write(capital)
        writer.write(records) { writer, record in
            writer.write(record.strategy)
            writer.write(record.days) { writer, day in
                writer.write(day.number)
                writer.write(day.trades)
                writer.write(day.profit)
                writer.write(day.signals)
                writer.write(day.rejections)
                writer.write(day.ordered)
                writer.write(day.filled)
            }
        }
    }

    init(headFrom reader: inout StateReader) throws(StateError) {
        rules.shortWindow = try reader.read()
        rules.longWindow = try reader.read()
        rules.minimumTrades = try reader.read()
        rules.rejectionRate = try reader.read()
        rules.minimumExpectancy = try reader.read()
        today = try reader.read()
    }

    mutating func restoreDays(from reader: inout StateReader) throws(StateError) {
        capital = try reader.read()
        records = try reader.readArray { (reader) throws(StateError) in
            var record = Track(strategy: try reader.read())
            record.days = try reader.readArray { (reader) throws(StateError) in
                Day(
                    number: try reader.read(), trades: try reader.read(),
                    profit: try reader.read(), signals: try reader.read(),
                    rejections: try reader.read(), ordered: try reader.read(),
                    filled: try reader.read())
            }
            return record
        }
    }
}
