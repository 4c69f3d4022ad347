import LedgerDomain
import LedgerEvents
import LedgerSettings

/// The trading gate.
public enum GateKeys {
    public static let calendar = SettingKey<CalendarChoice>.choice(
        "account.calendar", default: .auto,
        help: "trading days: nyse sessions, crypto UTC days; auto is nyse once an equity is defined"
    )
    public static let mode = SettingKey<TradingMode>.choice(
        "gate.mode", default: .auto,
        help: "mode of a new journal; later it is what `ledger mode` says")
    public static let tradingDisabled = SettingKey.flag(
        "gate.trading_disabled", default: false, help: "blocks every entry; exits and stops go on",
        variables: ["TRADING_DISABLED"])
    public static let strategyDisabledList = SettingKey.list(
        "gate.strategy_disabled_list", default: "",
        help: "strategies without entries, separated by commas, in any case",
        variables: ["STRATEGY_DISABLED_LIST"])
    public static let flagPath = SettingKey.text(
        "gate.flag_path", default: "state/kill_switch.flag",
        help: "file whose existence blocks every entry")
    public static let maxRunFailures = SettingKey<Int>.integer(
        "gate.max_run_failures", 0...1000, default: 3,
        help: "failed runs in a row that block entries; 0 for no limit")
    public static let minRejections = SettingKey<Int>.integer(
        "gate.min_rejections", 0...1_000_000, default: 5,
        help: "orders that the venue must refuse in a run before their share counts; 0 for no limit"
    )
    public static let maxRejectionRate = SettingKey<Price>.share(
        "gate.max_rejection_rate", default: "0.5",
        help: "share of a run's orders above which refusals block entries")

    public static let all = [
        calendar.setting, mode.setting, tradingDisabled.setting, strategyDisabledList.setting,
        flagPath.setting, maxRunFailures.setting, minRejections.setting, maxRejectionRate.setting,
    ]
}

/// Whose trading days count.
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
