import Foundation
import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

/// The calendar against days that others wrote down and days that really traded.
@Suite(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
struct `Real calendars` {
    private struct MarketHours: Decodable {
        struct Entry: Decodable {
            var holidays: [String]
            var earlyCloses: [String: String]?
        }
        var entries: [String: Entry]
    }

    /// `7/3/2000` as days since 1970.
    private static func day(_ text: String) throws -> Int64 {
        let parts = text.split(separator: "/").compactMap { Int64($0) }
        try #require(parts.count == 3)
        return try #require(
            CivilDate(year: parts[2], month: parts[0], day: parts[1])
        ).daysSinceEpoch
    }

    private static func weekday(_ day: Int64) -> Int64 { (day + 4) % 7 }

    @Test func `holidays and early closes are those of the market-hours file`() throws {
        let path = "\(RealData.folder)/lean/market-hours/market-hours-subset.json"
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let hours = try JSONDecoder().decode(MarketHours.self, from: data)
        let entry = try #require(hours.entries["Equity-usa-[*]"])
        let holidays = try Set(entry.holidays.map(Self.day))
        let early = try Set((entry.earlyCloses ?? [:]).keys.map(Self.day))
        let first = try #require(CivilDate(year: 1998, month: 1, day: 1)).daysSinceEpoch
        let last = try #require(CivilDate(year: 2028, month: 12, day: 31)).daysSinceEpoch
        var closes: Set<Int64> = []
        for day in first...last {
            let session = try TradingCalendar.nyse.session(on: CivilDate(daysSinceEpoch: day))
            let isWeekend = [0, 6].contains(Self.weekday(day))
            #expect((session == nil) == (isWeekend || holidays.contains(day)))
            if session?.isEarlyClose == true { closes.insert(day) }
        }
        #expect(holidays.count == 293)
        // The file lists none of 1998, misses the eve of 2000, and names a Sunday.
        let unlisted = try Set(["11/27/1998", "12/24/1998", "12/31/1999"].map(Self.day))
        #expect(closes.subtracting(early) == unlisted)
        #expect(try early.subtracting(closes) == [Self.day("12/24/2017")])
    }

    @Test(arguments: ["aapl", "spy"])
    func `every session of 2010 to 2021 traded, and nothing else`(_ symbol: String) throws {
        let reading = Reading(
            path: "\(RealData.folder)/lean/equity/usa/daily/\(symbol).zip",
            try ImportFormat(preset: "lean-daily"))
        let from = try #require(CivilDate(year: 2010, month: 1, day: 4))
        let through = try #require(CivilDate(year: 2021, month: 3, day: 31))
        // A daily bar is stamped with the midnight that ends its day.
        let traded = try reading.events.map {
            try TradingCalendar.nyse.lastSession(openedBefore: $0.time).day
        }.filter { from <= $0 && $0 <= through }
        let sessions = try TradingCalendar.nyse.sessions(from: from, through: through).map(\.day)
        #expect(sessions.count == 2830)
        #expect(traded == sessions)
    }

    /// Between 15:00 and 16:00 SPY trades at most 11,894 shares on an early close and at least 145,900
    /// on every other day.
    @Test func `the days on which the last hour traded nothing are the early closes`() throws {
        let reading = Reading(
            path: "\(RealData.folder)/lean/equity/usa/hour/spy.zip",
            try ImportFormat(preset: "lean-hour"))
        var lastHour: [(session: TradingSession, volume: Quantity)] = []
        for event in reading.events {
            guard case .bar(let bar, _) = event else { continue }
            let session = try TradingCalendar.nyse.lastSession(openedBefore: event.time)
            if lastHour.last?.session != session { lastHour.append((session, .zero)) }
            let sinceOpen = event.time.nanoseconds - session.opens.nanoseconds
            if sinceOpen == Nanoseconds.minutes(390).count {
                lastHour[lastHour.count - 1].volume = bar.volume
            }
        }
        let limit = try Quantity("100000")
        let quiet = lastHour.filter { $0.volume < limit }.map(\.session.day)
        #expect(quiet == lastHour.map(\.session).filter(\.isEarlyClose).map(\.day))
        #expect(quiet.count == 52)
    }
}
