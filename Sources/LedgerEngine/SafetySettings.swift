import LedgerDomain
import LedgerEvents
import LedgerSafety
import LedgerSettings

extension SafetyRules {
    /// - Parameter account: decides what `auto` means: limits are off for simulated accounts alone.
    init(_ settings: Settings, account: AccountKind) throws(SettingsError) {
        self.init()
        switch settings.text("account.calendar", "auto") {
        case "nyse": calendar = .nyse
        case "crypto": calendar = .crypto
        default: calendar = nil
        }
        mode = try settings.choice("gate.mode", TradingMode.auto)
        isTradingDisabled = try settings.flag("gate.trading_disabled", false)
        disabledStrategies = settings.text("gate.strategy_disabled_list", "").split(separator: ",")
            .map { $0.trimmed.lowercased() }.filter { !$0.isEmpty }.sorted()
        flagPath = settings.text("gate.flag_path", "state/kill_switch.flag")
        drawdown = try DrawdownRules(settings)
        risk = try RiskRules(settings, account: account)
        data = try DataRules(settings, account: account)
        faults = try FaultRules(settings)
        filters = try EntryFilters(settings, risk)
        quietDays = try settings.integer("health.no_trade_days", 7, in: 0...3650)
        rejectionRate = try settings.share("health.max_rejection_rate", rejectionRate)
        reconciliation.isEnabled = try settings.flag("reconciliation.enabled", true)
        reconciliation.tolerance = try settings.share(
            "reconciliation.tolerance", reconciliation.tolerance)
        reconciliation.dust = Quantity(
            raw: try settings.money("reconciliation.dust", Money(raw: 1000)).raw)
    }
}

extension Settings {
    fileprivate func share(_ key: String, _ fallback: Price) throws(SettingsError) -> Price {
        try value(key, fallback) { (text) throws(NumberError) in try Price(text) }
    }

    fileprivate func money(_ key: String, _ fallback: Money) throws(SettingsError) -> Money {
        try value(key, fallback) { (text) throws(NumberError) in try Money(text) }
    }

    fileprivate func count(
        _ key: String, _ fallback: Int, most: Int64 = 1_000_000_000
    ) throws(SettingsError) -> Int {
        Int(try integer(key, Int64(fallback), in: 0...most))
    }

    /// `auto` is off for simulated accounts, and never in live (X04).
    fileprivate func automatic(
        _ key: String, account: AccountKind
    ) throws(SettingsError) -> Bool {
        let text = text(key, "auto")
        let mustBeOn = account != .simulated || self["mode"] == "live"
        return text == "auto" ? mustBeOn : try flag(key, false)
    }
}

extension DrawdownRules {
    fileprivate init(_ settings: Settings) throws(SettingsError) {
        self.init()
        isEnabled = try settings.flag("drawdown.enabled", true)
        warning = try settings.share("drawdown.warning_threshold", warning)
        halt = try settings.share("drawdown.halt_threshold", halt)
        panic = try settings.share("drawdown.panic_threshold", panic)
        haltDays = try settings.count("drawdown.halt_cooldown_days", haltDays)
        panicDays = try settings.count("drawdown.panic_cooldown_days", panicDays)
        extensionDays = try settings.count("drawdown.extension_days", extensionDays)
        rampupSizing = try settings.share("drawdown.rampup_sizing", rampupSizing)
        rampupDays = try settings.count("drawdown.rampup_days", rampupDays)
        flattensOnPanic = try settings.flag("drawdown.flatten_on_panic", flattensOnPanic)
    }
}

extension RiskRules {
    fileprivate init(_ settings: Settings, account: AccountKind) throws(SettingsError) {
        self.init()
        isEnabled = try settings.automatic("risk.enabled", account: account)
        portfolioHeat = try settings.share("risk.max_portfolio_heat", portfolioHeat)
        dailyLoss = try settings.share("risk.max_daily_loss_pct", dailyLoss)
        dailyDrawdown = try settings.share("risk.max_daily_drawdown", dailyDrawdown)
        dailyLossLimit = try settings.money("risk.daily_loss_limit", Self.standard(100))
        pause = Nanoseconds(
            try settings.integer("risk.pause_seconds_on_violation", 300, in: 0...86_400)
                * FixedPoint.one)
        resetHour = try settings.integer("risk.daily_reset_utc_hour", 0, in: 0...23)
        maximumCorrelation = try settings.share(
            "risk.max_correlation", Price(raw: 700_000_000)
        ).double
        correlationDays = try settings.count("risk.correlation_days", correlationDays)
        orderNotional = try settings.money("risk.max_order_notional", Self.standard(500))
        positionQuantity = Quantity(
            raw: try settings.money("risk.max_abs_position_qty", .zero).raw)
        positionNotional = try settings.money(
            "risk.max_abs_position_notional", Self.standard(1000))
        totalNotional = try settings.money("risk.max_total_notional", .zero)
        totalExposure = try settings.share("risk.max_total_exposure_pct", .zero)
        exposureBuffer = try settings.share("risk.exposure_buffer_frac", .zero)
        try readThrottles(settings)
        atrSizing = try settings.share("risk.atr_sizing", .zero).double
        atrDays = try settings.count("risk.atr_days", atrDays)
        atrPositionCap = try settings.share(
            "risk.atr_position_cap", Price(raw: 100_000_000)
        ).double
        catastropheStop = try settings.share("risk.catastrophe_stop_atr", .zero).double
    }

    private mutating func readThrottles(_ settings: Settings) throws(SettingsError) {
        entriesPerDay = try settings.count("risk.max_entries_per_day", 0)
        ordersPerMinute = try settings.count("risk.max_orders_per_min", 10)
        signalsPerSecond = try settings.share(
            "max_signals_per_sec", Price(raw: 5 * FixedPoint.one)
        ).raw
        topSignals = try settings.count("risk.top_signals", 0)
        tradeValue = try settings.money("risk.min_trade_value", .zero)
    }

    private static func standard(_ amount: Int128) -> Money {
        Money(raw: amount * Int128(FixedPoint.one))
    }
}

extension EntryFilters {
    fileprivate init(_ settings: Settings, _ risk: RiskRules) throws(SettingsError) {
        self.init()
        usesRegime = try settings.flag("filters.regime", false)
        volatilitySymbol = settings.text("filters.volatility_symbol", "")
        low = try settings.share("filters.low_volatility", Price(raw: 15 * FixedPoint.one)).double
        high = try settings.share("filters.high_volatility", Price(raw: 25 * FixedPoint.one)).double
        maximum = try settings.share("filters.max_volatility", .zero).double
        maximumCorrelation = risk.isEnabled ? risk.maximumCorrelation : 1
        correlationDays = risk.correlationDays
    }
}

extension DataRules {
    fileprivate init(_ settings: Settings, account: AccountKind) throws(SettingsError) {
        self.init()
        isEnabled = try settings.automatic("quality.enabled", account: account)
        staleness = Nanoseconds(
            try settings.integer("quality.staleness_hours", 72, in: 1...100_000) * 3600
                * FixedPoint.one)
        history = try settings.count("quality.min_history_days", history)
        feedTimeout = Nanoseconds(
            try settings.integer("quality.feed_timeout_s", 0, in: 0...31_622_400)
                * FixedPoint.one)
        feedStable = try settings.count("quality.feed_stable", feedStable)
    }
}

extension FaultRules {
    fileprivate init(_ settings: Settings) throws(SettingsError) {
        self.init()
        rest = try settings.count("faults.rest_limit", rest)
        websocket = try settings.count("faults.websocket_limit", websocket)
        duplicate = try settings.count("faults.duplicate_limit", duplicate)
        stale = try settings.count("faults.stale_limit", stale)
        cooldown = Nanoseconds(
            try settings.integer("faults.reset_cooldown_s", 60, in: 0...86_400) * FixedPoint.one)
        feedLag = try settings.integer("faults.feed_lag_ms", feedLag, in: 0...86_400_000)
        websocketFailures = try settings.integer(
            "faults.websocket_failures", websocketFailures, in: 0...1_000_000)
        errorRate = try settings.share("faults.error_rate", errorRate)
        clockWarn = try settings.integer(
            "clock_sync.warn_threshold_ms", clockWarn, in: 0...86_400_000)
        clockKill = try settings.integer(
            "clock_sync.kill_threshold_ms", clockKill, in: 0...86_400_000)
        runFailures = try settings.count("gate.max_run_failures", runFailures)
        rejections = try settings.count("gate.min_rejections", rejections)
        rejectionRate = try settings.share("gate.max_rejection_rate", rejectionRate)
    }
}
