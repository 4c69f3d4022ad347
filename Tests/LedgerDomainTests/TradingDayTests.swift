import LedgerDomain
import Testing

@Suite struct `Trading days` {
    @Test(arguments: [
        // Friday's close, the bar that is stamped with the midnight after it, and the weekend.
        (TradingCalendar.nyse, "2020-01-10T21:00:00Z", "2020-01-10"),
        (.nyse, "2020-01-11T05:00:00Z", "2020-01-10"),
        (.nyse, "2020-01-12T12:00:00Z", "2020-01-10"),
        (.nyse, "2020-01-13T14:30:00Z", "2020-01-10"),
        (.nyse, "2020-01-13T14:30:00.000000001Z", "2020-01-13"),
        (.nyse, "2020-07-03T15:00:00Z", "2020-07-02"),
        // Years that the calendar does not know have New York's days.
        (.nyse, "1987-10-20T03:59:00Z", "1987-10-19"),
        (.nyse, "1987-10-20T04:00:00Z", "1987-10-19"),
        (.nyse, "1987-10-20T04:00:01Z", "1987-10-20"),
        (.crypto, "2020-01-11T00:00:00Z", "2020-01-10"),
        (.crypto, "2020-01-11T00:00:00.001Z", "2020-01-11"),
    ])
    func `a day is the session that opened last, and holds the midnight after it`(
        _ calendar: TradingCalendar, _ time: String, _ day: String
    ) throws {
        let moment = try #require(Timestamp(time))
        let found = calendar.day(of: moment)
        #expect("\(CivilDate(daysSinceEpoch: found.number))" == day)
        #expect(found.opens < moment && moment <= found.ends)
    }
}
