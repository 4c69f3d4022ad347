import LedgerDomain
import LedgerSettings

/// How the ledger is compared with its venue.
public enum ReconciliationKeys {
    public static let enabled = SettingKey.flag(
        "reconciliation.enabled", default: true,
        help:
            "block entries of paper and live accounts until a reconciliation "
            + "passes; must be true in live",
        variables: ["ENABLE_BROKER_RECONCILIATION"])
    public static let tolerance = SettingKey<Price>.share(
        "reconciliation.tolerance", default: "0.01",
        help: "relative difference allowed for cash and average price",
        variables: ["RECONCILIATION_TOLERANCE_PCT"])
    public static let dust = SettingKey<Quantity>.share(
        "reconciliation.dust", default: "0.000001",
        help: "difference allowed for crypto quantities, in units; equities must be equal")

    public static let scope = SettingKey<ReconciliationScope.Extent>.choice(
        "reconcile.scope", default: .configured,
        help:
            "compare the instruments that the journal defines, or everything in the account; what is "
            + "left out is shown and never traded")
    public static let ignore = SettingKey.list(
        "reconcile.ignore", default: "",
        help: "symbols or assets in the account that are not compared, separated by commas")

    public static let coinFee = SettingKey<Price>.share(
        "reconcile.coin_fee", default: "0.003",
        help:
            "share of a crypto holding that a venue may have taken as fees and not told yet; for "
            + "venues that tell fees apart from fills")

    public static let all = [
        enabled.setting, tolerance.setting, dust.setting, scope.setting, ignore.setting,
        coinFee.setting,
    ]
}

/// When data are too bad to trade on.
public enum QualityKeys {
    public static let enabled = SettingKey<Automatic>.choice(
        "quality.enabled", default: .auto,
        help: "block entries in a symbol with bad data; auto is true for paper and live accounts")
    public static let staleness = SettingKey.duration(
        "quality.staleness_hours", .hours, 1...100_000, default: 72,
        help: "age in hours at which data are stale; closed days do not count",
        variables: ["DATA_STALENESS_HOURS"])
    public static let maxNanPct = SettingKey<Price>.share(
        "quality.max_nan_pct", default: "0.10", help: "maximum share of missing indicator values",
        variables: ["MAX_NAN_PCT"])
    public static let minHistoryDays = SettingKey<Int>.integer(
        "quality.min_history_days", 0...10_000, default: 250,
        help: "days of data needed before a symbol may be traded", variables: ["MIN_HISTORY_DAYS"])
    public static let maxReturn = SettingKey<Price>.decimal(
        "quality.max_return", from: "0.000001", through: "1000", default: "0.50",
        help: "maximum change from one daily close to the next, as a share")
    public static let feedTimeout = SettingKey.duration(
        "quality.feed_timeout_s", .seconds, 0...31_622_400, default: 0,
        help: "pause a symbol after this many seconds without data in open hours; 0 for no limit")
    public static let feedStable = SettingKey<Int>.integer(
        "quality.feed_stable", 1...10_000, default: 3,
        help: "resume a paused symbol after this many updates in a row, each within the time-out")

    public static let validatorMaxAge = SettingKey.duration(
        "quality.validator_max_age_hours", .hours, 1...100_000, default: 288,
        help:
            "age of a symbol's data in hours, closed days included, from which an alert is raised",
        variables: ["DATA_VALIDATOR_MAX_AGE_HOURS"])

    public static let all = [
        enabled.setting, staleness.setting, maxNanPct.setting, minHistoryDays.setting,
        maxReturn.setting, feedTimeout.setting, feedStable.setting, validatorMaxAge.setting,
    ]
}

/// Filters of entries by market conditions.
public enum FilterKeys {
    public static let regime = SettingKey.flag(
        "filters.regime", default: false,
        help:
            "stop breakout strategies in high volatility and trend followers in choppy markets")
    public static let volatilitySymbol = SettingKey.text(
        "filters.volatility_symbol", default: "",
        help: "instrument whose price is the market volatility, such as VIX; computed if empty")
    public static let lowVolatility = SettingKey<Double>.decimal(
        "filters.low_volatility", from: "0", through: "1000", default: "15",
        help: "market volatility that counts as low, in percent per year"
    )
    public static let highVolatility = SettingKey<Double>.decimal(
        "filters.high_volatility", from: "0", through: "1000", default: "25",
        help: "market volatility that counts as high, in percent per year")
    public static let maxVolatility = SettingKey<Double>.decimal(
        "filters.max_volatility", from: "0", through: "100000", default: "0",
        help:
            "block entries in an instrument above this volatility, in percent per "
            + "year; 0 for no limit"
    )
    public static let style = SettingKey<StrategyStyle>.choice(
        "strategies.*.style", default: .none, help: "style of the strategy for the regime filter")

    public static let all = [
        regime.setting, volatilitySymbol.setting, lowVolatility.setting, highVolatility.setting,
        maxVolatility.setting, style.setting,
    ]
}
