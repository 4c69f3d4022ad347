import LedgerDomain
import LedgerSettings

/// When a strategy is healthy.
public enum HealthKeys {
    public static let shortWindow = SettingKey<Int>.integer(
        "health.short_window", 1...365, default: 7,
        help: "short window of the health score, in days", variables: ["HEALTH_SHORT_WINDOW"]
    )
    public static let longWindow = SettingKey<Int>.integer(
        "health.long_window", 1...365, default: 30,
        help: "long window of the health score, in days", variables: ["HEALTH_LONG_WINDOW"])
    public static let minTrades = SettingKey<Int>.integer(
        "health.min_trades", 0...1_000_000, default: 5, help: "trades needed in the long window",
        variables: ["MIN_TRADES_FOR_HEALTH"])
    public static let maxRejectionRate = SettingKey<Price>.share(
        "health.max_rejection_rate", default: "0.80", help: "maximum share of rejected signals",
        variables: ["MAX_REJECTION_RATE"])
    public static let minExpectancy = SettingKey<Money>.decimal(
        "health.min_expectancy", from: "-1000000", through: "1000000", default: "0",
        help: "minimum expectancy, in currency per trade", variables: ["MIN_EXPECTANCY"])
    public static let noTradeDays = SettingKey<Int64>.integer(
        "health.no_trade_days", 0...3650, default: 7,
        help: "raise an alert after this many days without a trade; 0 for none")

    public static let all = [
        shortWindow.setting, longWindow.setting, minTrades.setting, maxRejectionRate.setting,
        minExpectancy.setting, noTradeDays.setting,
    ]
}

/// How many faults block entries.
public enum FaultKeys {
    public static let restLimit = SettingKey<Int>.integer(
        "faults.rest_limit", 0...1_000_000, default: 10,
        help: "REST faults in a row that block entries; 0 for no limit")
    public static let websocketLimit = SettingKey<Int>.integer(
        "faults.websocket_limit", 0...1_000_000, default: 10,
        help: "web socket faults in a row that block entries; 0 for no limit")
    public static let duplicateLimit = SettingKey<Int>.integer(
        "faults.duplicate_limit", 0...1_000_000, default: 10,
        help: "duplicate reports in a row that block entries; 0 for no limit")
    public static let staleLimit = SettingKey<Int>.integer(
        "faults.stale_limit", 0...1_000_000, default: 10,
        help: "stale updates in a row that block entries; 0 for no limit")
    public static let resetCooldown = SettingKey.duration(
        "faults.reset_cooldown_s", .seconds, 0...86_400, default: 60,
        help: "reset a fault counter after this many seconds without a fault")
    public static let feedLagMs = SettingKey<Int64>.integer(
        "faults.feed_lag_ms", 0...86_400_000, default: 60_000,
        help: "feed lag in milliseconds above which entries are blocked; 0 for no limit")
    public static let websocketFailures = SettingKey<Int64>.integer(
        "faults.websocket_failures", 0...1_000_000, default: 100,
        help: "web socket failures above which entries are blocked; 0 for no limit")
    public static let errorRate = SettingKey<Price>.share(
        "faults.error_rate", default: "0.2",
        help: "error rate above which entries are blocked; 0 for no limit")

    public static let latencyMs = SettingKey<Int64>.integer(
        "alerts.latency_ms", 0...86_400_000, default: 5000,
        help:
            "milliseconds from an order to the venue's acceptance above which an alert is raised; 0 "
            + "for none")

    public static let all = [
        restLimit.setting, websocketLimit.setting, duplicateLimit.setting, staleLimit.setting,
        resetCooldown.setting, feedLagMs.setting, websocketFailures.setting, errorRate.setting,
        latencyMs.setting,
    ]
}

/// How far the clocks of the venue and this machine may differ.
public enum ClockKeys {
    public static let refresh = SettingKey.duration(
        "clock_sync.refresh_sec", .seconds, 1...86_400, default: 300, live: 60,
        help: "seconds between two clock comparisons")
    public static let warnThresholdMs = SettingKey<Int64>.integer(
        "clock_sync.warn_threshold_ms", 0...86_400_000, default: 500, live: 200,
        help: "clock difference in milliseconds above which an alert is raised")
    public static let killThresholdMs = SettingKey<Int64>.integer(
        "clock_sync.kill_threshold_ms", 0...86_400_000, default: 2000, live: 1000,
        help: "clock difference in milliseconds above which entries are blocked")

    public static let all = [refresh.setting, warnThresholdMs.setting, killThresholdMs.setting]
}
