import LedgerDomain
import LedgerSettings

/// The limits of entries.
public enum RiskKeys {
    public static let enabled = SettingKey<Automatic>.choice(
        "risk.enabled", default: .auto,
        help: "enable the risk limits; auto is true for paper and live accounts"
    )
    public static let maxPortfolioHeat = SettingKey<Price>.decimal(
        "risk.max_portfolio_heat", from: "0", through: "1000", default: "0.30",
        help: "maximum exposure after an entry, as a share of equity; 0 for no limit",
        variables: ["MAX_PORTFOLIO_HEAT"])
    public static let maxDailyLossPct = SettingKey<Price>.share(
        "risk.max_daily_loss_pct", default: "0.02",
        help:
            "block entries for the day after a larger loss, as a share of opening equity; 0 for "
            + "no limit",
        variables: ["MAX_DAILY_LOSS_PCT"])
    public static let maxDailyDrawdown = SettingKey<Price>.share(
        "risk.max_daily_drawdown", default: "0.05",
        help:
            "block entries until an operator clears it after a larger daily loss, "
            + "as a share of opening equity; 0 for no limit"
    )
    public static let dailyLossLimit = SettingKey<Money>.amount(
        "risk.daily_loss_limit", default: "100",
        help: "pause entries after a daily loss of this amount; 0 for no limit")
    public static let pauseOnViolation = SettingKey.duration(
        "risk.pause_seconds_on_violation", .seconds, 0...86_400, default: 300,
        help: "length of such a pause in seconds")
    public static let dailyResetUTCHour = SettingKey<Int64>.integer(
        "risk.daily_reset_utc_hour", 0...23, default: 0,
        help: "UTC hour at which the day starts for daily_loss_limit and max_entries_per_day")
    public static let maxCorrelation = SettingKey<Double>.share(
        "risk.max_correlation", default: "0.7",
        help:
            "refuse entries with a higher correlation to a holding, and reduce "
            + "them from 0.5 on; 1 for no limit",
        variables: ["MAX_CORRELATION"])
    public static let correlationDays = SettingKey<Int>.integer(
        "risk.correlation_days", 20...1000, default: 60,
        help: "number of daily returns in a correlation; fewer than 20 disable it")
    public static let maxOrderNotional = SettingKey<Money>.amount(
        "risk.max_order_notional", default: "500",
        help: "maximum value of an entry, which is reduced to fit; 0 for no limit")
    public static let maxAbsPositionQty = SettingKey<Quantity>.amount(
        "risk.max_abs_position_qty", default: "0",
        help: "maximum units of a position; entries are reduced to fit; 0 for no limit")
    public static let maxAbsPositionNotional = SettingKey<Money>.amount(
        "risk.max_abs_position_notional", default: "1000",
        help: "maximum value of a position; entries are reduced to fit; 0 for no limit")
    public static let maxTotalNotional = SettingKey<Money>.amount(
        "risk.max_total_notional", default: "0",
        help: "maximum value of all positions; entries are reduced to fit; 0 for no limit")
    public static let maxTotalExposurePct = SettingKey<Price>.decimal(
        "risk.max_total_exposure_pct", from: "0", through: "1000", default: "0",
        help:
            "maximum value of all positions as a share of equity; entries are reduced; 0 for no "
            + "limit"
    )
    public static let exposureBufferFrac = SettingKey<Price>.share(
        "risk.exposure_buffer_frac", default: "0",
        help: "share of the two limits above to keep free")
    public static let maxEntriesPerDay = SettingKey<Int>.integer(
        "risk.max_entries_per_day", 0...1_000_000, default: 0,
        help: "maximum entries per day; 0 for no limit")
    public static let maxOrdersPerMin = SettingKey<Int>.integer(
        "risk.max_orders_per_min", 0...1_000_000, default: 10,
        help: "maximum entry orders in any 60 seconds; 0 for no limit")
    public static let maxSignalsPerSec = SettingKey<Price>.decimal(
        "max_signals_per_sec", from: "0", through: "1000000", default: "5",
        help: "average entry signals per second, with bursts of the same number; 0 for no limit")
    public static let topSignals = SettingKey<Int>.integer(
        "risk.top_signals", 0...1_000_000, default: 0,
        help: "entry signals per strategy and trading day; 0 for no limit")
    public static let minTradeValue = SettingKey<Money>.amount(
        "risk.min_trade_value", default: "0",
        help: "minimum value of an entry; smaller ones are refused")
    public static let atrSizing = SettingKey<Double>.share(
        "risk.atr_sizing", default: "0",
        help: "share of equity that one average true range may move; reduces entries; 0 for none")
    public static let atrDays = SettingKey<Int>.integer(
        "risk.atr_days", 1...1000, default: 14, help: "number of days in the average true range")
    public static let atrPositionCap = SettingKey<Double>.share(
        "risk.atr_position_cap", default: "0.10",
        help: "maximum share of equity in a position sized by average true range")
    public static let catastropheStopATR = SettingKey<Double>.decimal(
        "risk.catastrophe_stop_atr", from: "0", through: "1000", default: "0",
        help:
            "place a stop this many average true ranges from the fill if an entry "
            + "has none; 0 for none"
    )

    public static let all = [
        enabled.setting, maxPortfolioHeat.setting, maxDailyLossPct.setting,
        maxDailyDrawdown.setting, dailyLossLimit.setting, pauseOnViolation.setting,
        dailyResetUTCHour.setting, maxCorrelation.setting, correlationDays.setting,
        maxOrderNotional.setting, maxAbsPositionQty.setting, maxAbsPositionNotional.setting,
        maxTotalNotional.setting, maxTotalExposurePct.setting, exposureBufferFrac.setting,
        maxEntriesPerDay.setting, maxOrdersPerMin.setting, maxSignalsPerSec.setting,
        topSignals.setting, minTradeValue.setting, atrSizing.setting, atrDays.setting,
        atrPositionCap.setting, catastropheStopATR.setting,
    ]
}

/// On, off, or dependent on whose money it is.
public enum Automatic: String, Worded {
    case auto = "auto"
    case on = "true"
    case off = "false"

    public var word: String { rawValue }

    /// - Parameter automatic: the value that `auto` stands for.
    public func isOn(_ automatic: Bool) -> Bool {
        switch self {
        case .auto: automatic
        case .on: true
        case .off: false
        }
    }
}
