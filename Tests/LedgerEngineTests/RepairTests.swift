import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

@Suite struct RepairTests {
    @Test func `F1 restart at the peak`() throws {
        var run = try DrawdownRunTests.holding()
        try run.prices("94", "100")
        try run.restart()
        try run.prices("100", "94")
        #expect(try run.alerts(.drawdownWarning).count == 1)
    }

    @Test func `F2 layers turned off`() throws {
        var run = try WatchedRun(WatchedRun.holding + [("risk.enabled", "true"), ("quality.enabled", "true"), ("quality.min_history_days", "0"), ("risk.max_order_notional", "0"), ("risk.max_portfolio_heat", "0"), ("risk.max_abs_position_notional", "0"), ("risk.daily_loss_limit", "20")])
        try run.prices("100", "100", "97", "30")
        #expect(run.latches == [.dailyLoss, .lossPause, .dataQuality])
        try run.configure(WatchedRun.holding + [("account.calendar", "crypto")])
        #expect(run.latches == [])
        run.go(to: 3)
        try run.prices("97", "97", "97")
        #expect(run.latches == [])
    }

    @Test func `F3 calendar`() throws {
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

    @Test func `F4 all is withdrawn`() throws {
        var run = try WatchedRun(WatchedRun.swinging)
        try run.prices("50", "51", "51", "48", "48")
        #expect(run.position.raw == 0)
        #expect(run.phase == .normal)
        try run.command("withdrawal", "\(run.equity)")
        #expect(run.phase == .normal)
        #expect(run.peak == .zero)
    }

    @Test func `F8 clock`() throws {
        var run = try DrawdownRunTests.holding()
        for skew in ["600", "700", "-600", "100", "600"] {
            run.wait(seconds: 300)
            try run.take(MetricReported(.clockSkew, value: try Price(skew), origin: "t"))
        }
        #expect(try run.alerts(.clockSkew).count == 2)
    }

    @Test func `F9 flatten twice and over a run's end`() throws {
        var run = try DrawdownRunTests.holding()
        try run.price("90")
        #expect(run.phase == .panic)
        try run.command("flatten", "global")
        #expect(try run.orders.count == 2)
        try run.take(RunEnded(inputs: 0, reason: "end"))
        try run.take(RunStarted(mode: "test", name: "r"))
        #expect(try run.orders.count == 3)
        try run.price("90")
        #expect(run.position.raw == 0)
    }

    @Test func `F7 gap`() throws {
        var run = try WatchedRun(WatchedRun.holding + [("quality.enabled", "true"), ("quality.min_history_days", "2")])
        for day in [1, 2, 5, 6] {
            run.go(to: day)
            try run.price("100")
        }
        let gaps = try run.run.events(GapDetected.self)
        #expect(gaps.map(\.sessions) == [2])
        #expect(gaps.first?.to == Timestamp(nanoseconds: WatchedRun.second(5, 13) * 1_000_000_000))
    }
}
