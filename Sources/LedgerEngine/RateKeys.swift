import LedgerDomain
import LedgerSettings

/// The rates by which an account converts its other currencies.
public enum RateKeys {
    public static let base = SettingKey.text(
        "rates.*.from", default: nil, help: "currency of which one unit is valued")
    public static let quote = SettingKey.text(
        "rates.*.to", default: nil, help: "currency in which it is valued")
    public static let path = SettingKey.text(
        "rates.*.path", default: "",
        help: "a CSV file with the columns time and rate; give this, instrument or via")
    public static let columns = SettingKey.text(
        "rates.*.columns", default: "time=time,rate=rate", help: "column map of the file")
    public static let zone = SettingKey.text(
        "rates.*.zone", default: "UTC", help: "time zone of the file's local times")
    public static let instrument = SettingKey.text(
        "rates.*.instrument", default: "", help: "symbol in the data whose prices are the rate")
    public static let isInverse = SettingKey.flag(
        "rates.*.inverse", default: false,
        help: "whether the instrument's price is one unit of `to` in `from`")
    public static let via = SettingKey.text(
        "rates.*.via", default: "",
        help: "currency over which the rate is computed from two other entries")
    public static let maxAge = SettingKey.duration(
        "rates.*.max_age", .seconds, 0...315_360_000, default: 0,
        help: "age in seconds beyond which the rate is unknown; 0 for none")

    public static let all = [
        base.setting, quote.setting, path.setting, columns.setting, zone.setting,
        instrument.setting, isInverse.setting, via.setting, maxAge.setting,
    ]
}
