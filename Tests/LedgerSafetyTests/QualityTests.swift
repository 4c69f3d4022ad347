import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// What blocks a symbol: each limit at its value, and just beyond it.
@Suite struct QualityTests {
    private static let hour = Int64(3_600_000_000_000)

    /// Rules that ask for nothing but what a test is about.
    private static func rules(_ change: (inout QualityRules) -> Void = { _ in }) -> QualityRules {
        var rules = QualityRules()
        rules.indicators = [.close]
        rules.history = 1
        change(&rules)
        return rules
    }

    // MARK: Staleness

    @Test func `data of exactly the limit's age are not stale, a nanosecond later they are`() throws
    {
        var data = QualityData(.crypto, Self.rules { $0.expectsLastSession = false })
        try data.bar("2024-03-05T00:00:00Z")
        let limit = try QualityData.time("2024-03-08T00:00:00Z")
        let fresh = try data.report(at: limit)
        #expect(fresh.issue == nil)
        #expect(fresh.age == Nanoseconds(72 * Self.hour))
        #expect(fresh.missingSessions == 3)
        let old = try data.report(at: limit.advanced(by: Nanoseconds(1)))
        #expect(old.issue == .stale)
        #expect(
            old.reason
                == "last data at 2024-03-05T00:00:00Z: 3 sessions missing, 72 h old without closed "
                + "days, of 72 h")
    }

    /// The bar of Friday the 14th; Monday the 17th was a holiday.
    @Test(
        arguments: [
            // Tuesday's bar is due when Tuesday is over.
            ("2020-02-19T04:59:59Z", true, 0, nil), ("2020-02-19T05:00:00Z", true, 1, .stale),
            // Tuesday, Wednesday, Thursday: 72 hours; the three closed days count nothing.
            ("2020-02-21T05:00:00Z", false, 3, nil),
            ("2020-02-21T05:00:00.000000001Z", false, 3, QualityIssue.stale),
        ] as [(String, Bool, Int, QualityIssue?)])
    func `a long week-end does not make data stale`(
        _ time: String, _ expectsSession: Bool, _ missing: Int, _ issue: QualityIssue?
    ) throws {
        var data = QualityData(.equity, Self.rules { $0.expectsLastSession = expectsSession })
        try data.bar("2020-02-15T05:00:00Z")
        let report = try data.report(at: time)
        #expect(report.issue == issue)
        #expect(report.missingSessions == missing)
    }

    @Test func `minutes are due when the session has closed, days when the day is over`() throws {
        var minutes = QualityData(.equity, Self.rules())
        try minutes.bar("2020-02-18T21:00:00Z", interval: 60)
        var days = QualityData(.equity, Self.rules())
        try days.bar("2020-02-19T05:00:00Z")
        let close = try QualityData.time("2020-02-19T21:00:00Z")
        let before = close.advanced(by: Nanoseconds(-1))
        #expect(try minutes.report(at: before).issue == nil)
        #expect(try minutes.report(at: close).issue == .stale)
        #expect(try days.report(at: close).issue == nil)
    }

    // MARK: Indicators, history

    @Test(arguments: [
        (14, "rsi, sma_20, sma_50, sma_100, atr, volatility_20d"),
        (15, "sma_20, sma_50, sma_100, volatility_20d"),
        (19, "sma_20, sma_50, sma_100, volatility_20d"),
        (20, "sma_50, sma_100, volatility_20d"), (21, "sma_50, sma_100"), (49, "sma_50, sma_100"),
        (50, "sma_100"), (99, "sma_100"),
    ])
    func `an indicator without its days is missing`(_ days: Int, _ names: String) throws {
        var data = QualityData()
        try data.days(days, from: "2023-01-02T00:00:00Z")
        let last = try #require(try data.report(at: "2023-01-02T00:00:00Z").last)
        let report = try data.report(at: last)
        #expect(report.issue == .missingIndicators)
        #expect(report.reason == "no \(names) after \(days) days")
    }

    @Test(
        arguments: [
            (100, QualityIssue.insufficientHistory), (249, .insufficientHistory), (250, nil),
        ] as [(Int, QualityIssue?)])
    func `250 days are enough and 249 are not`(_ days: Int, _ issue: QualityIssue?) throws {
        var data = QualityData()
        try data.days(days, from: "2023-01-02T00:00:00Z")
        let last = try #require(try data.report(at: "2023-01-02T00:00:00Z").last)
        let report = try data.report(at: last)
        #expect(report.issue == issue)
        #expect(report.history == days)
        #expect(report.rows == UInt64(days))
    }

    @Test func `many rows of one day are one day of history`() throws {
        var data = QualityData(.crypto, Self.rules { $0.history = 2 })
        try data.bar("2024-03-05T00:01:00Z", interval: 60)
        try data.bar("2024-03-05T23:59:00Z", interval: 60)
        try data.bar("2024-03-06T00:00:00Z", interval: 60)
        #expect(try data.report(at: "2024-03-06T00:00:00Z").issue == .insufficientHistory)
        try data.bar("2024-03-06T00:01:00Z", interval: 60)
        #expect(try data.report(at: "2024-03-06T00:01:00Z").issue == nil)
    }

    /// Nine days, one that is missing, and so many more behind it.
    @Test(arguments: [(1, 10, nil), (2, 11, .excessiveNaN)] as [(Int, Int, QualityIssue?)])
    func `a tenth of the days may lack a value and no more`(
        _ missing: Int, _ of: Int, _ issue: QualityIssue?
    ) throws {
        var data = QualityData(.crypto, Self.rules())
        try data.days(8, from: "2024-03-05T00:00:00Z")
        try data.bar(
            QualityData.time("2024-03-13T00:00:00Z")
                .advanced(by: Nanoseconds(Int64(missing) * Nanoseconds.day.count)))
        let last = try #require(try data.report(at: "2024-03-20T00:00:00Z").last)
        let report = try data.report(at: last)
        #expect(report.issue == issue)
        #expect(report.missingShare == Price(raw: missing == 1 ? 100_000_000 : 181_818_182))
        if issue != nil {
            #expect(report.reason == "close is missing on 2 of 11 days, more than 10 %")
        }
    }

    @Test func `a share just above a tenth is too much`() throws {
        // 4 of 39 days: 10.256 per cent.
        var data = QualityData(.crypto, Self.rules())
        try data.days(34, from: "2024-01-01T00:00:00Z")
        try data.bar("2024-02-08T00:00:00Z")
        #expect(try data.report(at: "2024-02-08T00:00:00Z").issue == .excessiveNaN)
        try data.bar("2024-02-09T00:00:00Z")
        // 4 of 40: exactly a tenth.
        #expect(try data.report(at: "2024-02-09T00:00:00Z").issue == nil)
    }

    @Test func `quotes without a price make a day without a value`() throws {
        var data = QualityData(.crypto, Self.rules { $0.maximumMissing = Price(raw: 333_333_333) })
        for (day, price) in ["100", "0", "100"].enumerated() {
            let quote = Quote(
                instrument: data.id, bid: try Price(price), ask: .zero, bidSize: .zero,
                askSize: .zero)
            data.quality.observe(
                quote, at: try QualityData.time("2024-03-0\(day + 5)T12:00:00Z"),
                QualityRow(number: UInt64(day + 1)))
        }
        let report = try data.report(at: "2024-03-07T13:00:00Z")
        #expect(report.issue == .excessiveNaN)
        #expect(report.history == 2)
        #expect(report.missingShare == Price(raw: 333_333_333))
    }

    @Test func `forecasts are asked for where they are named`() throws {
        var data = QualityData(.crypto, Self.rules { $0.indicators = [.close, .prediction] })
        try data.days(10, from: "2024-03-05T00:00:00Z")
        let end = "2024-03-14T00:00:00Z"
        #expect(try data.report(at: end).reason == "no prediction after 10 days")
        let forecast = PredictionRecorded(
            instrument: data.id, predicted: try Price("1"), error: .zero, horizon: .zero)
        data.quality.observe(forecast, at: try QualityData.time("2024-03-14T00:00:00Z"))
        #expect(try data.report(at: end).issue == nil)
        try data.days(9, from: "2024-03-15T00:00:00Z")
        let later = try data.report(at: "2024-03-23T00:00:00Z")
        #expect(later.reason == "prediction is missing on 9 of 10 days, more than 10 %")
    }

    // MARK: Prices

    @Test(
        arguments: [
            ("100", "150", nil), ("100", "150.000000001", .priceOutlier), ("100", "50", nil),
            ("100", "49.999999999", QualityIssue.priceOutlier), ("0.000000002", "0.000000001", nil),
            ("9000000000", "1", .priceOutlier),
        ] as [(String, String, QualityIssue?)])
    func `a close may move by half and no more`(
        _ old: String, _ new: String, _ issue: QualityIssue?
    ) throws {
        var data = QualityData(.crypto, Self.rules())
        try data.bar("2024-03-05T00:00:00Z", old)
        try data.bar("2024-03-06T00:00:00Z", new)
        let report = try data.report(at: "2024-03-06T00:00:00Z")
        #expect(report.issue == issue)
        try data.bar("2024-03-07T00:00:00Z", new)
        #expect(try data.report(at: "2024-03-07T00:00:00Z").issue == issue)
    }

    @Test func `closes are compared, not what was between them`() throws {
        var data = QualityData(.crypto, Self.rules())
        try data.bar("2024-03-05T23:00:00Z", "100", interval: 3600)
        try data.bar("2024-03-06T11:00:00Z", "300", interval: 3600)
        try data.bar("2024-03-06T23:00:00Z", "101", interval: 3600)
        let report = try data.report(at: "2024-03-06T23:30:00Z")
        #expect(report.issue == nil)
        #expect(report.findings.count(.jump) == 2)
    }

    @Test(
        arguments: [
            (7, 1, "700", "100"), (1, 10, "10", "100"), (3, 2, "150", "100"),
        ] as [(Int64, Int64, String, String)])
    func `a split is no outlier where it is known`(
        _ numerator: Int64, _ denominator: Int64, _ old: String, _ new: String
    ) throws {
        var data = QualityData(.crypto, Self.rules { $0.maximumReturn = Price(raw: 1) })
        try data.bar("2024-03-05T00:00:00Z", old)
        var unaware = data
        data.split(numerator, denominator)
        try data.bar("2024-03-06T00:00:00Z", new)
        try unaware.bar("2024-03-06T00:00:00Z", new)
        let report = try data.report(at: "2024-03-06T00:00:00Z")
        #expect(report.issue == nil)
        #expect(report.findings.count(.jump) == 0)
        #expect(try unaware.report(at: "2024-03-06T00:00:00Z").issue == .priceOutlier)
    }

    @Test func `a split that cannot be excuses nothing`() throws {
        var data = QualityData(.crypto, Self.rules())
        try data.bar("2024-03-05T00:00:00Z", "700")
        data.split(0, 1)
        data.split(7, -1)
        try data.bar("2024-03-06T00:00:00Z", "100")
        #expect(try data.report(at: "2024-03-06T00:00:00Z").issue == .priceOutlier)
    }

    @Test func `a price of zero blocks`() throws {
        var data = QualityData(.crypto, Self.rules())
        try data.bar(QualityData.time("2024-03-05T00:00:00Z"), "1", low: "0")
        let report = try data.report(at: "2024-03-05T00:00:00Z")
        #expect(report.findings.count(.notPositive) == 1)
        #expect(report.issue == .missingIndicators)
        try data.bar("2024-03-06T00:00:00Z")
        let later = try data.report(at: "2024-03-06T00:00:00Z")
        #expect(later.issue == .priceOutlier)
        #expect(later.reason == "a price of 0 at 2024-03-05T00:00:00Z")
    }
}
