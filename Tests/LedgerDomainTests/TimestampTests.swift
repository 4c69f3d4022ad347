import LedgerDomain
import TestSupport
import Testing

@Suite struct TimestampTests {
    static let known: [(nanoseconds: Int64, text: String)] = [
        (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000000001Z"),
        (-1, "1969-12-31T23:59:59.999999999Z"), (951_782_400_000_000_000, "2000-02-29T00:00:00Z"),
        (1_000_000_000_000_000_000, "2001-09-09T01:46:40Z"),
        (1_709_649_000_500_000_000, "2024-03-05T14:30:00.500Z"),
        (1_709_649_000_000_500_000, "2024-03-05T14:30:00.000500Z"),
        (2_147_483_648_000_000_000, "2038-01-19T03:14:08Z"),
        (-2_208_988_800_000_000_000, "1900-01-01T00:00:00Z"),
        (4_107_542_400_000_000_000, "2100-03-01T00:00:00Z"),
        (.max, "2262-04-11T23:47:16.854775807Z"), (.min, "1677-09-21T00:12:43.145224192Z"),
    ]

    @Test(arguments: known) func `known instants are written`(nanoseconds: Int64, text: String) {
        #expect(Timestamp(nanoseconds: nanoseconds).description == text)
    }

    @Test(arguments: known) func `known instants are read`(nanoseconds: Int64, text: String) {
        #expect(Timestamp(text)?.nanoseconds == nanoseconds)
    }

    @Test func `times and durations at their ends do not trap`() {
        let ends = [Int64.min, .min + 1, -1, 0, 1, .max - 1, .max]
        for one in ends {
            for other in ends {
                let (a, b) = (Timestamp(nanoseconds: one), Timestamp(nanoseconds: other))
                let exact = Int128(one) - Int128(other)
                #expect(a.nanoseconds(since: b) == Int64(clamping: exact))
                let sum = Int128(one) + Int128(other)
                let moved = a.advanced(by: Nanoseconds(other)).nanoseconds
                #expect(moved == Int64(clamping: sum))
            }
            let units: [(Nanoseconds, Int128)] = [
                (.days(one), 86_400_000_000_000), (.minutes(one), 60_000_000_000),
                (.milliseconds(one), 1_000_000),
            ]
            for (duration, unit) in units {
                #expect(duration.count == Int64(clamping: Int128(one) * unit))
            }
        }
    }

    static let forms: [(text: String, same: String)] = [
        ("2024-03-05", "2024-03-05T00:00:00Z"), ("2024-03-05T14:30", "2024-03-05T14:30:00Z"),
        ("2024-03-05 14:30:15", "2024-03-05T14:30:15Z"),
        ("2024-03-05T14:30:15.25", "2024-03-05T14:30:15.250Z"),
        ("2024-03-05T14:30:00+01:00", "2024-03-05T13:30:00Z"),
        ("2024-03-05T14:30:00-0530", "2024-03-05T20:00:00Z"),
        ("2024-01-01T00:30:00+01:00", "2023-12-31T23:30:00Z"),
    ]

    @Test(arguments: forms) func `other forms are read`(text: String, same: String) {
        #expect(Timestamp(text)?.description == same)
    }

    @Test(arguments: [
        "", "2024", "2024-13-01", "2024-00-01", "2024-02-30", "2023-02-29", "1900-02-29",
        "2024-03-05T", "2024-03-05T24:00", "2024-03-05T14:60", "2024-03-05T14:30:60",
        "2024-03-05T14:30:00.", "2024-03-05T14:30:00.1234567890", "2024-03-05T14:30:00X",
        "2024-03-05T14:30:00+25:00", "2024-03-05T14:30:00ZZ", "2024-3-5", "0000-01-01",
        "2262-04-11T23:47:16.854775808Z", "2262-04-12", "1677-09-21T00:12:43.145224191Z",
        "9999-12-31T23:59:59Z", "２024-03-05",
    ])
    func `any other text is rejected`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `what is written reads as the same instant`() {
        var generator = Seeded(seed: 0x5EED_0003)
        for round in 0..<20_000 {
            let time = Timestamp(nanoseconds: Int64(bitPattern: generator.next()))
            #expect(Timestamp(time.description) == time, "round \(round): \(time.nanoseconds)")
        }
    }

    /// Walks every day from 1570 to 2370 and counts as a calendar does.
    @Test func `every day of eight centuries follows the day before`() throws {
        var date = try #require(CivilDate(year: 1570, month: 1, day: 1))
        var number = date.daysSinceEpoch
        #expect(number == -146_097)
        while date.year < 2370 {
            let expected = following(date)
            number += 1
            guard CivilDate(daysSinceEpoch: number) == expected, expected.daysSinceEpoch == number
            else {
                Issue.record("day \(number) after \(date) is \(CivilDate(daysSinceEpoch: number))")
                return
            }
            date = expected
        }
        #expect(number == 146_097)
    }

    private func following(_ date: CivilDate) -> CivilDate {
        CivilDate(year: date.year, month: date.month, day: date.day + 1)
            ?? CivilDate(year: date.year, month: date.month + 1, day: 1)
            ?? CivilDate(year: date.year + 1, month: 1, day: 1) ?? date
    }

    @Test func `an instant moved beyond its range stays at the edge`() {
        #expect(Timestamp(nanoseconds: .max).advanced(by: .second).nanoseconds == .max)
        #expect(Timestamp(nanoseconds: .min).advanced(by: Nanoseconds(-1)).nanoseconds == .min)
        #expect(Timestamp.startOfDay(106_751).utcDay == 106_751)
        #expect(Timestamp.startOfDay(106_752).nanoseconds == .max)
        #expect(Timestamp.startOfDay(-106_752).nanoseconds == .min)
        #expect(Timestamp(nanoseconds: -1).utcDay == -1)
    }
}
