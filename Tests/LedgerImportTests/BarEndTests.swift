import LedgerDomain
import LedgerEvents
import LedgerImport
import Testing

@Suite struct `Bar ends` {
    static let day: UInt32 = 86_400

    static func times(
        _ rows: [String], zone: String, _ interval: UInt32 = day,
        label: ImportFormat.BarLabel = .start, time: TimeFormat = .detect
    ) -> (times: [String], message: String) {
        var format = ImportFormat(kind: .bar, interval: interval)
        (format.zone, format.label, format.timeFormat) = (zone, label, time)
        let text = rows.map { $0 + ",1,1,1,1,1\n" }.joined()
        let reading = Reading("time,open,high,low,close,volume\n" + text, format)
        return (reading.times, reading.message)
    }

    @Test(arguments: [
        // The zone's own midnight, however it is written: the next midnight.
        ("2020-01-06", "America/New_York", "2020-01-07T05:00:00Z"),
        ("2020-01-06 00:00:00", "America/New_York", "2020-01-07T05:00:00Z"),
        ("2020-01-06 00:00:00-05:00", "America/New_York", "2020-01-07T05:00:00Z"),
        ("2020-01-06T05:00:00Z", "America/New_York", "2020-01-07T05:00:00Z"),
        ("20200106 00:00", "America/New_York", "2020-01-07T05:00:00Z"),
        ("1578286800", "America/New_York", "2020-01-07T05:00:00Z"),
        ("1578286800000", "America/New_York", "2020-01-07T05:00:00Z"),
        ("1578286800000000", "America/New_York", "2020-01-07T05:00:00Z"),
        ("2020-01-06 00:00:00+09:00", "Asia/Tokyo", "2020-01-06T15:00:00Z"),
        // Another moment: start plus interval.
        ("2020-01-06 00:00:00+01:00", "America/New_York", "2020-01-06T23:00:00Z"),
        ("2020-01-06 00:00:00+01:00", "UTC", "2020-01-06T23:00:00Z"),
        ("2020-01-06 00:00:00-05:00", "UTC", "2020-01-07T05:00:00Z"),
        ("2020-01-06T00:00:00Z", "America/New_York", "2020-01-07T00:00:00Z"),
        ("2020-01-06T00:00:00Z", "Asia/Tokyo", "2020-01-07T00:00:00Z"),
        ("2020-01-06T21:00:00Z", "America/New_York", "2020-01-07T21:00:00Z"),
        ("1578268800000", "America/New_York", "2020-01-07T00:00:00Z"),
        ("1578268800000000", "Asia/Tokyo", "2020-01-07T00:00:00Z"),
        ("2020-01-06 09:30", "America/New_York", "2020-01-07T14:30:00Z"),
        ("2020-01-06 00:00:00.001", "UTC", "2020-01-07T00:00:00.001Z"),
        // Days of 23 and of 25 hours.
        ("2020-03-08", "America/New_York", "2020-03-09T04:00:00Z"),
        ("2020-11-01", "America/New_York", "2020-11-02T05:00:00Z"),
        ("2020-03-29 00:00:00+01:00", "Europe/Berlin", "2020-03-29T22:00:00Z"),
        ("2020-10-25 00:00:00+02:00", "Europe/Berlin", "2020-10-25T23:00:00Z"),
        ("2020-10-24 22:00:00Z", "Europe/Berlin", "2020-10-25T23:00:00Z"),
        ("2020-10-24 09:00", "Europe/Berlin", "2020-10-25T08:00:00Z"),
        ("2020-03-28 09:00", "Europe/Berlin", "2020-03-29T08:00:00Z"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-05T02:00:00Z"),
    ])
    func `a daily bar is known when its day is over`(
        _ time: String, _ zone: String, _ end: String
    ) {
        let (times, message) = Self.times([time], zone: zone)
        #expect(times == [end], "\(message)")
    }

    @Test(arguments: [
        ("2020-01-06", 7 * day, "America/New_York", "2020-01-13T05:00:00Z"),
        ("2020-03-02", 7 * day, "America/New_York", "2020-03-09T04:00:00Z"),
        ("2020-01-06T00:00:00Z", 7 * day, "America/New_York", "2020-01-13T00:00:00Z"),
        ("2020-01-01", 30 * day, "UTC", "2020-02-01T00:00:00Z"),
        ("2020-02-01", 31 * day, "America/New_York", "2020-03-01T05:00:00Z"),
        ("2020-12-01", 28 * day, "UTC", "2021-01-01T00:00:00Z"),
        ("2020-01-15", 30 * day, "UTC", "2020-02-14T00:00:00Z"),
        ("2020-10-01", 90 * day, "UTC", "2021-01-01T00:00:00Z"),
        ("2020-01-01", 365 * day, "UTC", "2021-01-01T00:00:00Z"),
        ("2020-01-06 09:00", 14_400, "Europe/Berlin", "2020-01-06T12:00:00Z"),
        ("2020-10-25 01:00", 14_400, "Europe/Berlin", "2020-10-25T03:00:00Z"),
    ])
    func `weeks and months end with their last day`(
        _ time: String, _ interval: UInt32, _ zone: String, _ end: String
    ) {
        let (times, message) = Self.times([time], zone: zone, interval)
        #expect(times == [end], "\(message)")
    }

    @Test(arguments: [
        ("2020-01-06", day, "America/New_York", "2020-01-07T05:00:00Z"),
        ("2020-01-31", 31 * day, "UTC", "2020-02-01T00:00:00Z"),
        ("2020-01-07 00:00", day, "America/New_York", "2020-01-07T05:00:00Z"),
        ("2020-01-06 16:00", day, "America/New_York", "2020-01-06T21:00:00Z"),
        ("2020-01-06 23:59:59", day, "America/New_York", "2020-01-07T05:00:00Z"),
        ("2020-01-06 09:31", 60, "America/New_York", "2020-01-06T14:31:00Z"),
        ("2020-01-06 09:30:59.999999", 60, "America/New_York", "2020-01-06T14:31:00Z"),
        ("1578355199999", day, "UTC", "2020-01-07T00:00:00Z"),
        ("1578355199999999", 3600, "UTC", "2020-01-07T00:00:00Z"),
        ("2020-01-06 09:30:59", 1, "UTC", "2020-01-06T09:30:59Z"),
        ("2020-01-06 09:30:59.999", 1, "UTC", "2020-01-06T09:31:00Z"),
    ])
    func `a label at the end is the end, and a day's is that of the day`(
        _ time: String, _ interval: UInt32, _ zone: String, _ end: String
    ) {
        let (times, message) = Self.times([time], zone: zone, interval, label: .end)
        #expect(times == [end], "\(message)")
    }

    @Test func `days of another zone are refused where its offset changes`() {
        let rows = ["2020-10-23", "2020-10-24", "2020-10-25"].map { "\($0) 00:00:00+02:00" }
        let (times, message) = Self.times(rows + ["2020-10-26 00:00:00+01:00"], zone: "UTC")
        #expect(times.count == 3)
        #expect(
            message
                == "t.csv:5: time: '2020-10-26 00:00:00+01:00' has another offset than the rows "
                + "before, so a day between them was longer or shorter than 24 hours; name their zone "
                + "with --zone, such as America/New_York")
    }

    @Test(arguments: [
        ((1...9).map { "2020-01-0\($0)" }, UInt32(60), "a day"),
        ((0...9).map { "2020-01-06 0\($0):00" }, 60, "3600 seconds"),
        ((1...9).map { "2020-0\($0)-01" }, day, "29 days"),
        ((1...9).map { "2020-0\($0)-01" }, 7 * day, "29 days"),
        ((0...9).map { "\(1_577_836_800 + $0 * 604_800)" }, day, "7 days"),
    ])
    func `rows further apart than their interval are refused`(
        _ rows: [String], _ interval: UInt32, _ distance: String
    ) {
        let (times, message) = Self.times(rows, zone: "America/New_York", interval)
        #expect(times.count == 7)
        #expect(
            message
                == "t.csv:9: time: rows are at least \(distance) apart, but --interval says that a "
                + "bar lasts \(interval) seconds, so each bar would be known before it ends. Give the "
                + "bars' true length with --interval, or times of their ends with --label end")
    }

    @Test func `holes in a file are no longer intervals`() {
        let days = [1, 3, 4, 8, 11, 15, 18, 22, 25, 29].map { "2020-01-\($0 < 10 ? "0" : "")\($0)" }
        #expect(Self.times(days, zone: "UTC").times.count == 10)
        let minutes = [0, 7, 13, 20, 31, 40, 45, 50, 59].map {
            "2020-01-06 10:\($0 < 10 ? "0" : "")\($0)"
        }
        #expect(Self.times(minutes, zone: "UTC", 60).times.count == 9)
    }

    /// For any zone, interval, notation and time: whole days from the first moment of a day end with
    /// the first moment of the day that many days later, and everything else an interval later.
    @Test(arguments: [
        "UTC", "America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Lord_Howe",
        "America/Sao_Paulo", "Pacific/Apia", "America/Havana",
    ])
    func `no bar is known before it ends`(_ zone: String) throws {
        let rules = try ZoneRules(named: zone)
        func day(_ utc: Int64) -> Int64 { (utc + rules.offset(at: utc)).floorDivided(by: 86_400) }
        let formats: [TimeFormat] = [.iso, .unixSeconds, .unixMillis, .unixMicros]
        var generator = SplitMix64(seed: 11)
        for round in 0..<4000 {
            let interval: UInt32 = [1, 60, 3600, 14_400, 86_400, 604_800][round % 6]
            let grain: UInt64 = [86_400, 1800, 1][round % 3]
            var utc = Int64(generator.next(upTo: 2_000_000_000) / grain * grain)
            if round % 2 == 0 { utc -= rules.offset(at: utc) }
            let start = Timestamp(nanoseconds: utc * 1_000_000_000)
            let notation = ["\(start)", "\(utc)", "\(utc)000", "\(utc)000000"][round % 4]
            let (times, message) = Self.times(
                [notation], zone: zone, interval, time: formats[round % 4])
            let end = try #require(times.first.flatMap { Timestamp($0) }, "\(message)")
            let ends = end.nanoseconds / 1_000_000_000
            if interval % 86_400 == 0, day(utc - 1) < day(utc) {
                #expect(day(ends) == day(utc) + Int64(interval / 86_400), "round \(round)")
                #expect(day(ends - 1) < day(ends), "round \(round): \(notation) ends \(end)")
            } else {
                #expect(ends == utc + Int64(interval), "round \(round): \(notation) ends \(end)")
            }
        }
    }
}
