import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// How much of a limit is used; both in the limit's unit.
public struct LimitUsage: Hashable, Sendable {
    public var setting: String
    /// 0 where there is no limit.
    public var limit: Measure
    /// Nil where the account's equity is unknown.
    public var used: Measure?
    public var isEnforced: Bool
}

extension AccountEngine {
    /// Every limit with its present usage, in the order of the settings.
    public var limitUsage: [LimitUsage] {
        drawdownUsage + riskUsage + faultUsage
    }

    private var drawdownUsage: [LimitUsage] {
        let worth = profit.equity[account]
        let fall = isEquityKnown ? worth.map { Measure.share(Self.fall($0)) } ?? .zero : nil
        let limits = safeguards.rules.drawdown
        return [
            ("warning_threshold", limits.warning), ("halt_threshold", limits.halt),
            ("panic_threshold", limits.panic),
        ].map {
            LimitUsage(
                setting: "drawdown.\($0.0)", limit: .share($0.1), used: fall,
                isEnforced: limits.isEnabled)
        }
    }

    private var riskUsage: [LimitUsage] {
        let risk = safeguards.rules.risk
        let worth = profit.equity[account]
        let exposure = profit.equity.exposure(account)
        let equity = worth?.equity ?? .zero
        let heat = Measure.share(exposure.raw, of: equity.raw, .up) ?? .zero
        let basis = worth.map { safeguards.monitors.days.start.basis($0) } ?? 0
        let lost = max(0, basis - (worth?.equityValue ?? 0))
        let share = Measure.share(lost, of: basis, .up) ?? .zero
        let pause =
            worth.map { max(0, safeguards.monitors.days.resetStart.basis($0) - $0.equityValue) }
            ?? 0
        let sent = safeguards.monitors.entries.lastMinute(accounts.lastTime)
        func known(_ value: Measure) -> Measure? { isEquityKnown ? value : nil }
        let rows: [(String, Measure, Measure?)] = [
            ("max_portfolio_heat", .share(risk.portfolioHeat), known(heat)),
            ("max_daily_loss_pct", .share(risk.dailyLoss), known(share)),
            ("max_daily_drawdown", .share(risk.dailyDrawdown), known(share)),
            (
                "daily_loss_limit", .money(risk.dailyLossLimit),
                known(.money(AccountEquity.amount(pause)))
            ),
            ("max_total_notional", .money(risk.totalNotional), known(.money(exposure))),
            ("max_total_exposure_pct", .share(risk.totalExposure), known(heat)),
            (
                "max_entries_per_day", .count(risk.entriesPerDay),
                .count(safeguards.monitors.entries.today)
            ),
            ("max_orders_per_min", .count(risk.ordersPerMinute), .count(sent)),
        ]
        return rows.map {
            LimitUsage(
                setting: "risk.\($0.0)", limit: $0.1, used: $0.2, isEnforced: risk.isEnabled)
        }
    }

    private var faultUsage: [LimitUsage] {
        let faults = safeguards.rules.faults
        let counters = safeguards.monitors.counters
        let rows: [(String, Measure, Measure)] = [
            (
                "gate.max_run_failures", .count(faults.runFailures),
                .count(counters.runFailures)
            ),
            (
                "gate.min_rejections", .count(faults.rejections),
                .count(counters.rejections)
            ),
            ("faults.rest_limit", .count(faults.rest), .count(counters.count(.rest))),
            (
                "faults.websocket_limit", .count(faults.websocket),
                .count(counters.count(.websocket))
            ),
            (
                "faults.duplicate_limit", .count(faults.duplicate),
                .count(counters.count(.duplicateReport))
            ),
            (
                "faults.stale_limit", .count(faults.stale),
                .count(counters.count(.staleData))
            ),
        ]
        return rows.map {
            LimitUsage(setting: $0.0, limit: $0.1, used: $0.2, isEnforced: $0.1.raw > 0)
        }
    }
}
