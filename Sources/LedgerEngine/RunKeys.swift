import LedgerDomain
import LedgerEvents
import LedgerSettings

/// What a run is called, and what makes it repeatable.
public enum RunKeys {
    public static let name = SettingKey.text(
        "run.name", default: "backtest", help: "name of the run, recorded in RunStarted")
    public static let seed = SettingKey<UInt64>.integer(
        "seed", 0...Int64.max, default: 0, help: "seed of the random generator")
    public static let digestEvery = SettingKey<UInt64>.integer(
        "engine.digest_every", 1...1_000_000_000, default: 65_536,
        help: "number of inputs between two digests of the engine's state")

    public static let all = [name.setting, seed.setting, digestEvery.setting]
}

/// The name of the trading account.
public enum AccountKeys {
    public static let name = SettingKey.text(
        "account.name", default: "main", help: "account that trades")
    public static let kind = SettingKey<AccountKind>.choice(
        "account.kind", default: .simulated,
        help: "whose money it is: simulated, paper or live; live needs an external venue")
    public static let currency = SettingKey.text(
        "account.currency", default: "USD", help: "currency of cash, fees and profit")
    public static let cash = SettingKey<Money>.amount(
        "account.cash", default: "100000", help: "initial deposit, in the account's currency")
    /// Absent in most settings: an account has its own currency alone.
    public static let balances = SettingKey.text(
        "account.balances", default: nil,
        help: "initial deposits in other currencies, such as EUR=1000,BTC=0.5; each needs a rate")
    public static let allowShort = SettingKey.flag(
        "account.allow_short", default: false, help: "allow sells that exceed the position")

    public static let all = [
        name.setting, kind.setting, currency.setting, cash.setting, balances.setting,
        allowShort.setting,
    ]
}

/// Which driver runs the configuration, and where its orders go.
public enum ModeKeys {
    public static let mode = SettingKey<DriverMode>.choice(
        "mode", default: .sim,
        help:
            "which program may run this configuration; live does not allow any safety check to "
            + "be off"
    )
    /// The venue kind whose orders the engine fills itself.
    public static let simulated = "simulated"
    /// Any other name is a venue outside; the schema knows which there are.
    public static let venue = SettingKey.text(
        "venue.kind", default: simulated,
        help:
            "where orders go: simulated fills them in the engine; other venues need the trading "
            + "daemon"
    )

    public static let all = [mode.setting, venue.setting]
}

/// The driver that may run a configuration.
public enum DriverMode: String, Worded {
    case sim = "sim"
    case paper = "paper"
    case live = "live"

    public var word: String { rawValue }
}
