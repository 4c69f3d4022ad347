import LedgerDomain
import LedgerSettings

/// The history that a run reads before its first decision.
public enum WarmupKeys {
    public static let source = SettingKey<Source>.choice(
        "warmup.source", default: .data,
        help:
            "where history comes from: none; data, the files and tapes of `data`; venue, those and "
            + "then the venue's own history")
    public static let until = SettingKey.text(
        "warmup.until", default: "",
        help:
            "UTC time at which a run over files begins to decide; earlier bars are history; empty to "
            + "decide from the first row")
    public static let days = SettingKey<Int>.integer(
        "warmup.days", 1...10_000, default: 400,
        help: "calendar days of history that are read; older bars are left out")
    public static let interval = SettingKey<UInt32>.integer(
        "warmup.interval", 60...86_400, default: 86_400,
        help: "length in seconds of the bars that a venue is asked for")
    public static let strategies = SettingKey.flag(
        "warmup.strategies", default: true,
        help:
            "strategies see the history; false if they decide on other prices than such bars, such as "
            + "quotes")

    public static let all = [
        source.setting, until.setting, days.setting, interval.setting, strategies.setting,
    ]

    /// Where history comes from.
    public enum Source: String, Worded {
        case none = "none"
        case data = "data"
        case venue = "venue"

        public var word: String { rawValue }
    }
}
