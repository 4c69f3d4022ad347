import LedgerDomain
import LedgerEvents
import LedgerSafety

/// The weekly summary of the strategies' health (F06).
enum HealthArtifact {
    static func file(_ health: StrategyHealth, _ names: NameBook, day: Int64) -> Artifacts.File {
        var object = JSONObject()
        let date = CivilDate(daysSinceEpoch: day)
        object.add("asof_date", "\(date)")
        object.add("calendar", "\(health.accountCalendar)")
        var scores: [Int] = []
        let rows = names.strategies.map { strategy -> String in
            let report = health.report(strategy.strategy, on: day)
            scores.append(report.score)
            var row = JSONObject()
            row.add("strategy", strategy.name)
            row.add("score", report.score)
            row.add("status", report.status.rawValue)
            row.add("trades_short", report.short.trades)
            row.add("trades_long", report.long.trades)
            row.add("expectancy_short", "\(report.short.expectancy)")
            row.add("expectancy_long", "\(report.long.expectancy)")
            row.add(
                "rejection_rate_long",
                raw: FunnelArtifacts.rate(
                    UInt64(report.long.rejections), of: UInt64(report.long.signals)))
            row.add(
                "max_drawdown",
                raw: "\(Price(rounding: (report.drawdown * 1e6).rounded() / 1e6) ?? .zero)")
            return row.line
        }
        let mean = scores.isEmpty ? 0 : scores.reduce(0, +) / scores.count
        object.add("portfolio_score", mean)
        object.add("portfolio_status", HealthStatus(score: mean).rawValue)
        object.add(
            "strategies",
            raw: rows.isEmpty ? "[]" : "[\n    " + rows.joined(separator: ",\n    ") + "\n  ]")
        return Artifacts.File(
            path: "artifacts/health/strategy_health_summary_\(date).json",
            bytes: Array((object.text + "\n").utf8))
    }
}
