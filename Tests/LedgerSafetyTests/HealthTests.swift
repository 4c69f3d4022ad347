import LedgerDomain
import LedgerSafety
import Testing

@Suite struct HealthTests {
    private func report(
        trades: (short: UInt32, long: UInt32) = (1, 5),
        profit: (short: Int128, long: Int128) = (0, 0),
        rejected: (short: UInt32, long: UInt32) = (0, 0), drawdown: Double = 0
    ) -> HealthReport {
        var (short, long) = (HealthWindow(), HealthWindow())
        (short.trades, long.trades) = (trades.short, trades.long)
        (short.profit, long.profit) = (Money(raw: profit.short), Money(raw: profit.long))
        (short.signals, long.signals) = (1000, 1000)
        (short.rejections, long.rejections) = (rejected.short, rejected.long)
        return HealthReport(
            strategy: StrategyID(1), short: short, long: long, drawdown: drawdown,
            rules: HealthRules())
    }

    @Test func `each weakness takes off what it must, the longer window first`() {
        #expect(report().score == 100)
        #expect(report(trades: (0, 4)).score == 70)
        #expect(report(trades: (0, 5)).score == 85)
        #expect(report(profit: (0, -5)).score == 70)
        #expect(report(profit: (-5, 0)).score == 85)
        #expect(report(rejected: (0, 800)).score == 100)
        #expect(report(rejected: (0, 801)).score == 80)
        #expect(report(rejected: (801, 0)).score == 90)
        #expect(report(drawdown: 0.10).score == 100)
        #expect(report(drawdown: 0.1001).score == 90)
        #expect(report(drawdown: 0.15).score == 90)
        #expect(report(drawdown: 0.1501).score == 80)
        #expect(
            report(trades: (0, 0), profit: (-1, -1), rejected: (900, 900), drawdown: 1).score == 30)
    }

    /// One trade under `health.min_trades` takes off, and so does 10^-9 under `health.min_expectancy`.
    @Test func `the smallest number and the smallest expectancy are enough`() {
        #expect(report(trades: (0, 5)).score - report(trades: (0, 4)).score == 15)
        #expect(report(profit: (0, 0)).score == 100)
        #expect(report(profit: (0, -5)).score == 70, "an expectancy of −10^-9")
    }

    @Test(arguments: [
        (100, HealthStatus.healthy), (80, .healthy), (79, .warning), (60, .warning),
        (59, .degraded), (40, .degraded), (39, .critical), (0, .critical),
    ])
    func `a score has a status`(_ score: Int, _ status: HealthStatus) {
        #expect(HealthStatus(score: score) == status)
    }

    @Test func `no signals are no rejections`() {
        let window = HealthWindow()
        #expect(window.rejectionRate == 0 && window.expectancy == .zero && window.fillRate == 0)
        #expect(!window.rejects(moreThan: .zero))
    }
}
