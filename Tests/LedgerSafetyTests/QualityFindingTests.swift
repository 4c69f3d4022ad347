import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// What is worth a warning, with its rows.
@Suite struct QualityFindingTests {
    private func findings(
        _ kind: InstrumentKind = .crypto, at time: String,
        _ fill: (inout QualityData) throws -> Void
    ) throws -> QualityFindings {
        var data = QualityData(kind)
        try fill(&data)
        return try data.report(at: time).findings
    }

    @Test(arguments: [
        ("120", 0), ("120.000000001", 1), ("80", 0), ("79.999999999", 1),
    ])
    func `a fifth between two rows is no jump, more is`(_ price: String, _ count: Int) throws {
        let found = try findings(at: "2024-03-06T00:00:00Z") { data in
            try data.bar("2024-03-05T00:00:00Z", "100")
            try data.bar("2024-03-06T00:00:00Z", price)
        }
        #expect(found.count(.jump) == count)
        #expect(found.first(.jump)?.row.number == (count == 1 ? 2 : nil))
        #expect(found.first(.jump)?.limit == (count == 1 ? 200_000_000 : nil))
    }

    @Test(arguments: [(0, 0, 0), (1, 1, 0), (3, 1, 0), (4, 1, 1)])
    func `missing sessions are found, and more than three are a gap`(
        _ missing: Int, _ found: Int, _ gaps: Int
    ) throws {
        let start = try QualityData.time("2024-03-05T00:00:00Z")
        let next = start.advanced(by: Nanoseconds(Int64(missing + 1) * Nanoseconds.day.count))
        let result = try findings(at: "2024-03-20T00:00:00Z") { data in
            try data.bar(start)
            try data.bar(next)
        }
        #expect(result.count(.missingSessions) == found)
        #expect(result.count(.gap) == gaps)
        guard let finding = result.first(.missingSessions) else { return }
        #expect(finding.value == Int128(missing) * Int128(FixedPoint.one))
        #expect((finding.since, finding.time, finding.row.number) == (start, next, 2))
    }

    @Test func `week-ends and holidays are no gap`() throws {
        let found = try findings(.equity, at: "2020-02-20T05:00:00Z") { data in
            for day in ["2020-02-14", "2020-02-15", "2020-02-19", "2020-02-20"] {
                try data.bar("\(day)T05:00:00Z")
            }
        }
        #expect(found.listed == [])
    }

    @Test func `bars that are missing in a session are counted`() throws {
        let found = try findings(.equity, at: "2020-02-19T22:00:00Z") { data in
            // Before the opening nothing is due; the first bar ends at 14:31.
            for time in ["13:00", "14:31", "14:32", "14:34", "20:59"] {
                try data.bar("2020-02-18T\(time):00Z", interval: 60)
            }
            try data.bar("2020-02-19T14:33:00Z", interval: 60)
            try data.bar("2020-02-19T21:00:00Z", interval: 60)
        }
        let missing = found.listed.filter { $0.kind == .missingBars }
        #expect(
            missing.map { $0.value.map { $0 / Int128(FixedPoint.one) } } == [1, 384, 1, 2, 386])
        #expect(missing.map(\.row.number) == [4, 5, 6, 6, 7])
        #expect(missing.map(\.time.description)[2] == "2020-02-18T21:00:00Z")
        #expect(missing.map(\.since?.description)[3] == "2020-02-19T14:30:00Z")
    }

    @Test func `a feed that stops is a gap to the end of its session, or to now`() throws {
        var data = QualityData()
        try data.bar("2018-04-04T16:47:00Z", interval: 60)
        try data.bar("2018-04-04T16:48:00Z", interval: 60)
        for (time, bars) in [
            ("2018-04-04T16:48:59Z", nil), ("2018-04-04T16:49:00Z", 1),
            ("2018-04-05T00:00:00Z", 432), ("2018-04-05T12:00:00Z", 432),
        ] as [(String, Int128?)] {
            let found = try data.report(at: time).findings.first(.missingBars)
            #expect(found?.value == bars.map { $0 * Int128(FixedPoint.one) }, "\(time)")
        }
        // Where a session goes over into the next one it is one gap.
        try data.bar("2018-04-05T00:11:00Z", interval: 60)
        let found = try data.report(at: "2018-04-05T00:11:00Z").findings
        #expect(found.count(.missingBars) == 1)
        #expect(found.first(.missingBars)?.value == 442 * Int128(FixedPoint.one))
    }

    @Test func `a repeated bar counts once, one of another length is no repeat`() throws {
        let found = try findings(at: "2024-03-06T00:00:00Z") { data in
            try data.bar("2024-03-05T00:00:00Z", "100")
            try data.bar("2024-03-05T00:00:00Z", "900")
            try data.bar("2024-03-05T00:00:00Z", "101", interval: 60)
        }
        #expect(found.count(.duplicate) == 1)
        #expect(found.first(.duplicate)?.row.number == 2)
        #expect(found.count(.jump) == 0)
    }

    @Test func `a time that runs backwards is passed over`() throws {
        let found = try findings(at: "2024-03-06T00:00:00Z") { data in
            try data.bar("2024-03-06T00:00:00Z", "100")
            try data.bar("2024-03-05T00:00:00Z", "900")
        }
        #expect(found.count(.outOfOrder) == 1)
        #expect(found.count(.jump) == 0)
    }

    @Test(arguments: [
        ("10", "12", "9", "11", 0), ("10", "11", "10", "11", 0), ("10", "10.9", "9", "11", 1),
        ("12.1", "12", "9", "11", 1), ("10", "12", "10.1", "11", 1), ("10", "12", "9", "8.9", 1),
        ("10", "9", "12", "10", 1),
    ])
    func `open and close lie between low and high`(
        _ open: String, _ high: String, _ low: String, _ close: String, _ count: Int
    ) throws {
        let found = try findings(at: "2024-03-05T00:00:00Z") { data in
            try data.bar(
                QualityData.time("2024-03-05T00:00:00Z"), close, open: open, high: high, low: low)
        }
        #expect(found.count(.inconsistentBar) == count)
    }

    @Test(arguments: [("0", 1), ("0.000000001", 0)])
    func `a bar without volume is found`(_ volume: String, _ count: Int) throws {
        let found = try findings(at: "2024-03-05T00:00:00Z") { data in
            try data.bar(QualityData.time("2024-03-05T00:00:00Z"), volume: volume)
        }
        #expect(found.count(.zeroVolume) == count)
    }

    @Test func `findings are listed up to the limit and counted beyond it`() throws {
        var rules = QualityRules()
        rules.listed = 3
        var data = QualityData(.crypto, rules)
        let start = try QualityData.time("2024-03-05T00:00:00Z")
        for day in 0..<1000 {
            try data.bar(
                start.advanced(by: Nanoseconds(Int64(day) * Nanoseconds.day.count)), volume: "0")
        }
        let found = try data.report(at: "2026-11-30T00:00:00Z").findings
        #expect(found.count(.zeroVolume) == 1000)
        #expect(found.listed.map(\.row.number) == [1, 2, 3])
    }
}
