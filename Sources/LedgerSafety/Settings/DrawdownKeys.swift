import LedgerDomain
import LedgerSettings

/// The drawdown stop.
public enum DrawdownKeys {
    public static let enabled = SettingKey.flag(
        "drawdown.enabled", default: true, help: "the drawdown stop; cannot be off in live")
    public static let warningThreshold = SettingKey<Price>.share(
        "drawdown.warning_threshold", default: "0.05",
        help: "share below the peak that raises a warning; 0 for none")
    public static let haltThreshold = SettingKey<Price>.decimal(
        "drawdown.halt_threshold", from: "0.000000001", through: "0.999999999", default: "0.08",
        help: "share below the peak, reached or passed, that blocks entries",
        variables: ["DRAWDOWN_HALT_THRESHOLD"])
    public static let panicThreshold = SettingKey<Price>.decimal(
        "drawdown.panic_threshold", from: "0.000000001", through: "0.999999999", default: "0.10",
        help: "share below the peak, reached or passed, that also flattens",
        variables: ["DRAWDOWN_PANIC_THRESHOLD"])
    public static let haltCooldownDays = SettingKey<Int>.integer(
        "drawdown.halt_cooldown_days", 0...10_000, default: 10, help: "trading days",
        variables: ["HALT_COOLDOWN_DAYS"])
    public static let panicCooldownDays = SettingKey<Int>.integer(
        "drawdown.panic_cooldown_days", 0...10_000, default: 20, help: "trading days",
        variables: ["PANIC_COOLDOWN_DAYS"])
    public static let extensionDays = SettingKey<Int>.integer(
        "drawdown.extension_days", 1...10_000, default: 5,
        help: "trading days more after health checks that fail")
    public static let rampupSizing = SettingKey<Price>.decimal(
        "drawdown.rampup_sizing", from: "0.000000001", through: "1", default: "0.50",
        help: "multiplier of entries while ramping up", variables: ["RAMPUP_SIZING_PCT"])
    public static let rampupDays = SettingKey<Int>.integer(
        "drawdown.rampup_days", 0...10_000, default: 5, help: "trading days of ramp-up",
        variables: ["RAMPUP_DAYS"])
    public static let flattenOnPanic = SettingKey.flag(
        "drawdown.flatten_on_panic", default: true,
        help: "whether a panic sells what is held, once", variables: ["FLATTEN_ON_PANIC"])

    public static let all = [
        enabled.setting, warningThreshold.setting, haltThreshold.setting, panicThreshold.setting,
        haltCooldownDays.setting, panicCooldownDays.setting, extensionDays.setting,
        rampupSizing.setting, rampupDays.setting, flattenOnPanic.setting,
    ]
}
