import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// Faults that were found by trying, each as it must be.
@Suite struct RepairTests {
    @Test func `a restart at the peak warns of the next fall once`() throws {
        var run = try DrawdownRunTests.holding()
        try run.prices("94", "100")
        try run.restart()
        try run.prices("100", "94")
        #expect(try run.alerts(.drawdownWarning).count == 1)
    }

    @Test func `what the settings turn off lets go of its latches`() throws {
        var run = try WatchedRun(
            WatchedRun.holding + [
                ("risk.enabled", "true"), ("quality.enabled", "true"),
                ("quality.min_history_days", "0"), ("risk.max_order_notional", "0"),
                ("risk.max_portfolio_heat", "0"), ("risk.max_abs_position_notional", "0"),
                ("risk.daily_loss_limit", "20"),
            ])
        try run.prices("100", "100", "97", "30")
        #expect(run.latches == [.dailyLoss, .lossPause, .dataQuality])
        try run.configure(WatchedRun.holding + [("account.calendar", "crypto")])
        #expect(run.latches == [])
        run.go(to: 3)
        try run.prices("97", "97", "97")
        #expect(run.latches == [])
    }

    @Test func `a halt beyond the calendar ends once a calendar knows the end`() throws {
        var run = try DrawdownRunTests.holding(calendar: "nyse")
        run.go(to: 366 + 365 * 4 - 4)
        try run.price("92")
        #expect(run.phase == .halt)
        try run.configure(WatchedRun.holding + [("account.calendar", "crypto")])
        try run.price("92")
        run.go(to: 366 + 365 * 4 + 60)
        try run.prices("92", "92")
        #expect(run.phase == .rampup)
        #expect(run.latches == [])
    }

    @Test func `taking all money out is no fall`() throws {
        var run = try WatchedRun(WatchedRun.swinging)
        try run.prices("50", "51", "51", "48", "48")
        #expect(run.position.raw == 0)
        #expect(run.phase == .normal)
        try run.command("withdrawal", "\(run.equity)")
        #expect(run.phase == .normal)
        #expect(run.peak == .zero)
    }

    @Test func `clocks that are apart are told of once, until they agree again`() throws {
        var run = try DrawdownRunTests.holding()
        for skew in ["600", "700", "-600", "100", "600"] {
            run.wait(seconds: 300)
            try run.append(MetricReported(.clockSkew, value: try Price(skew), origin: "t"))
        }
        #expect(try run.alerts(.clockSkew).count == 2)
    }

    @Test func `what a panic sells is sold once, over the end of a run`() throws {
        var run = try DrawdownRunTests.holding()
        try run.price("90")
        #expect(run.phase == .panic)
        try run.command("flatten", "global")
        #expect(try run.orders.count == 2)
        try run.append(RunEnded(inputs: 0, reason: "end"))
        try run.append(RunStarted(mode: "test", name: "r"))
        #expect(try run.orders.count == 3)
        try run.price("90")
        #expect(run.position.raw == 0)
    }

    @Test func `a gap names the days that are missing`() throws {
        var run = try WatchedRun(
            WatchedRun.holding + [("quality.enabled", "true"), ("quality.min_history_days", "2")])
        for day in [1, 2, 5, 6] {
            run.go(to: day)
            try run.price("100")
        }
        let gaps = try run.run.events(GapDetected.self)
        #expect(gaps.map(\.sessions) == [2])
        #expect(gaps.first?.to == Timestamp(nanoseconds: WatchedRun.second(5, 13) * 1_000_000_000))
    }
}
