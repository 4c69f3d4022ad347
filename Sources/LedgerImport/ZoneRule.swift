import LedgerDomain

/// The yearly rule in a TZif file's footer, such as `EST5EDT,M3.2.0,M11.1.0`, for times after its
/// table.
struct ZoneRule: Sendable, Equatable {
    enum Day: Sendable, Equatable {
        /// Month, week (5 is the last) and weekday (0 is Sunday).
        case weekday(month: Int64, week: Int64, day: Int64)
        /// 1 to 365; 29 February is never counted.
        case julian(Int64)
        /// 0 to 365; 29 February is counted.
        case dayOfYear(Int64)
    }

    struct Change: Sendable, Equatable {
        var day: Day
        /// Seconds after local midnight.
        var time: Int64
    }

    var standard: Int64
    var daylight: Int64
    /// When daylight saving time starts and ends; nil if there is none.
    var changes: (start: Change, end: Change)?

    init(fixed offset: Int64) {
        standard = offset
        daylight = offset
    }

    static func == (a: ZoneRule, b: ZoneRule) -> Bool {
        a.standard == b.standard && a.daylight == b.daylight && a.changes?.start == b.changes?.start
            && a.changes?.end == b.changes?.end
    }

    /// The stretch around `utc` with one offset, starting no earlier than `earliest`.
    func span(at utc: Int64, after earliest: Int64) -> ZoneRules.Span {
        guard let changes else {
            return ZoneRules.Span(start: earliest, end: .max, offset: standard)
        }
        let year = CivilDate(daysSinceEpoch: utc.floorDivided(by: 86_400)).year
        var turns: [(at: Int64, offset: Int64)] = []
        for year in year - 1...year + 1 {
            turns.append((changes.start.seconds(in: year) - standard, daylight))
            turns.append((changes.end.seconds(in: year) - daylight, standard))
        }
        turns.sort { $0.at < $1.at }
        var span = ZoneRules.Span(start: earliest, end: .max, offset: standard)
        for turn in turns {
            if turn.at > utc {
                span.end = turn.at
                break
            }
            span = ZoneRules.Span(start: max(turn.at, earliest), end: .max, offset: turn.offset)
        }
        return span
    }
}

extension ZoneRule.Change {
    /// Local seconds since 1970-01-01T00:00 at which clocks change in `year`.
    func seconds(in year: Int64) -> Int64 {
        let newYear = Self.days(year, month: 1)
        let leap = Self.days(year, month: 3) - newYear == 60
        switch day {
        case .julian(let number):
            return (newYear + number - (leap && number > 59 ? 0 : 1)) * 86_400 + time
        case .dayOfYear(let number): return (newYear + number) * 86_400 + time
        case .weekday(let month, let week, let weekday):
            let first = Self.days(year, month: month)
            let next =
                month == 12 ? Self.days(year + 1, month: 1) : Self.days(year, month: month + 1)
            // 1970-01-01 was a Thursday, day 4.
            let firstWeekday = (first + 4) - (first + 4).floorDivided(by: 7) * 7
            var found = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
            while found >= next { found -= 7 }
            return found * 86_400 + time
        }
    }

    private static func days(_ year: Int64, month: Int64) -> Int64 {
        let clamped = min(max(year, 1), 9999)
        return CivilDate(year: clamped, month: month, day: 1)?.daysSinceEpoch ?? 0
    }
}

/// Reads a POSIX TZ string.
struct ZoneRuleReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Nil if the text does not have the form that RFC 8536 requires.
    mutating func read() -> ZoneRule? {
        guard skipName(), let west = time() else { return nil }
        var rule = ZoneRule(fixed: -west)
        if index == bytes.count { return rule }
        guard skipName() else { return nil }
        rule.daylight = rule.standard + 3600
        if index < bytes.count, bytes[index] != UInt8(ascii: ",") {
            guard let west = time() else { return nil }
            rule.daylight = -west
        }
        guard let start = change(), let end = change(), index == bytes.count else { return nil }
        rule.changes = (start, end)
        return rule
    }

    private mutating func skip(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipName() -> Bool {
        let start = index
        if skip(UInt8(ascii: "<")) {
            while index < bytes.count, !skip(UInt8(ascii: ">")) { index += 1 }
            return index > start + 2 && bytes[index - 1] == UInt8(ascii: ">")
        }
        while index < bytes.count, bytes[index] | 32 >= 97, bytes[index] | 32 <= 122 { index += 1 }
        return index - start >= 3
    }

    private mutating func number() -> Int64? {
        var value: Int64 = 0
        let start = index
        while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57, index - start < 4 {
            value = value * 10 + Int64(bytes[index] - 48)
            index += 1
        }
        return index > start ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds, at most a week.
    private mutating func time() -> Int64? {
        let negative = skip(UInt8(ascii: "-"))
        if !negative { _ = skip(UInt8(ascii: "+")) }
        guard let hours = number(), hours <= 167 else { return nil }
        var seconds = hours * 3600
        for unit: Int64 in [60, 1] {
            guard skip(UInt8(ascii: ":")) else { break }
            guard let part = number(), part < 60 else { return nil }
            seconds += part * unit
        }
        return negative ? -seconds : seconds
    }

    private mutating func change() -> ZoneRule.Change? {
        guard skip(UInt8(ascii: ",")), let day = day() else { return nil }
        guard skip(UInt8(ascii: "/")) else { return ZoneRule.Change(day: day, time: 7200) }
        guard let time = time() else { return nil }
        return ZoneRule.Change(day: day, time: time)
    }

    private mutating func day() -> ZoneRule.Day? {
        if skip(UInt8(ascii: "J")) {
            guard let number = number(), (1...365).contains(number) else { return nil }
            return .julian(number)
        }
        guard skip(UInt8(ascii: "M")) else {
            guard let number = number(), number <= 365 else { return nil }
            return .dayOfYear(number)
        }
        let dot = UInt8(ascii: ".")
        guard let month = number(), (1...12).contains(month), skip(dot),
            let week = number(), (1...5).contains(week), skip(dot),
            let day = number(), day <= 6
        else { return nil }
        return .weekday(month: month, week: week, day: day)
    }
}
