import LedgerDomain
import Testing

@Suite struct TradingCalendarTests {
    private func day(_ text: String) throws -> CivilDate {
        let time = try #require(Timestamp("\(text)T00:00:00Z"))
        return CivilDate(daysSinceEpoch: time.utcDay)
    }

    @Test(arguments: [
        ("1998-01-02", "1998-01-02T14:30:00Z", "1998-01-02T21:00:00Z"),
        // Summer time by the rules of 1998: from the first Sunday of April to the last of October.
        ("1998-04-03", "1998-04-03T14:30:00Z", "1998-04-03T21:00:00Z"),
        ("1998-04-06", "1998-04-06T13:30:00Z", "1998-04-06T20:00:00Z"),
        ("1998-10-23", "1998-10-23T13:30:00Z", "1998-10-23T20:00:00Z"),
        ("1998-10-26", "1998-10-26T14:30:00Z", "1998-10-26T21:00:00Z"),
        // And of 2007: from the second Sunday of March to the first of November.
        ("2020-03-06", "2020-03-06T14:30:00Z", "2020-03-06T21:00:00Z"),
        ("2020-03-09", "2020-03-09T13:30:00Z", "2020-03-09T20:00:00Z"),
        ("2020-10-30", "2020-10-30T13:30:00Z", "2020-10-30T20:00:00Z"),
        ("2020-11-02", "2020-11-02T14:30:00Z", "2020-11-02T21:00:00Z"),
        ("2019-07-03", "2019-07-03T13:30:00Z", "2019-07-03T17:00:00Z"),
        ("2020-12-24", "2020-12-24T14:30:00Z", "2020-12-24T18:00:00Z"),
    ])
    func `a session opens and closes by New York's clock`(
        _ date: String, _ opens: String, _ closes: String
    ) throws {
        let session = try #require(try TradingCalendar.nyse.session(on: day(date)))
        #expect(session.opens.description == opens)
        #expect(session.closes.description == closes)
        #expect(session.isEarlyClose == ["2019-07-03", "2020-12-24"].contains(date))
        #expect(try TradingCalendar.nyse.isOpen(at: session.opens))
        #expect(try !TradingCalendar.nyse.isOpen(at: session.closes))
    }

    @Test(arguments: [
        "2000-01-01", "2001-09-11", "2001-09-14", "2004-06-11", "2012-10-30", "2020-04-10",
        "2020-07-03", "2021-12-24", "2022-06-20", "2023-01-02", "2025-01-09", "2027-06-18",
        "2024-03-30", "2024-03-31",
    ])
    func `a closed day has no session`(_ date: String) throws {
        #expect(try TradingCalendar.nyse.session(on: day(date)) == nil)
    }

    @Test(arguments: ["2010-12-31", "2021-06-18", "2021-12-31", "2001-09-17", "2018-12-06"])
    func `a day that only looks like a holiday has a session`(_ date: String) throws {
        #expect(try TradingCalendar.nyse.session(on: day(date)) != nil)
    }

    @Test func `twenty trading days after a panic are those of the calendar`() throws {
        let panic = try day("2020-02-27")
        let resumes = try TradingCalendar.nyse.session(20, after: panic)
        #expect(resumes.day.description == "2020-03-26")
        #expect(resumes.opens.description == "2020-03-26T13:30:00Z")
        #expect(try TradingCalendar.nyse.session(25, after: panic).day.description == "2020-04-02")
        let coins = try TradingCalendar.crypto.session(20, after: panic)
        #expect(coins.opens.description == "2020-03-18T00:00:00Z")
    }

    @Test func `a time belongs to the session that opened before it, not at it`() throws {
        let nyse = TradingCalendar.nyse
        for (time, date) in [
            ("2020-02-28T05:00:00Z", "2020-02-27"), ("2020-02-28T14:30:00Z", "2020-02-27"),
            ("2020-02-28T14:30:00.000000001Z", "2020-02-28"),
            ("2020-03-01T12:00:00Z", "2020-02-28"),
        ] {
            let moment = try #require(Timestamp(time))
            #expect(try nyse.lastSession(openedBefore: moment).day.description == date, "\(time)")
        }
        let midnight = try #require(Timestamp("2020-02-28T00:00:00Z"))
        let coins = try TradingCalendar.crypto.lastSession(openedBefore: midnight)
        #expect(coins.day.description == "2020-02-27")
        let open = try #require(Timestamp("2020-02-28T14:30:00Z"))
        #expect(try nyse.nextSession(opensAtOrAfter: open).day.description == "2020-02-28")
    }

    @Test func `a day order lives until the close of its session or the next one`() throws {
        for (time, closes) in [
            ("2020-02-28T05:00:00Z", "2020-02-28T21:00:00Z"),
            ("2020-02-28T20:59:59Z", "2020-02-28T21:00:00Z"),
            ("2020-02-28T21:00:00Z", "2020-03-02T21:00:00Z"),
            ("2020-12-24T17:00:00Z", "2020-12-24T18:00:00Z"),
        ] {
            let moment = try #require(Timestamp(time))
            let session = try TradingCalendar.nyse.session(closingAfter: moment)
            #expect(session.closes.description == closes, "\(time)")
        }
        let midnight = try #require(Timestamp("2020-02-28T00:00:00Z"))
        let coins = try TradingCalendar.crypto.session(closingAfter: midnight)
        #expect(coins.closes.description == "2020-02-29T00:00:00Z")
    }

    @Test func `closed days do not age data`() throws {
        let friday = try #require(Timestamp("2020-02-14T21:00:00Z"))
        // A week-end and Washington's birthday.
        let tuesday = try #require(Timestamp("2020-02-18T14:30:00Z"))
        let age = try TradingCalendar.nyse.openTime(from: friday, to: tuesday)
        // Eight hours of Friday night and nine and a half of Tuesday morning.
        #expect(age == .minutes(1050))
        let coins = try TradingCalendar.crypto.openTime(from: friday, to: tuesday)
        #expect(coins.count == tuesday.nanoseconds - friday.nanoseconds)
        #expect(try TradingCalendar.nyse.openTime(from: tuesday, to: friday) == .zero)
    }

    @Test func `a year that the calendar does not know is an error`() throws {
        for date in ["1997-12-31", "2029-01-02"] {
            #expect(throws: CalendarError.self) {
                try TradingCalendar.nyse.session(on: day(date))
            }
        }
        let error = #expect(throws: CalendarError.self) {
            try TradingCalendar.nyse.session(10, after: day("2028-12-28"))
        }
        #expect(
            error?.description == "the nyse calendar knows 1998 to 2028, not 2029")
        #expect(throws: CalendarError.self) {
            try TradingCalendar.nyse.lastSession(
                openedBefore: #require(Timestamp("1998-01-01T12:00:00Z")))
        }
    }
}
