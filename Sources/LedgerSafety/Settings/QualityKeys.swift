import LedgerDomain
import LedgerSettings

/// How the ledger is compared with its venue.
public enum ReconciliationKeys {
    public static let enabled = SettingKey.flag(
        "reconciliation.enabled", default: true,
        help:
            "whether entries of paper and live accounts wait for a reconciliation that "
            + "passed; cannot be off in live",
        variables: ["ENABLE_BROKER_RECONCILIATION"])
    public static let tolerance = SettingKey<Price>.share(
        "reconciliation.tolerance", default: "0.01",
        help: "share by which cash and average price may differ",
        variables: ["RECONCILIATION_TOLERANCE_PCT"])
    public static let dust = SettingKey<Quantity>.share(
        "reconciliation.dust", default: "0.000001",
        help: "units by which the quantity of a crypto position may differ; equities must be exact")

    public static let all = [enabled.setting, tolerance.setting, dust.setting]
}

/// When data are too bad to trade on.
public enum QualityKeys {
    public static let enabled = SettingKey<Automatic>.choice(
        "quality.enabled", default: .auto,
        help: "whether bad data block a symbol's entries; auto is true for paper and live accounts")
    public static let staleness = SettingKey.duration(
        "quality.staleness_hours", .hours, 1...100_000, default: 72,
        help: "age of the last data, closed days not counted", variables: ["DATA_STALENESS_HOURS"])
    public static let maxNanPct = SettingKey<Price>.share(
        "quality.max_nan_pct", default: "0.10", help: "share of an indicator that may be missing",
        variables: ["MAX_NAN_PCT"])
    public static let minHistoryDays = SettingKey<Int>.integer(
        "quality.min_history_days", 0...10_000, default: 250,
        help: "days with data before a symbol may be entered", variables: ["MIN_HISTORY_DAYS"])
    public static let maxReturn = SettingKey<Price>.decimal(
        "quality.max_return", from: "0.000001", through: "1000", default: "0.50",
        help: "share by which a day's close may differ from the one before")
    public static let feedTimeout = SettingKey.duration(
        "quality.feed_timeout_s", .seconds, 0...31_622_400, default: 0,
        help: "seconds without data, in open hours, that pause a symbol; 0 for no limit")
    public static let feedStable = SettingKey<Int>.integer(
        "quality.feed_stable", 1...10_000, default: 3,
        help: "data in a row, none later than the time-out, that resume it")

    public static let all = [
        enabled.setting, staleness.setting, maxNanPct.setting, minHistoryDays.setting,
        maxReturn.setting, feedTimeout.setting, feedStable.setting,
    ]
}

/// The filters of entries by the state of the market.
public enum FilterKeys {
    public static let regime = SettingKey.flag(
        "filters.regime", default: false,
        help:
            "whether high volatility stops breakout strategies and a choppy market trend followers")
    public static let volatilitySymbol = SettingKey.text(
        "filters.volatility_symbol", default: "",
        help: "instrument whose price is the market's volatility, such as VIX; else it is computed")
    public static let lowVolatility = SettingKey<Double>.decimal(
        "filters.low_volatility", from: "0", through: "1000", default: "15", help: "per cent a year"
    )
    public static let highVolatility = SettingKey<Double>.decimal(
        "filters.high_volatility", from: "0", through: "1000", default: "25",
        help: "per cent a year")
    public static let maxVolatility = SettingKey<Double>.decimal(
        "filters.max_volatility", from: "0", through: "100000", default: "0",
        help:
            "an instrument's own volatility, per cent a year, above which it is not "
            + "entered; 0 for none"
    )
    public static let style = SettingKey<StrategyStyle>.choice(
        "strategies.*.style", default: .none, help: "what the regime filter takes it for")

    public static let all = [
        regime.setting, volatilitySymbol.setting, lowVolatility.setting, highVolatility.setting,
        maxVolatility.setting, style.setting,
    ]
}
