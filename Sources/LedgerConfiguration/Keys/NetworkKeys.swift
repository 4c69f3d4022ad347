import LedgerDomain
import LedgerSettings

/// How requests are sent to a venue and retried.
public enum NetworkKeys {
    public static let processingLimit = SettingKey.duration(
        "network.processing_limit_ms", .milliseconds, 0...600_000, default: 10_000,
        help: "milliseconds within which a venue may still place an accepted order")
    public static let caFile = SettingKey.text(
        "network.ca_file", default: "",
        help: "PEM file of certificates to trust in addition to the system's")
    public static let useSeasonality = SettingKey.flag(
        "use_seasonality", default: false, help: "scale latency by the hour of the week")
    public static let backoffBase = SettingKey.seconds(
        "backoff_base_s", from: "0.001", through: "3600", default: "2",
        help: "maximum seconds before the first retry; doubles with each further one")
    public static let maxBackoff = SettingKey.seconds(
        "max_backoff_s", from: "0.001", through: "86400", default: "60",
        help: "maximum seconds before any retry")

    public static let all =
        [
            processingLimit.setting, caFile.setting, backoffBase.setting, maxBackoff.setting,
        ].map { $0.read(by: "the trading daemon") } + [useSeasonality.setting.notInThisVersion]
}

/// How long requests take.
public enum LatencyKeys {
    public static let useSeasonality = SettingKey.flag(
        "latency.use_seasonality", default: false, help: "same as use_seasonality")
    public static let base = SettingKey.duration(
        "latency.base_ms", .milliseconds, 0...86_400_000, default: 250,
        help: "expected milliseconds per request")
    public static let timeout = SettingKey.duration(
        "latency.timeout_ms", .milliseconds, 0...86_400_000, default: 2500,
        help: "time-out of a request in milliseconds")
    public static let retries = SettingKey<Int>.integer(
        "latency.retries", 0...100, default: 1, help: "retries of a request that is not an order")

    public static let all =
        [timeout.setting, retries.setting].map { $0.read(by: "the trading daemon") }
        + [useSeasonality.setting, base.setting].map(\.notInThisVersion)
}
