import LedgerDomain
import LedgerEvents
import LedgerSettings

/// The trading gate.
public enum GateKeys {
    public static let calendar = SettingKey<CalendarChoice>.choice(
        "account.calendar", default: .auto,
        help: "trading days: nyse sessions or crypto UTC days; auto is nyse if there are equities"
    )
    public static let mode = SettingKey<TradingMode>.choice(
        "gate.mode", default: .auto,
        help: "mode of a new journal; change it later with `ledger mode`")
    public static let tradingDisabled = SettingKey.flag(
        "gate.trading_disabled", default: false,
        help: "block all entries; exits and stops continue",
        variables: ["TRADING_DISABLED"])
    public static let strategyDisabledList = SettingKey.list(
        "gate.strategy_disabled_list", default: "",
        help: "strategies whose entries are blocked, separated by commas; case does not matter",
        variables: ["STRATEGY_DISABLED_LIST"])
    public static let flagPath = SettingKey.text(
        "gate.flag_path", default: "state/kill_switch.flag",
        help: "file whose existence blocks all entries")
    public static let maxRunFailures = SettingKey<Int>.integer(
        "gate.max_run_failures", 0...1000, default: 3,
        help: "block entries after this many failed runs in a row; 0 for no limit")
    public static let minRejections = SettingKey<Int>.integer(
        "gate.min_rejections", 0...1_000_000, default: 5,
        help: "refused orders per run before gate.max_rejection_rate applies; 0 for no limit"
    )
    public static let maxRejectionRate = SettingKey<Price>.share(
        "gate.max_rejection_rate", default: "0.5",
        help: "block entries if a larger share of a run's orders is refused")

    public static let all = [
        calendar.setting, mode.setting, tradingDisabled.setting, strategyDisabledList.setting,
        flagPath.setting, maxRunFailures.setting, minRejections.setting, maxRejectionRate.setting,
    ]
}

/// Which calendar defines trading days.
public enum CalendarChoice: String, Worded {
    case auto = "auto"
    case nyse = "nyse"
    case crypto = "crypto"

    public var word: String { rawValue }

    /// Nil if the instruments decide.
    public var calendar: TradingCalendar? {
        switch self {
        case .auto: nil
        case .nyse: .nyse
        case .crypto: .crypto
        }
    }
}
