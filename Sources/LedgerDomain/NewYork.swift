/// The New York Stock Exchange's days by its rules and announcements, and New York's clock.
///
/// The holiday rules are those that the exchange publishes, 1998 to 2028. Special closures were
/// announced one by one.
enum NewYork {
    /// 2001: the attacks of September. 2004, 2007, 2018, 2025: mourning for presidents. 2012: a
    /// storm.
    private static let specialClosures = [
        (2001, 9, 11), (2001, 9, 12), (2001, 9, 13), (2001, 9, 14), (2004, 6, 11), (2007, 1, 2),
        (2012, 10, 29), (2012, 10, 30), (2018, 12, 5), (2025, 1, 9),
    ].compactMap { CivilDate(year: $0.0, month: $0.1, day: $0.2)?.daysSinceEpoch }

    static func isTradingDay(_ day: CivilDate) -> Bool {
        let weekday = weekday(day)
        return weekday != 0 && weekday != 6 && !isHoliday(day, weekday)
            && !specialClosures.contains(day.daysSinceEpoch)
    }

    /// Closes at 13:00: the day after Thanksgiving, Christmas Eve, and the 3rd of July before a 4th
    /// from Tuesday to Friday. 2002 had the 5th of July instead; 1999 the last day of December,
    /// 2003 the 26th of December too.
    static func closesEarly(_ day: CivilDate) -> Bool {
        let weekday = weekday(day)
        switch (day.month, day.day) {
        case (11, 23...29): return weekday == 5
        case (12, 24): return true
        case (12, 26): return day.year == 2003
        case (12, 31): return day.year == 1999
        case (7, 3): return weekday <= 4 && day.year != 2002
        case (7, 5): return day.year == 2002
        default: return false
        }
    }

    private static func isHoliday(_ day: CivilDate, _ weekday: Int64) -> Bool {
        let isMonday = weekday == 1
        switch (day.month, day.day) {
        // New Year on a Saturday has no substitute day.
        case (1, 1): return true
        case (1, 2): return isMonday
        // Martin Luther King and Washington: the third Monday.
        case (1, 15...21), (2, 15...21): return isMonday
        case (5, 25...31): return isMonday
        case (6, 19): return day.year >= 2022
        case (6, 18): return day.year >= 2022 && weekday == 5
        case (6, 20): return day.year >= 2022 && isMonday
        case (7, 4), (12, 25): return true
        case (7, 3), (12, 24): return weekday == 5
        case (7, 5), (12, 26): return isMonday
        case (9, 1...7): return isMonday
        // Thanksgiving: the fourth Thursday.
        case (11, 22...28): return weekday == 4
        default:
            return weekday == 5 && day.daysSinceEpoch == easter(day.year) - 2
        }
    }

    /// Days since 1970 of Easter Sunday in the Gregorian calendar, after Meeus, Jones and Butcher.
    static func easter(_ year: Int64) -> Int64 {
        let (a, b, c) = (year % 19, year / 100, year % 100)
        let g = (8 * b + 13) / 25
        let h = (19 * a + b - b / 4 - g + 15) % 30
        let m = (a + 11 * h) / 319
        let r = (2 * (b % 4) + 2 * (c / 4) - c % 4 - h + m + 32) % 7
        let month = (h - m + r + 90) / 25
        let day = (h - m + r + month + 19) % 32
        return CivilDate(year: year, month: month, day: day)?.daysSinceEpoch ?? 0
    }

    /// 0 is Sunday.
    private static func weekday(_ day: CivilDate) -> Int64 {
        let sum = day.daysSinceEpoch + 4
        return sum - sum.floorDivided(by: 7) * 7
    }

    /// 00:00 in New York. Clocks change at 02:00, so a day begins with the offset of the day
    /// before.
    static func midnight(of day: CivilDate) -> Timestamp {
        let hours: Int64 = isSummer(day) ? 4 : 5
        return Timestamp.startOfDay(day.daysSinceEpoch).advanced(by: .minutes(hours * 60))
    }

    /// Whether summer time holds at 00:00: from the second Sunday of March to the first of
    /// November, before 2007 from the first Sunday of April to the last of October.
    private static func isSummer(_ day: CivilDate) -> Bool {
        let first =
            day.year >= 2007
            ? sunday(day.year, month: 3, from: 8) : sunday(day.year, month: 4, from: 1)
        let last =
            day.year >= 2007
            ? sunday(day.year, month: 11, from: 1) : sunday(day.year, month: 10, from: 25)
        return first < day.daysSinceEpoch && day.daysSinceEpoch <= last
    }

    /// The first Sunday of a month on or after one of its days.
    private static func sunday(_ year: Int64, month: Int64, from day: Int64) -> Int64 {
        guard let date = CivilDate(year: year, month: month, day: day) else { return 0 }
        let ahead = (7 - weekday(date)) % 7
        return date.daysSinceEpoch + ahead
    }
}
