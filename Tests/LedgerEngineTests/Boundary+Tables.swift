import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSafety

// MARK: The drawdown stop

extension Boundary {
    static let drawdown: [Boundary] = [
        Boundary("drawdown.warning_threshold", "0.05", .inclusive) {
            try !fall($0, to: "95").alerts(.drawdownWarning).isEmpty
        },
        Boundary("drawdown.halt_threshold", "0.08", .inclusive) {
            try fall($0, to: "92").phase == .halt
        },
        Boundary("drawdown.panic_threshold", "0.1", .inclusive) {
            try fall($0, to: "90").phase == .panic
        },
        Boundary("drawdown.halt_cooldown_days", "3", whole: true, .least) {
            try stopped($0, at: "92", until: 4).phase == .halt
        },
        Boundary("drawdown.panic_cooldown_days", "4", whole: true, .least) {
            try stopped($0 + [("drawdown.halt_cooldown_days", "0")], at: "90", until: 5).phase
                == .panic
        },
        Boundary("drawdown.extension_days", "2", whole: true, .least) { settings in
            // A duplicate intent in the day before the end of the cooldown fails the health checks.
            var run = try fall(settings + [("drawdown.halt_cooldown_days", "1")], to: "92")
            try run.fault(.duplicateIntent)
            run.go(to: 2, 0)
            try run.bar("92")
            run.go(to: 4, 0)
            try run.bar("92")
            return run.phase == .halt
        },
        Boundary("drawdown.rampup_days", "2", whole: true, .least) { settings in
            var run = try stopped(
                settings + [("drawdown.halt_cooldown_days", "1")], at: "92", until: 2)
            run.go(to: 4, 0)
            try run.bar("92")
            return run.phase == .rampup
        },
        Boundary("drawdown.rampup_sizing", "0.5", .exclusive) { settings in
            // Half of ten units are five; less than half of them only four.
            let second: WatchedRun.Pairs = [
                ("strategies.1.kind", "buy_and_hold"), ("strategies.1.name", "second"),
                ("strategies.1.symbols", "B"),
                ("strategies.1.quantity", "10"), ("drawdown.halt_cooldown_days", "1"),
            ]
            let run = try stopped(settings + second, at: "92", until: 2)
            try run.command("deposit", "100")
            try run.bar("1", of: 2)
            return try run.orders.last?.quantity != Quantity("5")
        },
    ]
}

// MARK: The limits

extension Boundary {
    static let risk: [Boundary] = clamps + losses + rates

    /// An entry of ten units at 50 by an account of 1,000.
    private static let clamps: [Boundary] = [
        Boundary("risk.max_portfolio_heat", "0.5", .exclusive) { try clamps($0) },
        Boundary("risk.max_order_notional", "500", .exclusive) { try clamps($0) },
        Boundary("risk.max_abs_position_qty", "10", .exclusive) { try clamps($0) },
        Boundary("risk.max_abs_position_notional", "500", .exclusive) { try clamps($0) },
        Boundary("risk.max_total_notional", "500", .exclusive) { try clamps($0) },
        Boundary("risk.max_total_exposure_pct", "0.5", .exclusive) { try clamps($0) },
        Boundary("risk.exposure_buffer_frac", "0.5", .least) {
            try clamps($0 + [("risk.max_total_notional", "1000")])
        },
        Boundary("risk.min_trade_value", "500", .least) { try clamps($0) },
        Boundary("risk.atr_sizing", "0.01", .exclusive) {
            try verdict($0).quantity < Quantity("50")
        },
        Boundary("risk.atr_position_cap", "0.05", .exclusive) {
            try verdict($0 + [("risk.atr_sizing", "0.02")]).quantity < Quantity("50")
        },
    ]

    /// Ten units that fall from 100 to 98, of an account of 1,000.
    private static let losses: [Boundary] = [
        Boundary("risk.max_daily_loss_pct", "0.02", .exclusive) {
            try fall(limited($0), to: "98").latches.contains(.dailyLoss)
        },
        Boundary("risk.max_daily_drawdown", "0.02", .exclusive) {
            try fall(limited($0), to: "98").latches.contains(.dailyDrawdown)
        },
        Boundary("risk.daily_loss_limit", "20", .inclusive) {
            try fall(limited($0), to: "98").latches.contains(.lossPause)
        },
        Boundary("risk.pause_seconds_on_violation", "300", whole: true, .least) { settings in
            var run = try fall(limited(settings, [("risk.daily_loss_limit", "20")]), to: "98")
            run.wait(seconds: 1)
            try run.bar("100")
            run.wait(seconds: 299)
            try run.bar("100")
            return run.latches.contains(.lossPause)
        },
    ]

    private static let rates: [Boundary] = [
        Boundary("risk.daily_reset_utc_hour", "3", whole: true, .least) { settings in
            // One entry a day: the first at one o'clock, the second at three.
            let second: WatchedRun.Pairs = [
                ("strategies.1.kind", "buy_and_hold"), ("strategies.1.name", "second"),
                ("strategies.1.symbols", "B"),
                ("risk.max_entries_per_day", "1"),
            ]
            var run = try WatchedRun(WatchedRun.holding + limited(settings, second))
            run.go(to: 1, 1)
            try run.bar("10")
            run.go(to: 1, 3)
            try run.bar("10", of: 2)
            return try run.orders.count == 1
        },
        Boundary("risk.max_entries_per_day", "3", whole: true, .exclusive) {
            try refuses($0, entries: 3)
        },
        Boundary("risk.max_orders_per_min", "3", whole: true, .exclusive) {
            try refuses($0, entries: 3)
        },
        Boundary("max_signals_per_sec", "3", .exclusive) { try refuses($0, entries: 3) },
        Boundary("risk.top_signals", "2", whole: true, .exclusive) { settings in
            let run = try WatchedRun(pair + limited(settings))
            try run.bar("10")
            try run.bar("10", of: 2)
            return try run.orders.count < 2
        },
    ]

    /// One strategy that buys both instruments.
    private static let pair: WatchedRun.Pairs = [
        ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A,B"),
    ]
}

// MARK: Faults

extension Boundary {
    static let faults: [Boundary] = [
        Boundary("faults.rest_limit", "3", whole: true, .inclusive) { try trips($0, .rest, 3) },
        Boundary("faults.websocket_limit", "3", whole: true, .inclusive) {
            try trips($0, .websocket, 3)
        },
        Boundary("faults.duplicate_limit", "3", whole: true, .inclusive) {
            try trips($0, .duplicateReport, 3)
        },
        Boundary("faults.stale_limit", "3", whole: true, .inclusive) {
            try trips($0, .staleData, 3)
        },
        Boundary("faults.reset_cooldown_s", "60", whole: true, .exclusive) { settings in
            var run = try WatchedRun(settings + [("faults.rest_limit", "2")])
            try run.fault(.rest)
            run.wait(seconds: 60)
            try run.fault(.rest)
            return run.engine.gate.isOpen
        },
        Boundary("faults.feed_lag_ms", "100", whole: true, .exclusive) {
            try trips($0, .feedLag, "100")
        },
        Boundary("faults.websocket_failures", "100", whole: true, .exclusive) {
            try trips($0, .websocketFailures, "100")
        },
        Boundary("faults.error_rate", "0.2", .exclusive) { try trips($0, .errorRate, "0.2") },
        Boundary("clock_sync.kill_threshold_ms", "2000", whole: true, .exclusive) {
            try trips($0, .clockSkew, "-2000")
        },
        Boundary("clock_sync.warn_threshold_ms", "500", whole: true, .exclusive) { settings in
            let run = try WatchedRun(settings)
            try run.append(MetricReported(.clockSkew, value: Price("500"), origin: "test"))
            return try !run.alerts(.clockSkew).isEmpty
        },
        Boundary("gate.max_run_failures", "3", whole: true, .inclusive) { settings in
            let run = try WatchedRun(settings)
            for _ in 0..<3 {
                try run.append(RunStarted(mode: "test", name: "run"))
                try run.append(RunFailed(reason: "test"))
            }
            try run.append(RunStarted(mode: "test", name: "run"))
            return run.latches.contains(.runFailures)
        },
        Boundary("gate.min_rejections", "3", whole: true, .inclusive) {
            try trips($0, .orderRejected, 3)
        },
        Boundary("gate.max_rejection_rate", "0.5", .exclusive) { settings in
            // Two orders, of which the venue refuses one.
            let run = try WatchedRun(pair + settings + [("gate.min_rejections", "1")])
            try run.bar("10")
            try run.bar("10", of: 2)
            try run.fault(.orderRejected)
            return run.latches.contains(.orderRejections)
        },
    ]
}

// MARK: Data, filters, reconciliation

extension Boundary {
    static let data: [Boundary] = [
        Boundary("reconciliation.tolerance", "0.01", .exclusive) { settings in
            let run = try WatchedRun(settings, cash: "990", kind: .paper)
            try run.append(
                VenueSnapshotBegan(
                    kind: .reconciliation, snapshot: 7, cash: Money("1000"), origin: "test"))
            try run.append(VenueSnapshotEnded(snapshot: 7, positions: 0, orders: 0))
            return run.latches.contains(.reconciliation)
        },
        Boundary("quality.staleness_hours", "24", whole: true, .exclusive) { settings in
            var run = try WatchedRun(watched(settings))
            try run.bar("10")
            run.wait(seconds: 24 * 3600)
            try run.bar("10", of: 2)
            return run.latches.contains(.dataQuality)
        },
        Boundary("quality.validator_max_age_hours", "24", whole: true, .exclusive) { settings in
            var run = try WatchedRun(
                watched(settings + [("quality.staleness_hours", "100000")]), rules: .newest)
            try run.bar("10")
            run.wait(seconds: 24 * 3600)
            try run.bar("10", of: 2)
            return try !run.alerts(.dataQuality).isEmpty
        },
        Boundary("quality.min_history_days", "3", whole: true, .least) { settings in
            var run = try WatchedRun(
                WatchedRun.swinging + settings + [("quality.enabled", "true")])
            for (day, price) in ["10", "10", "11"].enumerated() {
                run.go(to: day)
                try run.bar(price)
            }
            return try run.orders.isEmpty
        },
        Boundary("quality.feed_timeout_s", "7200", whole: true, .exclusive) { settings in
            var run = try WatchedRun(watched(settings))
            try run.bar("10")
            run.wait(seconds: 7200)
            try run.bar("10")
            return run.latches.contains(.feed)
        },
        Boundary("quality.feed_stable", "3", whole: true, .least) { settings in
            var run = try WatchedRun(watched(settings) + [("quality.feed_timeout_s", "3600")])
            try run.bar("10")
            run.wait(seconds: 3601)
            for _ in 0...3 {
                try run.bar("10")
                run.wait(seconds: 60)
            }
            return run.latches.contains(.feed)
        },
        Boundary("filters.low_volatility", "15", .least) {
            // A calm market allows 40 % of the equity, any other 30.
            try sends("35", volatility: "15", $0)
        },
        Boundary("filters.high_volatility", "25", .exclusive) {
            // A restless one allows 20 %.
            try !sends("25", volatility: "25", $0)
        },
        Boundary("health.max_rejection_rate", "0.5", .exclusive) { settings in
            // Of two signals of a day one is refused.
            var run = try WatchedRun(pair + limited(settings, [("risk.top_signals", "1")]))
            try run.bar("10")
            try run.bar("10", of: 2)
            run.go(to: 1)
            try run.bar("10")
            return try !run.alerts(.rejectionRate).isEmpty
        },
        Boundary("health.no_trade_days", "4", whole: true, .exclusive) { settings in
            var run = try WatchedRun(WatchedRun.swinging + settings)
            try run.bar("10")
            run.go(to: 4, 1)
            try run.bar("10")
            return try !run.alerts(.noTrades).isEmpty
        },
    ]

    /// Holds A under rules for data that let everything through but what is measured.
    private static func watched(_ settings: WatchedRun.Pairs) -> WatchedRun.Pairs {
        WatchedRun.holding + settings + [("quality.enabled", "true")]
            + [("quality.min_history_days", "0")]
    }

    /// Whether ten units of A are bought on the day after the market's volatility was this.
    private static func sends(
        _ price: String, volatility: String, _ settings: WatchedRun.Pairs
    ) throws -> Bool {
        let filters: WatchedRun.Pairs = [
            ("filters.regime", "true"), ("filters.volatility_symbol", "B"),
            ("risk.max_portfolio_heat", "1"),
        ]
        var run = try WatchedRun(WatchedRun.holding + limited(settings, filters))
        try run.bar(volatility, of: 2)
        run.go(to: 1)
        try run.bar(price)
        return try run.orders.count == 1
    }
}
