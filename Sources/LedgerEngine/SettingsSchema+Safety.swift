import LedgerSettings

/// The settings of the safety layer. Each has the key of this program and, where the runbooks name one,
/// the variable by which operators know it.
extension SettingsSchema {
    private static let share = Setting.Kind.decimal(from: "0", through: "1")
    private static let amount = Setting.Kind.decimal(from: "0", through: trillion)
    private static let days = Setting.Kind.integer(0...10_000)
    private static let automatic = Setting.Kind.choice(["auto", "true", "false"])

    static let safety: [Setting] =
        gate + drawdown + risk + reconciliation + quality + filters + health + faults

    private static let gate: [Setting] = [
        Setting(
            "account.calendar", .choice(["auto", "nyse", "crypto"]), "auto",
            "trading days: nyse sessions, crypto UTC days; auto is nyse once an equity is defined"),
        Setting(
            "gate.mode", .choice(["auto", "manual", "paper", "halt"]), "auto",
            "mode of a new journal; later it is what `ledger mode` says"),
        Setting(
            "gate.trading_disabled", .flag, "false", "blocks every entry; exits and stops go on",
            variables: ["TRADING_DISABLED"]),
        Setting(
            "gate.strategy_disabled_list", .text, "",
            "strategies without entries, separated by commas, in any case",
            variables: ["STRATEGY_DISABLED_LIST"]),
        Setting(
            "gate.flag_path", .text, "state/kill_switch.flag",
            "file whose existence blocks every entry"),
        Setting(
            "gate.max_run_failures", .integer(0...1000), "3",
            "failed runs in a row that block entries; 0 for no limit"),
        Setting(
            "gate.min_rejections", .integer(0...1_000_000), "5",
            "orders that the venue must refuse in a run before their share counts; 0 for no limit"),
        Setting(
            "gate.max_rejection_rate", share, "0.5",
            "share of a run's orders above which refusals block entries"),
    ]

    private static let drawdown: [Setting] = [
        Setting("drawdown.enabled", .flag, "true", "the drawdown stop; cannot be off in live"),
        Setting(
            "drawdown.warning_threshold", share, "0.05",
            "share below the peak that raises a warning; 0 for none"),
        Setting(
            "drawdown.halt_threshold", .decimal(from: "0.000000001", through: "0.999999999"),
            "0.08",
            "share below the peak, reached or passed, that blocks entries",
            variables: ["DRAWDOWN_HALT_THRESHOLD"]),
        Setting(
            "drawdown.panic_threshold", .decimal(from: "0.000000001", through: "0.999999999"),
            "0.10", "share below the peak, reached or passed, that also flattens",
            variables: ["DRAWDOWN_PANIC_THRESHOLD"]),
        Setting(
            "drawdown.halt_cooldown_days", days, "10", "trading days",
            variables: ["HALT_COOLDOWN_DAYS"]
        ),
        Setting(
            "drawdown.panic_cooldown_days", days, "20", "trading days",
            variables: ["PANIC_COOLDOWN_DAYS"]),
        Setting(
            "drawdown.extension_days", .integer(1...10_000), "5",
            "trading days more after health checks that fail"),
        Setting(
            "drawdown.rampup_sizing", .decimal(from: "0.000000001", through: "1"), "0.50",
            "multiplier of entries while ramping up", variables: ["RAMPUP_SIZING_PCT"]),
        Setting(
            "drawdown.rampup_days", days, "5", "trading days of ramp-up",
            variables: ["RAMPUP_DAYS"]),
        Setting(
            "drawdown.flatten_on_panic", .flag, "true", "whether a panic sells what is held, once",
            variables: ["FLATTEN_ON_PANIC"]),
    ]

    private static let risk: [Setting] = [
        Setting(
            "risk.enabled", automatic, "auto",
            "the limits below; auto is true for paper and live accounts, false for simulated ones"),
        Setting(
            "risk.max_portfolio_heat", .decimal(from: "0", through: "1000"), "0.30",
            "exposure after an entry as a share of equity; 0 for no limit",
            variables: ["MAX_PORTFOLIO_HEAT"]),
        Setting(
            "risk.max_daily_loss_pct", share, "0.02",
            "share of the day's first equity; more lost blocks entries for the day; 0 for no limit",
            variables: ["MAX_DAILY_LOSS_PCT"]),
        Setting(
            "risk.max_daily_drawdown", share, "0.05",
            "share of the day's first equity; more lost blocks entries until an operator clears it; "
                + "0 for no limit"),
        Setting(
            "risk.daily_loss_limit", amount, "100",
            "currency; as much lost on a day pauses entries; 0 for no limit"),
        Setting(
            "risk.pause_seconds_on_violation", .integer(0...86_400), "300",
            "seconds that such a pause lasts"),
        Setting(
            "risk.daily_reset_utc_hour", .integer(0...23), "0",
            "UTC hour at which the day of daily_loss_limit and max_entries_per_day begins"),
        Setting(
            "risk.max_correlation", share, "0.7",
            "correlation with something held above which an entry is refused; from 0.5 on it is made "
                + "smaller; 1 for no limit", variables: ["MAX_CORRELATION"]),
        Setting(
            "risk.correlation_days", .integer(20...1000), "60",
            "daily returns in a correlation; below 20 there is none"),
        Setting(
            "risk.max_order_notional", amount, "500",
            "currency an entry; made smaller to fit; 0 for no limit"),
        Setting(
            "risk.max_abs_position_qty", amount, "0",
            "units of a position; made smaller to fit; 0 for no limit"),
        Setting(
            "risk.max_abs_position_notional", amount, "1000",
            "currency of a position; made smaller to fit; 0 for no limit"),
        Setting(
            "risk.max_total_notional", amount, "0",
            "currency of all positions; made smaller to fit; 0 for no limit"),
        Setting(
            "risk.max_total_exposure_pct", .decimal(from: "0", through: "1000"), "0",
            "share of equity in all positions; made smaller to fit; 0 for no limit"),
        Setting(
            "risk.exposure_buffer_frac", share, "0",
            "share of the two limits above that is kept free"),
        Setting(
            "risk.max_entries_per_day", .integer(0...1_000_000), "0", "entries; 0 for no limit"),
        Setting(
            "risk.max_orders_per_min", .integer(0...1_000_000), "10",
            "orders of entries in a sliding minute; 0 for no limit"),
        Setting(
            "max_signals_per_sec", .decimal(from: "0", through: "1000000"), "5",
            "entry signals a second on average, with bursts of as many; 0 for no limit"),
        Setting(
            "risk.top_signals", .integer(0...1_000_000), "0",
            "entry signals of a strategy that count in a trading day; 0 for no limit"),
        Setting(
            "risk.min_trade_value", amount, "0", "currency; smaller entries are refused"),
        Setting(
            "risk.atr_sizing", share, "0",
            "share of equity that one average true range may move; caps entries; 0 for none"),
        Setting(
            "risk.atr_days", .integer(1...1000), "14", "days in the average true range"),
        Setting(
            "risk.atr_position_cap", share, "0.10",
            "share of equity in one position sized by average true range"),
        Setting(
            "risk.catastrophe_stop_atr", .decimal(from: "0", through: "1000"), "0",
            "average true ranges from the fill at which an entry without a stop gets one; 0 for none"
        ),
    ]

    private static let reconciliation: [Setting] = [
        Setting(
            "reconciliation.enabled", .flag, "true",
            "whether entries of paper and live accounts wait for a reconciliation that passed; "
                + "cannot be off in live", variables: ["ENABLE_BROKER_RECONCILIATION"]),
        Setting(
            "reconciliation.tolerance", share, "0.01",
            "share by which cash and average price may differ",
            variables: ["RECONCILIATION_TOLERANCE_PCT"]),
        Setting(
            "reconciliation.dust", .decimal(from: "0", through: "1"), "0.000001",
            "units by which the quantity of a crypto position may differ; equities must be exact"),
    ]

    private static let quality: [Setting] = [
        Setting(
            "quality.enabled", automatic, "auto",
            "whether bad data block a symbol's entries; auto is true for paper and live accounts"),
        Setting(
            "quality.staleness_hours", .integer(1...100_000), "72",
            "age of the last data, closed days not counted", variables: ["DATA_STALENESS_HOURS"]),
        Setting(
            "quality.max_nan_pct", share, "0.10", "share of an indicator that may be missing",
            variables: ["MAX_NAN_PCT"]),
        Setting(
            "quality.min_history_days", days, "250",
            "days with data before a symbol may be entered",
            variables: ["MIN_HISTORY_DAYS"]),
        Setting(
            "quality.max_return", .decimal(from: "0.000001", through: "1000"), "0.50",
            "share by which a day's close may differ from the one before"),
        Setting(
            "quality.feed_timeout_s", .integer(0...31_622_400), "0",
            "seconds without data, in open hours, that pause a symbol; 0 for no limit"),
        Setting(
            "quality.feed_stable", .integer(1...10_000), "3",
            "data in a row, none later than the time-out, that resume it"),
    ]

    private static let filters: [Setting] = [
        Setting(
            "filters.regime", .flag, "false",
            "whether high volatility stops breakout strategies and a choppy market trend followers"),
        Setting(
            "filters.volatility_symbol", .text, "",
            "instrument whose price is the market's volatility, such as VIX; else it is computed"),
        Setting(
            "filters.low_volatility", .decimal(from: "0", through: "1000"), "15", "per cent a year"),
        Setting(
            "filters.high_volatility", .decimal(from: "0", through: "1000"), "25", "per cent a year"
        ),
        Setting(
            "filters.max_volatility", .decimal(from: "0", through: "100000"), "0",
            "an instrument's own volatility, per cent a year, above which it is not entered; 0 for none"
        ),
        Setting(
            "strategies.*.style", .choice(["none", "trend", "breakout"]), "none",
            "what the regime filter takes it for"),
    ]

    private static let health: [Setting] = [
        Setting(
            "health.short_window", .integer(1...365), "7", "days",
            variables: ["HEALTH_SHORT_WINDOW"]),
        Setting(
            "health.long_window", .integer(1...365), "30", "days", variables: ["HEALTH_LONG_WINDOW"]
        ),
        Setting(
            "health.min_trades", .integer(0...1_000_000), "5", "trades in the long window",
            variables: ["MIN_TRADES_FOR_HEALTH"]),
        Setting(
            "health.max_rejection_rate", share, "0.80", "share of signals",
            variables: ["MAX_REJECTION_RATE"]),
        Setting(
            "health.min_expectancy", .decimal(from: "-1000000", through: "1000000"), "0",
            "currency a trade", variables: ["MIN_EXPECTANCY"]),
        Setting(
            "health.no_trade_days", .integer(0...3650), "7",
            "days without a trade after which an alert is raised; 0 for none"),
    ]

    private static let faults: [Setting] = [
        Setting(
            "faults.rest_limit", .integer(0...1_000_000), "10", "faults in a row; 0 for no limit"),
        Setting(
            "faults.websocket_limit", .integer(0...1_000_000), "10",
            "faults in a row; 0 for no limit"),
        Setting(
            "faults.duplicate_limit", .integer(0...1_000_000), "10",
            "repeated reports in a row; 0 for no limit"),
        Setting(
            "faults.stale_limit", .integer(0...1_000_000), "10",
            "stale data in a row; 0 for no limit"),
        Setting(
            "faults.reset_cooldown_s", .integer(0...86_400), "60",
            "seconds without a fault after which its counter starts anew"),
        Setting(
            "faults.feed_lag_ms", .integer(0...86_400_000), "60000",
            "milliseconds; more blocks entries; 0 for no limit"),
        Setting(
            "faults.websocket_failures", .integer(0...1_000_000), "100",
            "more block entries; 0 for no limit"),
        Setting("faults.error_rate", share, "0.2", "more blocks entries; 0 for no limit"),
        Setting(
            "clock_sync.refresh_sec", .integer(1...86_400), "300", "seconds between two comparisons"
        ),
        Setting(
            "clock_sync.warn_threshold_ms", .integer(0...86_400_000), "500",
            "milliseconds between the venue's clock and ours that raise an alert"),
        Setting(
            "clock_sync.kill_threshold_ms", .integer(0...86_400_000), "2000",
            "milliseconds between the venue's clock and ours that block entries"),
    ]
}
