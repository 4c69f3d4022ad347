import LedgerDomain

/// When a bar ends, and may therefore be known: never before it is over.
///
/// | label | interval | the row's time | the end |
/// |---|---|---|---|
/// | start | whole days | a day, or the first moment of one in the zone | the first moment of the day that many days later |
/// | start | 28–31, 89–92, 365–366 days | the first day of a month, as above | the first moment of the month one, three or twelve months later |
/// | start | whole days | another local time | start plus interval, or the same local time that many days later, whichever is later |
/// | start | any | anything else | start plus interval |
/// | end | whole days | a day | the first moment of the next day |
/// | end | any | the last second, millisecond, microsecond or nanosecond of a minute or second | the end of that minute or second |
/// | end | any | anything else | the time itself |
struct BarEnds {
    private static let second: Int64 = 1_000_000_000

    private let label: ImportFormat.BarLabel
    /// In nanoseconds.
    private let interval: Int64
    /// The whole days of the interval; 0 for other intervals.
    private let days: Int64
    /// The calendar months of the interval; 0 for other intervals.
    private let months: Int64
    /// What the ends of shorter bars are multiples of, in nanoseconds.
    private let grain: Int64

    /// - Parameter seconds: the interval; 0 for rows that are no bars.
    init(_ label: ImportFormat.BarLabel, seconds: UInt32) {
        self.label = label
        interval = Int64(seconds) * Self.second
        days = seconds % 86_400 == 0 ? Int64(seconds) / 86_400 : 0
        months =
            switch days {
            case 28...31: 1
            case 89...92: 3
            case 365...366: 12
            default: 0
            }
        grain = Int64(seconds) % 60 == 0 ? 60 * Self.second : Self.second
    }

    /// - Returns: nil where the end lies outside the years that a time can have.
    @inline(__always)
    func end(of row: RowTime, _ clock: inout ZoneClock) -> Int64? {
        if interval == 0 { return row.utc }
        if days > 0 { return endOfDays(row, &clock) }
        return label == .start ? sum(row.utc, adding: interval) : roundedUp(row.utc)
    }

    private func endOfDays(_ row: RowTime, _ clock: inout ZoneClock) -> Int64? {
        let utc = row.utc.floorDivided(by: Self.second)
        let first = clock.midnight(days: 0, after: utc)
        let isMidnight = first * Self.second == row.utc
        guard label == .start else {
            return row.isDay ? nanoseconds(clock.midnight(days: 1, after: utc)) : roundedUp(row.utc)
        }
        guard !isMidnight else {
            return nanoseconds(
                months > 0
                    ? clock.month(months, after: utc) ?? clock.midnight(days: days, after: utc)
                    : clock.midnight(days: days, after: utc))
        }
        guard let plain = sum(row.utc, adding: interval), !row.isUTC else {
            return sum(row.utc, adding: interval)
        }
        let fraction = row.utc - utc * Self.second
        let local = nanoseconds(clock.sameTime(days: days, after: utc)).flatMap {
            sum($0, adding: fraction)
        }
        return local.map { max($0, plain) }
    }

    /// Some write the last moment of a bar for its end: `23:59:59` or `…59.999`.
    private func roundedUp(_ time: Int64) -> Int64? {
        let rest = grain - (time - time.floorDivided(by: grain) * grain)
        switch rest {
        case Self.second where grain > Self.second: return sum(time, adding: rest)
        case 1_000_000, 1000, 1: return sum(time, adding: rest)
        default: return time
        }
    }

    private func sum(_ time: Int64, adding length: Int64) -> Int64? {
        let (sum, overflow) = time.addingReportingOverflow(length)
        return overflow ? nil : sum
    }

    private func nanoseconds(_ seconds: Int64) -> Int64? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: Self.second)
        return overflow ? nil : product
    }
}
