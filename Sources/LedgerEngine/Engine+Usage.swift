import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSafety

/// How much of a limit is used; both in the limit's unit.
public struct LimitUsage: Hashable, Sendable {
    public var setting: String
    /// 0 where there is no limit.
    public var limit: Money
    public var used: Money
    public var isEnforced: Bool
}

extension Engine {
    /// Every limit with what is used of it now, in the order of the settings.
    public var limitUsage: [LimitUsage] {
        drawdownUsage + riskUsage + faultUsage
    }

    private static func whole(_ count: some BinaryInteger) -> Money {
        Money(raw: Int128(count) * Int128(FixedPoint.one))
    }

    private static func share(_ value: Price) -> Money { Money(raw: Int128(value.raw)) }

    private var drawdownUsage: [LimitUsage] {
        let fall = books.equity[account].map { Self.share(Self.fall($0)) } ?? .zero
        let stop = rules.drawdown
        return [
            ("warning_threshold", stop.warning), ("halt_threshold", stop.halt),
            ("panic_threshold", stop.panic),
        ].map {
            LimitUsage(
                setting: "drawdown.\($0.0)", limit: Self.share($0.1), used: fall,
                isEnforced: stop.isEnabled)
        }
    }

    private var riskUsage: [LimitUsage] {
        let risk = rules.risk
        let one = Int128(FixedPoint.one)
        let worth = books.equity[account]
        let exposure = books.equity.exposure(account)
        let equity = worth?.equity ?? .zero
        let heat =
            equity.raw > 0 ? FixedPoint.scaledUp(exposure.raw, by: one, over: equity.raw) : nil
        let basis = worth.map { vigil.dayStart.basis($0) } ?? 0
        let lost = max(0, basis - (worth?.equityValue ?? 0))
        let share = basis > 0 ? FixedPoint.scaledUp(lost, by: one, over: basis) ?? 0 : 0
        let pause = worth.map { max(0, vigil.resetStart.basis($0) - $0.equityValue) } ?? 0
        let sent = vigil.orders.count(at: lastTime, span: .minute)
        let rows: [(String, Money, Money)] = [
            ("max_portfolio_heat", Self.share(risk.portfolioHeat), Money(raw: heat ?? 0)),
            ("max_daily_loss_pct", Self.share(risk.dailyLoss), Money(raw: share)),
            ("max_daily_drawdown", Self.share(risk.dailyDrawdown), Money(raw: share)),
            ("daily_loss_limit", risk.dailyLossLimit, AccountEquity.amount(pause)),
            ("max_total_notional", risk.totalNotional, exposure),
            ("max_total_exposure_pct", Self.share(risk.totalExposure), Money(raw: heat ?? 0)),
            ("max_entries_per_day", Self.whole(risk.entriesPerDay), Self.whole(vigil.entries)),
            ("max_orders_per_min", Self.whole(risk.ordersPerMinute), Self.whole(sent)),
        ]
        return rows.map {
            LimitUsage(
                setting: "risk.\($0.0)", limit: $0.1, used: $0.2, isEnforced: risk.isEnabled)
        }
    }

    private var faultUsage: [LimitUsage] {
        let faults = rules.faults
        let counters = vigil.counters
        let rows: [(String, Money, Money)] = [
            (
                "gate.max_run_failures", Self.whole(faults.runFailures),
                Self.whole(counters.runFailures)
            ),
            (
                "gate.min_rejections", Self.whole(faults.rejections),
                Self.whole(counters.rejections)
            ),
            ("faults.rest_limit", Self.whole(faults.rest), Self.whole(counters.count(.rest))),
            (
                "faults.websocket_limit", Self.whole(faults.websocket),
                Self.whole(counters.count(.websocket))
            ),
            (
                "faults.duplicate_limit", Self.whole(faults.duplicate),
                Self.whole(counters.count(.duplicateReport))
            ),
            (
                "faults.stale_limit", Self.whole(faults.stale),
                Self.whole(counters.count(.staleData))
            ),
        ]
        return rows.map {
            LimitUsage(setting: $0.0, limit: $0.1, used: $0.2, isEnforced: $0.1.raw > 0)
        }
    }
}
