import LedgerDomain
import LedgerImport
import Testing

@Suite struct `Time zones` {
    @Test(arguments: [
        ("America/New_York", "1965-07-01T12:00Z", -14400),
        ("America/New_York", "2013-03-10T06:59Z", -18000),
        ("America/New_York", "2013-03-10T07:00Z", -14400),
        ("America/New_York", "2018-11-04T05:59Z", -14400),
        ("America/New_York", "2018-11-04T06:00Z", -18000),
        ("America/New_York", "2045-07-01T00:00Z", -14400),
        ("America/New_York", "2100-12-25T12:00Z", -18000),
        ("Europe/London", "1965-07-01T12:00Z", 3600),
        ("Europe/London", "2020-03-29T00:59Z", 0),
        ("Europe/London", "2020-03-29T01:00Z", 3600),
        ("Europe/London", "2045-07-01T00:00Z", 3600),
        ("Europe/London", "2100-12-25T12:00Z", 0),
        ("Asia/Kolkata", "2013-03-10T07:00Z", 19800),
        ("Australia/Sydney", "2045-07-01T00:00Z", 36000),
        ("Australia/Sydney", "2100-12-25T12:00Z", 39600),
        ("Africa/Casablanca", "2013-03-10T07:00Z", 0),
        ("Africa/Casablanca", "2100-12-25T12:00Z", 3600),
        ("America/Sao_Paulo", "2018-11-04T02:59Z", -10800),
        ("America/Sao_Paulo", "2018-11-04T03:00Z", -7200),
        ("Pacific/Apia", "2011-12-30T09:59Z", -36000),
        ("Pacific/Apia", "2011-12-30T10:00Z", 50400),
    ])
    func `offsets are those of Python's zoneinfo`(
        _ zone: String, _ time: String, _ offset: Int64
    ) throws {
        let moment = try #require(Timestamp(time))
        let rules = try ZoneRules(named: zone)
        #expect(rules.offset(at: moment.nanoseconds / 1_000_000_000) == offset)
    }

    @Test(arguments: ["America/New_York", "Europe/London", "Australia/Sydney", "Pacific/Apia"])
    func `every half hour of sixty years comes back from its local time`(_ zone: String) throws {
        let rules = try ZoneRules(named: zone)
        for step: Int64 in 0..<100_000 {
            let utc = step * 18_840 + 1800
            switch rules.meaning(ofLocal: utc + rules.offset(at: utc)) {
            case .once(let found): #expect(found == utc)
            case .twice(let first, let second):
                #expect(first < second && (first == utc || second == utc))
            case .never: Issue.record("\(utc) shows a local time that does not exist")
            }
        }
    }

    @Test(arguments: [
        ("America/New_York", "2013-03-10 02:30"), ("America/New_York", "2018-03-11 02:00"),
        ("America/New_York", "2020-03-08 02:59:59"), ("Europe/London", "2013-03-31 01:00"),
        ("Europe/London", "2018-03-25 01:30"), ("Europe/London", "2020-03-29 01:59"),
    ])
    func `a local time that clocks jump over is refused`(_ zone: String, _ time: String) {
        let reading = Reading("time,open,high,low,close,volume\n\(time),1,1,1,1,1", .local(zone))
        #expect(
            reading.message
                == "t.csv:2: time: '\(time)' does not exist in \(zone): clocks skipped it; "
                + "is the time zone right?")
    }

    @Test(arguments: [
        ("America/New_York", "2013-11-03", "T04", "T05"),
        ("America/New_York", "2018-11-04", "T04", "T05"),
        ("America/New_York", "2020-11-01", "T04", "T05"),
        ("Europe/London", "2013-10-27", "T23", "T00"),
        ("Europe/London", "2018-10-28", "T23", "T00"),
        ("Europe/London", "2020-10-25", "T23", "T00"),
    ])
    func `an hour that occurs twice is the first, then the second`(
        _ zone: String, _ day: String, _ first: String, _ second: String
    ) {
        var format = ImportFormat.local(zone)
        format.label = .end
        let rows = ["00:00", "01:00", "01:00", "02:00"].map { "\(day) \($0),1,1,1,1,1" }
        let reading = Reading(
            "time,open,high,low,close,volume\n" + rows.joined(separator: "\n"), format)
        #expect(reading.error == nil)
        let hours = reading.events.map { $0.time.nanoseconds / 3_600_000_000_000 }
        #expect(zip(hours, hours.dropFirst()).allSatisfy { $1 == $0 + 1 }, "\(reading.times)")
        #expect(reading.times.first?.contains(first) == true, "\(reading.times)")
        #expect(reading.times.dropFirst().first?.contains(second) == true)
    }

    @Test func `a daily bar ends at the next local midnight`() {
        var format = ImportFormat.local("America/New_York", 86_400)
        format.header = .present
        let reading = Reading(
            """
            Date,Open,High,Low,Close,Volume
            2013-03-09,1,1,1,1,1
            2013-03-10,1,1,1,1,1
            2013-11-03,1,1,1,1,1
            """, format)
        #expect(
            reading.times == [
                "2013-03-10T05:00:00Z", "2013-03-11T04:00:00Z", "2013-11-04T05:00:00Z",
            ])
    }

    @Test func `a day whose midnight is skipped begins when clocks jump`() {
        let reading = Reading(
            "date,open,high,low,close,volume\n2018-11-03,1,1,1,1,1\n",
            .local("America/Sao_Paulo", 86_400))
        #expect(reading.times == ["2018-11-04T03:00:00Z"])
    }

    @Test(arguments: ["../../etc/passwd", "/etc/passwd", "", "Mars/Olympus", "America"])
    func `an unknown zone is rejected`(_ name: String) {
        #expect(throws: ImportError.self) { try ZoneRules(named: name) }
    }
}
