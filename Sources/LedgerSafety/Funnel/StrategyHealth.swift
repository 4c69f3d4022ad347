import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// The health of each strategy, based on realised results (F06, F07).
///
/// Days are those of the account's calendar. A trade is a fill that closes units; its profit is realised
/// first in, first out, minus its fee. Memory is bounded by the long window.
public struct StrategyHealth: Projection, Hashable {
    public static let name = "health"
    public static let version: UInt32 = 2
    public static let types: [EventType] = [
        .configurationLoaded, .cashDeposited, .cashWithdrawn, .signalGenerated, .signalRejected,
        .intentRejected, .orderIntended, .orderFilled, .splitApplied, .dividendPaid,
        .positionAdjusted, .runStarted, .runEnded, .clockTicked, .instrumentDefined,
        .refusalRepeated,
    ]

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

    public struct Rules: Hashable, Sendable {
        public var shortWindow: Int64 = 7
        public var longWindow: Int64 = 30
        public var minimumTrades: UInt32 = 5
        /// A share of 1 in units of 10^-9; a higher one is unhealthy.
        public var rejectionRate = Price(raw: 800_000_000)
        public var minimumExpectancy = Money.zero

        public init() {}
    }

    public private(set) var rules = Rules()
    /// The last event's day.
    public private(set) var today = Int64.min
    private var capital = Money.zero
    private var records: [Track] = []
    private var book = PositionBook()
    /// Whether the undecided signal is an entry.
    private var isEntry = false
    private var calendar = AccountCalendar()

    public init() {}

    public mutating func apply(_ record: Record) throws(FoldError) {
        today = max(today, calendar.day(of: record.time).number)
        do throws(RecordError) {
            try calendar.apply(record)
            switch record.type {
            case .configurationLoaded: read(try ConfigurationLoaded(record).settings)
            case .cashDeposited: capital += try CashDeposited(record).amount
            case .cashWithdrawn: capital -= try CashWithdrawn(record).amount
            case .signalGenerated:
                let event = try SignalGenerated(record)
                isEntry = event.purpose == .entry
                if isEntry { day(event.strategy) { $0.signals += 1 } }
            case .signalRejected where isEntry:
                day(try SignalRejected(record).strategy) { $0.rejections += 1 }
            case .intentRejected where isEntry:
                day(try IntentRejected(record).strategy) { $0.rejections += 1 }
            case .refusalRepeated: spread(try RefusalRepeated(record))
            case .orderIntended:
                let event = try OrderIntended(record)
                day(event.strategy) { $0.ordered = $0.ordered + event.quantity }
            default: break
            }
        } catch { throw .record(error) }
        try follow(record)
    }

    private mutating func follow(_ record: Record) throws(FoldError) {
        guard record.type == .orderFilled else { return try book.apply(record) }
        let fill: OrderFilled
        do { fill = try OrderFilled(record) } catch { throw .record(error) }
        let before = realised(record.account, fill)
        let held = quantity(record.account, fill)
        try book.apply(record)
        let profit = realised(record.account, fill) - before - fill.fee
        let closes = held.raw * fill.side.sign < 0
        day(fill.strategy) {
            $0.filled = $0.filled + fill.quantity
            $0.profit += profit
            if closes { $0.trades += 1 }
        }
    }

    private func realised(_ account: AccountID, _ fill: OrderFilled) -> Money {
        book.position(account, fill.strategy, fill.instrument)?.realised ?? .zero
    }

    private func quantity(_ account: AccountID, _ fill: OrderFilled) -> Quantity {
        book.position(account, fill.strategy, fill.instrument)?.quantity ?? .zero
    }

    /// Counts refusals on the days from the first to the last of them, evenly, because only their sum is
    /// known.
    private mutating func spread(_ event: RefusalRepeated) {
        guard event.purpose == .entry else { return }
        let last = min(calendar.day(of: event.last).number, today)
        let first = min(calendar.day(of: event.first).number, last)
        let (count, length) = (Int128(event.count), Int128(last - first) + 1)
        guard last >= oldest else { return }
        for number in max(first, oldest)...last {
            let place = Int128(number - first)
            let share = count * (place + 1) / length - count * place / length
            day(event.strategy, number) {
                $0.signals = UInt32(clamping: Int128($0.signals) + share)
                $0.rejections = UInt32(clamping: Int128($0.rejections) + share)
            }
        }
    }

    /// The first day of the windows that end today.
    private var oldest: Int64 { today - max(rules.longWindow, rules.shortWindow) + 1 }

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

    /// Settings that cannot be read change nothing: the engine refuses them before they get here.
    private mutating func read(_ text: String) {
        let settings = Settings(text: text)
        rules.shortWindow =
            (try? settings[HealthKeys.shortWindow]).map(Int64.init) ?? rules.shortWindow
        rules.longWindow =
            (try? settings[HealthKeys.longWindow]).map(Int64.init) ?? rules.longWindow
        rules.minimumTrades =
            (try? settings[HealthKeys.minTrades]).flatMap(UInt32.init(exactly:))
            ?? rules.minimumTrades
        rules.rejectionRate = (try? settings[HealthKeys.maxRejectionRate]) ?? rules.rejectionRate
        rules.minimumExpectancy =
            (try? settings[HealthKeys.minExpectancy]) ?? rules.minimumExpectancy
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

    /// The calendar to which the days belong.
    public var accountCalendar: TradingCalendar { calendar.calendar }

    public func encode(into writer: inout StateWriter) {
        writer.write(rules.shortWindow)
        writer.write(rules.longWindow)
        writer.write(rules.minimumTrades)
        writer.write(rules.rejectionRate)
        writer.write(rules.minimumExpectancy)
        writer.write(today)
        writer.write(isEntry)
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
        book.encode(into: &writer)
        calendar.encode(into: &writer)
    }

    /// The days of version 1 are others.
    public static var upgradesExactly: Bool { false }

    /// Version 1 counted days of UTC, and knew neither the account's calendar nor its instruments.
    public static func upgraded(_ bytes: [UInt8], from version: UInt32) -> [UInt8]? {
        guard version == 1 else { return nil }
        var writer = StateWriter()
        AccountCalendar().encode(into: &writer)
        return bytes + writer.bytes
    }

    public init(from reader: inout StateReader) throws(StateError) {
        rules.shortWindow = try reader.read()
        rules.longWindow = try reader.read()
        rules.minimumTrades = try reader.read()
        rules.rejectionRate = try reader.read()
        rules.minimumExpectancy = try reader.read()
        today = try reader.read()
        isEntry = try reader.read()
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
        book = try PositionBook(from: &reader)
        calendar = try AccountCalendar(from: &reader)
    }
}

/// Sums over some days.
public struct HealthWindow: Hashable, Sendable {
    public var trades: UInt32 = 0
    /// Realised profit minus fees.
    public var profit = Money.zero
    /// Entries only.
    public var signals: UInt32 = 0
    public var rejections: UInt32 = 0
    /// Units.
    public var ordered = Quantity.zero
    public var filled = Quantity.zero

    public init() {}

    /// Profit per trade; 0 without trades.
    public var expectancy: Money {
        trades == 0 ? .zero : Money(raw: FixedPoint.dividedHalfEven(profit.raw, by: Int128(trades)))
    }

    /// Whether more than `share` of the signals were rejected; false without signals (F05).
    public func rejects(moreThan share: Price) -> Bool {
        Int128(rejections) * Int128(FixedPoint.one) > Int128(share.raw) * Int128(signals)
            && signals > 0
    }

    /// 0 without signals.
    public var rejectionRate: Double {
        signals == 0 ? 0 : Double(rejections) / Double(signals)
    }

    /// Filled units divided by ordered units; 0 without orders.
    public var fillRate: Double { ordered.raw == 0 ? 0 : filled.double / ordered.double }
}

public enum HealthStatus: String, Sendable, CaseIterable {
    case healthy = "HEALTHY"
    case warning = "WARNING"
    case degraded = "DEGRADED"
    case critical = "CRITICAL"

    public init(score: Int) {
        self = score >= 80 ? .healthy : score >= 60 ? .warning : score >= 40 ? .degraded : .critical
    }
}

public struct HealthReport: Hashable, Sendable {
    public var strategy: StrategyID
    public var short: HealthWindow
    public var long: HealthWindow
    /// A share of 1.
    public var drawdown: Double
    public var rules: StrategyHealth.Rules

    public init(
        strategy: StrategyID, short: HealthWindow, long: HealthWindow, drawdown: Double,
        rules: StrategyHealth.Rules
    ) {
        (self.strategy, self.short, self.long) = (strategy, short, long)
        (self.drawdown, self.rules) = (drawdown, rules)
    }

    /// Starts at 100. Subtracts 30 for too few trades (15 for none lately), 30 for an expectancy
    /// below the minimum (15 lately), 20 for too many rejections (10 lately), and 20 for a fall of
    /// more than 15 % (10 for more than 10 %).
    public var score: Int {
        var score = 100
        if long.trades < rules.minimumTrades {
            score -= 30
        } else if short.trades == 0 {
            score -= 15
        }
        if long.expectancy < rules.minimumExpectancy {
            score -= 30
        } else if short.expectancy < rules.minimumExpectancy {
            score -= 15
        }
        if long.rejects(moreThan: rules.rejectionRate) {
            score -= 20
        } else if short.rejects(moreThan: rules.rejectionRate) {
            score -= 10
        }
        if drawdown > 0.15 { score -= 20 } else if drawdown > 0.10 { score -= 10 }
        return score
    }

    public var status: HealthStatus { HealthStatus(score: score) }
}
