import Foundation
import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// The report of many symbols, and its JSON.
@Suite struct QualityReportTests {
    private static let day = Nanoseconds.day.count

    private func bar(_ id: UInt32, _ close: String = "100", volume: String = "1") throws -> Bar {
        let price = try Price(close)
        return Bar(
            instrument: InstrumentID(id), interval: 86_400, open: price, high: price, low: price,
            close: price, volume: try Quantity(volume))
    }

    /// `count` days up to `end`, each 1 + `step` times the one before.
    private func fill(
        _ quality: inout DataQuality, _ id: UInt32, days: Int, end: Timestamp, spike: Bool = false
    ) throws {
        for index in 0..<days {
            let time = end.advanced(by: Nanoseconds(-Int64(days - 1 - index) * Self.day))
            quality.observe(
                try bar(id, spike && index == days / 2 ? "200" : "100"), at: time,
                QualityRow(number: UInt64(index + 1)))
        }
    }

    /// One symbol for each reason, and a good one.
    private func everyIssue(at end: Timestamp) throws -> DataQuality {
        var rules = QualityRules()
        rules.calendar = .crypto
        var quality = DataQuality(rules)
        for (index, name) in ["GOOD", "EMPTY", "STALE", "SHORT", "NAN", "YOUNG", "JUMPY"]
            .enumerated()
        {
            quality.define(QualityData.instrument(UInt32(index + 1), name, .crypto))
        }
        let early = end.advanced(by: Nanoseconds(-Self.day))
        try fill(&quality, 1, days: 250, end: end)
        // Too old, too short and jumpy: the first that fails is the reason.
        try fill(&quality, 3, days: 3, end: early, spike: true)
        try fill(&quality, 4, days: 99, end: end, spike: true)
        try fill(&quality, 5, days: 150, end: end.advanced(by: Nanoseconds(-Self.day * 40)))
        quality.observe(try bar(5, "1000"), at: end, QualityRow(number: 151))
        try fill(&quality, 6, days: 249, end: end, spike: true)
        try fill(&quality, 7, days: 250, end: end, spike: true)
        quality.observe(try bar(8), at: end, QualityRow(number: 1))
        return quality
    }

    @Test func `the first check that fails is the reason, and it blocks its symbol alone`() throws {
        let end = try QualityData.time("2024-03-05T00:00:00Z")
        let report = try everyIssue(at: end).report(at: end)
        #expect(
            report.symbols.map { "\($0.symbol) \($0.issue?.name ?? "ok")" } == [
                "#8 MISSING_SYMBOL_COLUMN", "EMPTY EMPTY_DATA", "GOOD ok", "JUMPY PRICE_OUTLIER",
                "NAN EXCESSIVE_NAN", "SHORT MISSING_INDICATORS", "STALE STALE_DATA",
                "YOUNG INSUFFICIENT_HISTORY",
            ])
        #expect(!report.passes)
        #expect(report.blocked.count == 7)
    }

    /// What the runbook reads.
    private struct Runbook: Decodable {
        struct Issue: Decodable {
            struct Symbol: Decodable {
                var symbol: String
                var reason: String
            }
            var severity: String
            var message: String
            var symbols: [Symbol]
        }
        var asof_date: String
        var staleness_threshold_hours: Double
        var symbols_checked: Int
        var symbols_blocked: Int
        var issues: [String: Issue]
        var timestamp: String
    }

    @Test func `the JSON has what its readers look for`() throws {
        let end = try QualityData.time("2024-03-05T00:00:00Z")
        let report = try everyIssue(at: end).report(at: end)
        let read = try JSONDecoder().decode(Runbook.self, from: Data(report.json))
        #expect(read.asof_date == "2024-03-05")
        #expect(read.timestamp == "2024-03-05T00:00:00Z")
        #expect(read.staleness_threshold_hours == 72)
        #expect((read.symbols_checked, read.symbols_blocked) == (8, 7))
        #expect(read.issues.count == 7)
        #expect(read.issues["STALE_DATA"]?.symbols.map(\.symbol) == ["STALE"])
        #expect(read.issues["STALE_DATA"]?.severity == "WARNING")
        #expect(read.issues["EMPTY_DATA"]?.severity == "CRITICAL")
        let reason = read.issues["PRICE_OUTLIER"]?.symbols.first?.reason
        #expect(reason == "100 % in a day at 2023-11-02T00:00:00Z, beyond 50 %")
    }

    @Test func `a check that has nothing to look at does not pass`() throws {
        let report = DataQuality(QualityRules()).report(at: .zero)
        #expect(!report.passes)
        let read = try JSONDecoder().decode(Runbook.self, from: Data(report.json))
        #expect((read.symbols_checked, read.symbols_blocked) == (0, 0))
        #expect(read.issues["EMPTY_DATA"]?.symbols.count == 0)
    }

    @Test func `good data pass and name no issue`() throws {
        let end = try QualityData.time("2024-03-05T00:00:00Z")
        var quality = DataQuality(QualityRules())
        quality.define(QualityData.instrument(1, "A\"\u{1}", .crypto))
        try fill(&quality, 1, days: 250, end: end)
        let report = quality.report(at: end)
        #expect(report.passes)
        let read = try JSONDecoder().decode(Runbook.self, from: Data(report.json))
        #expect(read.issues.isEmpty)
    }

    @Test func `a year that the calendar does not know blocks its symbol and no other`() throws {
        let end = try QualityData.time("2029-06-05T04:00:00Z")
        var rules = QualityRules()
        rules.indicators = [.close]
        rules.history = 1
        var quality = DataQuality(rules)
        quality.define(QualityData.instrument(1, "COIN", .crypto))
        quality.define(QualityData.instrument(2, "LATE", .equity))
        quality.define(QualityData.instrument(3, "OLD", .equity))
        quality.observe(
            try bar(1), at: try QualityData.time("2029-06-05T00:00:00Z"), QualityRow(number: 1))
        quality.observe(try bar(2), at: end, QualityRow(number: 2))
        quality.observe(
            try bar(3), at: try QualityData.time("2028-12-30T05:00:00Z"), QualityRow(number: 3))
        let report = quality.report(at: end)
        #expect(report.blocked.map(\.symbol) == ["LATE", "OLD"])
        for symbol in report.blocked {
            #expect(symbol.issue == .stale)
            #expect(symbol.reason == "the nyse calendar knows 1998 to 2028, not 2029")
        }
    }

    @Test(arguments: 0..<20)
    func `symbols are judged as if each were alone`(_ seed: UInt64) throws {
        var state = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var together = DataQuality(QualityRules())
        var alone = [DataQuality](repeating: together, count: 4)
        for id in 0..<4 {
            let instrument = QualityData.instrument(UInt32(id + 1), "S\(id)", .crypto)
            together.define(instrument)
            alone[id].define(instrument)
        }
        var time = try QualityData.time("2023-01-01T00:00:00Z")
        for row in 1...600 {
            time = time.advanced(by: Nanoseconds(Int64(next(20)) * 3_600_000_000_000))
            let id = Int(next(4))
            if next(40) == 0 {
                let split = SplitApplied(
                    instrument: InstrumentID(UInt32(id + 1)), numerator: 2, denominator: 1)
                together.observe(split)
                alone[id].observe(split)
            }
            let bar = try bar(
                UInt32(id + 1), "\(50 + next(60))", volume: next(9) == 0 ? "0" : "1")
            together.observe(bar, at: time, QualityRow(number: UInt64(row)))
            alone[id].observe(bar, at: time, QualityRow(number: UInt64(row)))
        }
        let report = together.report(at: time)
        for id in 0..<4 {
            let single = try #require(alone[id].report(at: time).symbols.first)
            let shared = report.symbols[id]
            #expect(shared.reason == single.reason, "seed \(seed)")
            #expect(shared.findings == single.findings, "seed \(seed)")
            #expect(shared.age == single.age && shared.history == single.history, "seed \(seed)")
        }
    }

    private func observe(
        _ event: some Event, _ sequence: UInt64, at time: String, _ quality: inout DataQuality
    ) throws {
        var batch = Batch(next: SequenceNumber(sequence))
        try batch.append(event, Envelope(time: try QualityData.time(time)))
        let record = batch.record(batch.firstSequence)
        try quality.observe(try #require(record))
    }

    @Test func `events of a journal are data, and what a run wrote of its feed is listed`() throws {
        var rules = QualityRules()
        rules.indicators = [.close, .prediction]
        rules.history = 2
        var quality = DataQuality(rules)
        let id = InstrumentID(1)
        let seen = try QualityData.time("2024-03-05T12:00:00Z")
        let end = "2024-03-06T12:00:00Z"
        let one = try Quantity("1")
        func trade(_ price: String, _ size: Quantity) throws -> Trade {
            Trade(instrument: id, aggressor: nil, price: try Price(price), size: size, tradeId: 1)
        }
        let definition = QualityData.instrument(1, "A", .crypto)
        try observe(InstrumentDefined(definition), 1, at: "2024-03-05T00:00:00Z", &quality)
        try observe(trade("7", one), 2, at: "2024-03-05T12:00:00Z", &quality)
        let pause = FeedPaused(instrument: id, lastSeen: seen, reason: "late")
        try observe(pause, 3, at: "2024-03-05T13:00:00Z", &quality)
        let split = SplitApplied(instrument: id, numerator: 7, denominator: 1)
        try observe(split, 4, at: "2024-03-06T00:00:00Z", &quality)
        // Trades were there before, so that quotes say nothing of the close.
        let quote = Quote(
            instrument: id, bid: try Price("5"), ask: try Price("5"), bidSize: one, askSize: one)
        try observe(quote, 5, at: "2024-03-06T00:01:00Z", &quality)
        try observe(trade("1", .zero), 6, at: end, &quality)
        let gap = GapDetected(
            instrument: id, sessions: 0, from: seen, to: try QualityData.time(end))
        try observe(gap, 7, at: end, &quality)
        try observe(FeedResumed(instrument: id, pausedAt: seen), 8, at: end, &quality)
        let forecast = PredictionRecorded(
            instrument: id, predicted: try Price("1"), error: .zero, horizon: .zero)
        try observe(forecast, 9, at: end, &quality)
        try observe(ClockTicked(), 10, at: end, &quality)
        let report = try #require(
            quality.report(at: try QualityData.time(end)).symbols.first)
        #expect(report.issue == nil, "\(report.reason)")
        #expect((report.symbol, report.rows, report.history) == ("A", 3, 2))
        #expect(
            report.findings.listed.map { "\($0.row.number) \($0.kind.name)" } == [
                "3 feed_paused", "6 zero_volume", "7 gap_detected", "8 feed_resumed",
            ])
    }
}
