import LedgerDomain
import LedgerSettings

/// The drawdown stop.
public enum DrawdownKeys {
    public static let enabled = SettingKey.flag(
        "drawdown.enabled", default: true, help: "enable the drawdown stop; must be true in live")
    public static let warningThreshold = SettingKey<Price>.share(
        "drawdown.warning_threshold", default: "0.05",
        help: "drawdown (share of the peak) that raises a warning; 0 for none")
    public static let haltThreshold = SettingKey<Price>.decimal(
        "drawdown.halt_threshold", from: "0.000000001", through: "0.999999999", default: "0.08",
        help: "drawdown (share of the peak) from which entries are blocked",
        variables: ["DRAWDOWN_HALT_THRESHOLD"])
    public static let panicThreshold = SettingKey<Price>.decimal(
        "drawdown.panic_threshold", from: "0.000000001", through: "0.999999999", default: "0.10",
        help: "drawdown (share of the peak) from which positions are also sold",
        variables: ["DRAWDOWN_PANIC_THRESHOLD"])
    public static let haltCooldownDays = SettingKey<Int>.integer(
        "drawdown.halt_cooldown_days", 0...10_000, default: 10,
        help: "cooldown after a halt, in trading days",
        variables: ["HALT_COOLDOWN_DAYS"])
    public static let panicCooldownDays = SettingKey<Int>.integer(
        "drawdown.panic_cooldown_days", 0...10_000, default: 20,
        help: "cooldown after a panic, in trading days",
        variables: ["PANIC_COOLDOWN_DAYS"])
    public static let extensionDays = SettingKey<Int>.integer(
        "drawdown.extension_days", 1...10_000, default: 5,
        help: "trading days added to the cooldown if health checks fail")
    public static let rampupSizing = SettingKey<Price>.decimal(
        "drawdown.rampup_sizing", from: "0.000000001", through: "1", default: "0.50",
        help: "factor for the size of entries during ramp-up", variables: ["RAMPUP_SIZING_PCT"])
    public static let rampupDays = SettingKey<Int>.integer(
        "drawdown.rampup_days", 0...10_000, default: 5,
        help: "length of the ramp-up in trading days",
        variables: ["RAMPUP_DAYS"])
    public static let flattenOnPanic = SettingKey.flag(
        "drawdown.flatten_on_panic", default: true,
        help: "sell all holdings once when a panic begins", variables: ["FLATTEN_ON_PANIC"])

    public static let alertThreshold = SettingKey<Price>.share(
        "alerts.drawdown_threshold", default: "0.15",
        help:
            "drawdown (share of the peak) at the beginning of a trading day from which an alert is "
            + "raised; 0 for none",
        variables: ["ALERT_DRAWDOWN_THRESHOLD"])

    public static let all = [
        enabled.setting, warningThreshold.setting, haltThreshold.setting, panicThreshold.setting,
        haltCooldownDays.setting, panicCooldownDays.setting, extensionDays.setting,
        rampupSizing.setting, rampupDays.setting, flattenOnPanic.setting, alertThreshold.setting,
    ]
}
