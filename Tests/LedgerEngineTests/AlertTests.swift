import Foundation
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import TestSupport
import Testing

/// A condition that lasts is told once; one that returns is told again.
@Suite struct AlertTests {
    private static func compare(
        _ run: inout WatchedRun, _ snapshot: UInt64, cash: String
    ) throws {
        run.wait(seconds: 60)
        try run.append(
            VenueSnapshotBegan(
                kind: .reconciliation, snapshot: snapshot, cash: try Money(cash), origin: "test"))
        try run.append(VenueSnapshotEnded(snapshot: snapshot, positions: 0, orders: 0))
    }

    @Test func `a failed reconciliation is told once until one passes`() throws {
        var run = try WatchedRun(WatchedRun.holding, kind: .paper, rules: .newest)
        for snapshot: UInt64 in 1...3 { try Self.compare(&run, snapshot, cash: "500") }
        #expect(try run.alerts(.reconciliationFailed).count == 1)
        #expect(try run.count(ReconciliationEnded.self) == 3)
        for snapshot: UInt64 in 4...6 { try Self.compare(&run, snapshot, cash: "1000") }
        #expect(try run.alerts(.reconciliationPassed).count == 1)
        try run.restart()
        for snapshot: UInt64 in 7...8 { try Self.compare(&run, snapshot, cash: "500") }
        try run.restart()
        try Self.compare(&run, 9, cash: "500")
        #expect(try run.alerts(.reconciliationFailed).count == 2)
    }

    @Test func `under rules 2 each comparison is told`() throws {
        let rules = try #require(RulesVersion(2))
        var run = try WatchedRun(WatchedRun.holding, kind: .paper, rules: rules)
        for snapshot: UInt64 in 1...3 { try Self.compare(&run, snapshot, cash: "500") }
        #expect(try run.alerts(.reconciliationFailed).count == 3)
    }

    @Test func `a venue that takes long is told once until it is fast again`() throws {
        var run = try WatchedRun(
            WatchedRun.holding + [("alerts.latency_ms", "200")], rules: .newest)
        func measure(_ milliseconds: String) throws {
            run.wait(seconds: 1)
            try run.append(
                MetricReported(.latency, value: try Price(milliseconds), origin: "test"))
        }
        for value in ["200", "201", "900", "300", "199", "250"] { try measure(value) }
        let alerts = try run.alerts(.latency)
        #expect(
            alerts.map(\.value) == [Measure(raw: 201_000_000_000), Measure(raw: 250_000_000_000)])
        #expect(run.latches.isEmpty)
    }

    @Test func `an order that the venue accepts late is told`() throws {
        var desk = try RemoteDesk([("alerts.latency_ms", "2000")], rules: .newest)
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        desk.watched.wait(seconds: 4)
        try desk.say(.accepted, of: try #require(desk.open.last))
        let alert = try #require(try desk.watched.alerts(.latency).first)
        #expect(alert.value == Measure(raw: 5_000_000_000_000))
    }

    /// An order that is accepted 5 s after `event`, which came 1000 s after its decision.
    private func late(
        after events: [any Event], rules: RulesVersion = .newest
    ) throws -> [AlertRaised] {
        var desk = try RemoteDesk([("alerts.latency_ms", "2000")], rules: rules)
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        desk.watched.wait(seconds: 1000)
        for event in events { try desk.watched.append(event) }
        desk.watched.wait(seconds: 4)
        try desk.say(.accepted, of: try #require(desk.open.last))
        return try desk.watched.alerts(.latency)
    }

    @Test func `an order that could not leave is not late`() throws {
        let up = LinkChanged(.orders, isUp: true, venue: "test", reason: "")
        let down = LinkChanged(.orders, isUp: false, venue: "test", reason: "")
        let start = RunStarted(mode: "paper", name: "r")
        // It counts from when the venue was reached.
        #expect(try late(after: [up]).map(\.value) == [Measure(raw: 5_000_000_000_000)])
        #expect(try late(after: [start, up]).map(\.value) == [Measure(raw: 5_000_000_000_000)])
        // The venue may have accepted it in time, while nobody listened.
        #expect(try late(after: [down]).isEmpty)
        #expect(try late(after: [start]).isEmpty)
        #expect(try late(after: [start, down]).isEmpty)
        let rules = try #require(RulesVersion(3))
        #expect(
            try late(after: [start, up], rules: rules).map(\.value)
                == [Measure(raw: 1_005_000_000_000_000)])
    }

    @Test func `the drawdown at the beginning of a day is told once until it is over`() throws {
        var run = try WatchedRun(
            WatchedRun.holding + [
                ("alerts.drawdown_threshold", "0.02"), ("drawdown.warning_threshold", "0"),
                ("drawdown.halt_threshold", "0.5"), ("drawdown.panic_threshold", "0.6"),
            ], rules: .newest)
        for (day, price) in ["50", "50", "46", "46", "45", "51", "51", "46", "46"].enumerated() {
            run.go(to: day)
            try run.price(price)
        }
        #expect(try run.alerts(.drawdownWarning).count == 2)
        #expect(
            try run.alerts(.drawdownWarning).allSatisfy {
                $0.threshold == .share(Price(raw: 20_000_000))
            })
    }

    @Test func `old data are told once until new ones come`() throws {
        var run = try WatchedRun(
            WatchedRun.holding + [
                ("quality.enabled", "true"), ("quality.min_history_days", "0"),
                ("quality.staleness_hours", "100000"), ("quality.validator_max_age_hours", "48"),
            ], rules: .newest)
        try run.price("10")
        for day in 1...5 {
            run.go(to: day)
            try run.append(ClockTicked())
        }
        #expect(try run.alerts(.dataQuality).count == 1)
        try run.price("10")
        run.go(to: 9)
        try run.append(ClockTicked())
        #expect(try run.alerts(.dataQuality).count == 2)
        #expect(run.latches.isEmpty)
    }

    @Test func `a strategy that becomes worse is told once a step`() throws {
        var run = try WatchedRun(
            WatchedRun.holding + [
                ("health.min_trades", "0"), ("health.min_expectancy", "1"),
                ("reconciliation.enabled", "false"), ("quality.enabled", "false"),
                ("risk.enabled", "false"),
            ], kind: .paper, rules: .newest)
        try run.command("engage", "blockEntries global")
        for day in 1...5 {
            run.go(to: day)
            try run.price("10")
        }
        // No trades take 15 from 100, no expectancy 30, and nothing but refusals 20.
        let alert = try #require(try run.alerts(.strategyHealth).first)
        #expect(alert.severity == .critical && alert.value == .count(35), "\(alert)")
        #expect(try run.alerts(.strategyHealth).count == 1)
    }

    @Test func `an engine saved before a strategy did anything decides the same`() throws {
        func digest(restarts: Bool) throws -> UInt64 {
            var run = try WatchedRun(
                WatchedRun.swinging + [
                    ("health.short_window", "3"), ("reconciliation.enabled", "false"),
                    ("quality.enabled", "false"), ("risk.enabled", "false"),
                ], kind: .paper, rules: .newest)
            for (day, price) in ["10", "10", "10", "11", "11"].enumerated() {
                run.go(to: day)
                try run.bar(price)
                if restarts { try run.restart() }
            }
            #expect(try run.count(OrderFilled.self) == 1)
            return run.engine.digest
        }
        #expect(try digest(restarts: true) == digest(restarts: false))
    }

    @Test func `every kind of alert is raised somewhere`() throws {
        let folder = Checkout.root.appendingPathComponent("Sources/LedgerEngine")
        let files = try #require(FileManager.default.enumerator(atPath: folder.path))
        var text = ""
        for case let name as String in files where name.hasSuffix(".swift") {
            text += try String(
                contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        for kind in AlertKind.allCases {
            let pattern =
                #"(info|warning|critical|severity),\s*(\w+ \? (\.\w+ : )?)?\."# + kind.word + #"\b"#
            #expect(
                text.range(of: pattern, options: .regularExpression) != nil,
                "nothing raises \(kind)")
        }
    }
}
