import LedgerDomain

/// The time that a row names.
struct RowTime {
    /// Nanoseconds since 1970 in UTC.
    var utc: Int64
    /// Whether it was written in UTC or with an offset.
    var isUTC: Bool
    /// Whether it was written as a day without a time.
    var isDay: Bool
}

/// The time of a row's event: its label in UTC, and the moment from which it may be known.
struct RowMoment: Equatable {
    var label: Int64
    var event: Int64
}

enum RowMomentReading: Equatable {
    case moment(RowMoment)
    case failed(ImportError.Kind)
}

/// Converts row times to event times and checks their order.
///
/// A local time that occurs twice, when clocks go back, means the first one unless the previous row
/// is already past it. A bar is known at its end; see `BarEnds`. An action happens at the local
/// midnight that begins its day; an action implied by factors, at the midnight that begins the
/// weekday after the row's last day.
struct RowTimes {
    private enum Anchor {
        case bar
        case midnight
        case weekday
    }

    private var clock: ZoneClock
    /// Local midnight of the file's day, if times count from it.
    private let base: Int64?
    private let isUnix: Bool
    private let ends: BarEnds
    private let anchor: Anchor
    /// Whether two rows must not have the same time.
    private let isStrict: Bool
    /// Whether a row's time names a day even with a time behind it, so that clocks that skip it do
    /// not matter.
    private let isADay: Bool
    /// Whether rows are bars of whole days, labelled by their start.
    private let areDays: Bool
    /// The offset with which days were written whose midnight is not the zone's.
    private var dayOffset: Int64?
    private var spacing: RowSpacing
    private(set) var last = RowMoment(label: .min, event: .min)
    private var first: RowMoment?
    /// The event time of the last row that was earlier than the one before it.
    private(set) var fallen = Int64.min
    /// Whether only one row was accepted.
    var isAtFirst: Bool { first == last }

    var zone: String { clock.rules.name }
    /// The shortest distance between two rows in seconds.
    var shortestSpacing: Int64 { spacing.shortest }

    init(_ rules: ZoneRules, _ format: ImportFormat, _ plan: RowPlan, base: CivilDate?) {
        clock = ZoneClock(rules)
        let counts = plan.timeFormat == .millisSinceMidnight
        self.base = counts ? base.map { $0.daysSinceEpoch * Nanoseconds.day.count } : nil
        isUnix = plan.timeFormat.exponent != nil && !counts
        anchor =
            switch plan.kind {
            case .action: .midnight
            case .factor: .weekday
            default: .bar
            }
        isADay = plan.kind == .action || plan.kind == .factor
        let seconds = isADay || plan.kind == .trade ? 0 : format.interval
        ends = BarEnds(format.label, seconds: seconds)
        areDays = seconds > 0 && seconds % 86_400 == 0 && format.label == .start
        spacing = RowSpacing(
            interval: plan.kind == .bar && format.label == .start ? Int64(seconds) : 0)
        isStrict = plan.kind == .bar || plan.kind == .factor
    }

    /// The moment of a row, from its time in nanoseconds since 1970 or since midnight, local or UTC.
    @inline(__always)
    mutating func moment(of values: borrowing RowValues) -> RowMomentReading {
        let time = values[.time]
        guard time <= Int128(Int64.max), time >= Int128(Int64.min) else { return .failed(.badTime) }
        var row = RowTime(
            utc: Int64(truncatingIfNeeded: time), isUTC: isUnix || values.timeOffset != nil,
            isDay: values.timeIsDay)
        if !row.isUTC {
            switch utc(ofLocal: row.utc, isDay: row.isDay) {
            case .moment(let found): row.utc = found.label
            case .failed(let kind): return .failed(kind)
            }
        }
        guard let event = event(row) else { return .failed(.badTime) }
        if event <= last.event, isStrict || event < last.event {
            fallen = event
            return .failed(event == last.event ? .duplicateTime : .backwardTime)
        }
        if let dayOffset, let offset = foreignOffset(row.utc, values), offset != dayOffset {
            return .failed(.changedOffset)
        }
        if !spacing.isSettled, spacing.adding(local(row.utc)).isTooWide {
            return .failed(.shortInterval)
        }
        return .moment(RowMoment(label: row.utc, event: event))
    }

    /// The local midnight that begins the day of a written time, in nanoseconds.
    mutating func midnight(of written: WrittenTime) -> Int64? {
        var utc = written.nanoseconds
        if written.offset == nil {
            guard case .moment(let found) = self.utc(ofLocal: utc, isDay: written.isDay) else {
                return nil
            }
            utc = found.label
        }
        return seconds(clock.midnight(days: 0, after: floor(utc)))
    }

    /// Accepts the row: the next row must not be earlier.
    @inline(__always)
    mutating func accept(_ moment: RowMoment, of values: borrowing RowValues) {
        last = moment
        if first == nil { first = moment }
        if !spacing.isSettled { spacing = spacing.adding(local(moment.label)) }
        if areDays, let offset = foreignOffset(moment.label, values) { dayOffset = offset }
    }

    @inline(__always)
    private mutating func event(_ row: RowTime) -> Int64? {
        switch anchor {
        case .bar: return ends.end(of: row, &clock)
        case .midnight: return seconds(clock.midnight(days: 0, after: floor(row.utc)))
        case .weekday: return seconds(clock.weekday(after: floor(row.utc)))
        }
    }

    /// The offset of a day that begins at the midnight of another zone.
    ///
    /// It lasts start plus interval as long as that zone keeps its offset. Where the offset changes,
    /// the day before was longer or shorter, and only the zone tells.
    private mutating func foreignOffset(_ utc: Int64, _ values: borrowing RowValues) -> Int64? {
        let second = floor(utc)
        guard let offset = values.timeOffset, (second + offset) % 86_400 == 0,
            clock.midnight(days: 0, after: second) != second
        else { return nil }
        return offset
    }

    private func local(_ utc: Int64) -> Int64 {
        let second = floor(utc)
        return second + clock.offset(at: second)
    }

    private func floor(_ nanoseconds: Int64) -> Int64 {
        nanoseconds.floorDivided(by: 1_000_000_000)
    }

    private func seconds(_ seconds: Int64) -> Int64? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : product
    }

    private mutating func utc(ofLocal written: Int64, isDay: Bool) -> RowMomentReading {
        var local = written
        if let base {
            guard written >= 0, written < Nanoseconds.day.count else { return .failed(.badTime) }
            let (sum, overflow) = base.addingReportingOverflow(written)
            guard !overflow else { return .failed(.badTime) }
            local = sum
        }
        let seconds = local.floorDivided(by: 1_000_000_000)
        let fraction = local &- seconds &* 1_000_000_000
        if let utc = clock.simpleUTC(ofLocal: seconds) {
            return nanoseconds(utc, fraction: fraction)
        }
        switch clock.rules.meaning(ofLocal: seconds) {
        case .once(let utc): return nanoseconds(utc, fraction: fraction)
        case .never(let utc):
            return isADay || isDay ? nanoseconds(utc, fraction: 0) : .failed(.missingLocalTime)
        case .twice(let first, let second):
            let reading = nanoseconds(first, fraction: fraction)
            guard case .moment(let early) = reading else { return reading }
            let isPast = isStrict ? early.label <= last.label : early.label < last.label
            return isPast ? nanoseconds(second, fraction: fraction) : reading
        }
    }

    private func nanoseconds(_ seconds: Int64, fraction: Int64) -> RowMomentReading {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(fraction)
        return overflow || carry ? .failed(.badTime) : .moment(RowMoment(label: sum, event: sum))
    }
}
