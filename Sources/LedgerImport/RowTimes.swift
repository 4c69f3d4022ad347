import LedgerDomain

/// The time of a row's event: its label in UTC, and the moment at which it becomes known.
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
/// A local time that occurs twice, when clocks go back, means the first occurrence unless the
/// previous row is already past it. A bar labelled by its start becomes known `interval` later; a
/// bar of whole days, at the next local midnight. An action takes effect at the local midnight that
/// begins its day; an action implied by factors, at the midnight that begins the weekday after the
/// row's last day.
struct RowTimes {
    private enum Anchor {
        case time
        case midnight(days: Int64)
        case weekday
    }

    private var clock: ZoneClock
    /// Local midnight of the file's day, if times count from it.
    private let base: Int64?
    private let isUnix: Bool
    private let interval: Int64
    private let anchor: Anchor
    private let isAnchored: Bool
    /// Whether two rows may not have the same time.
    private let isStrict: Bool
    /// Whether a row's time only names its day, so that it does not matter if clocks skip it.
    private let isADay: Bool
    private(set) var last = RowMoment(label: .min, event: .min)

    var zone: String { clock.rules.name }

    init(_ rules: ZoneRules, _ format: ImportFormat, _ plan: RowPlan, base: CivilDate?) {
        clock = ZoneClock(rules)
        let counts = plan.timeFormat == .millisSinceMidnight
        self.base = counts ? base.map { $0.daysSinceEpoch * Nanoseconds.day.count } : nil
        isUnix = plan.timeFormat.exponent != nil && !counts
        let seconds = format.label == .start && plan.kind != .trade ? Int64(format.interval) : 0
        let isWhole = seconds > 0 && seconds % 86_400 == 0
        anchor =
            switch plan.kind {
            case .action: .midnight(days: 0)
            case .factor: .weekday
            default: isWhole ? .midnight(days: seconds / 86_400) : .time
            }
        isAnchored = if case .time = anchor { false } else { true }
        interval = isAnchored ? 0 : seconds * 1_000_000_000
        isStrict = plan.kind == .bar || plan.kind == .factor
        isADay = plan.kind == .action || plan.kind == .factor
    }

    /// - Parameter time: nanoseconds since 1970 or since midnight, local or UTC.
    @inline(__always)
    func isUTC(_ writtenAsUTC: Bool) -> Bool { isUnix || writtenAsUTC }

    @inline(__always)
    mutating func moment(_ time: Int128, isUTC: Bool) -> RowMomentReading {
        guard time <= Int128(Int64.max), time >= Int128(Int64.min) else { return .failed(.badTime) }
        var label = Int64(truncatingIfNeeded: time)
        if !isUTC {
            switch utc(ofLocal: label) {
            case .moment(let found): label = found.label
            case .failed(let kind): return .failed(kind)
            }
        }
        guard let event = event(label) else { return .failed(.badTime) }
        if event <= last.event, isStrict || event < last.event {
            return .failed(event == last.event ? .duplicateTime : .backwardTime)
        }
        return .moment(RowMoment(label: label, event: event))
    }

    /// Accepts the row: the next row must not be earlier.
    @inline(__always)
    mutating func accept(_ moment: RowMoment) { last = moment }

    @inline(__always)
    private mutating func event(_ label: Int64) -> Int64? {
        if isAnchored { return anchored(label) }
        let (sum, overflow) = label.addingReportingOverflow(interval)
        return overflow ? nil : sum
    }

    private mutating func anchored(_ label: Int64) -> Int64? {
        let utc = label.floorDivided(by: 1_000_000_000)
        let seconds =
            switch anchor {
            case .time: utc
            case .midnight(let days): clock.midnight(days: days, after: utc)
            case .weekday: clock.weekday(after: utc)
            }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? nil : product
    }

    private mutating func utc(ofLocal written: Int64) -> RowMomentReading {
        var local = written
        if let base {
            guard written >= 0, written < Nanoseconds.day.count else { return .failed(.badTime) }
            let (sum, overflow) = base.addingReportingOverflow(written)
            guard !overflow else { return .failed(.badTime) }
            local = sum
        }
        let seconds = local.floorDivided(by: 1_000_000_000)
        let fraction = local - seconds * 1_000_000_000
        if let utc = clock.simpleUTC(ofLocal: seconds) {
            return nanoseconds(utc, fraction: fraction)
        }
        switch clock.rules.meaning(ofLocal: seconds) {
        case .once(let utc): return nanoseconds(utc, fraction: fraction)
        case .never(let utc):
            return isADay ? nanoseconds(utc, fraction: 0) : .failed(.missingLocalTime)
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
