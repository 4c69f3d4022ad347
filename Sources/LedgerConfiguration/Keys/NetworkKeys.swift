import LedgerDomain
import LedgerSettings

/// How requests reach a venue and are repeated.
public enum NetworkKeys {
    public static let processingLimit = SettingKey.duration(
        "network.processing_limit_ms", .milliseconds, 0...600_000, default: 10_000,
        help: "milliseconds for which a venue may still place an order that it took up")
    public static let caFile = SettingKey.text(
        "network.ca_file", default: "", help: "certificates to trust beside the system's own, PEM")
    public static let useSeasonality = SettingKey.flag(
        "use_seasonality", default: false, help: "whether the hour of the week scales latency")
    public static let backoffBase = SettingKey.seconds(
        "backoff_base_s", from: "0.001", through: "3600", default: "2",
        help: "seconds before the second try, at most; doubled for each more")
    public static let maxBackoff = SettingKey.seconds(
        "max_backoff_s", from: "0.001", through: "86400", default: "60",
        help: "seconds before a try, at most")

    public static let all = [
        processingLimit.setting, caFile.setting, useSeasonality.setting, backoffBase.setting,
        maxBackoff.setting,
    ].map { $0.read(by: "the trading daemon") }
}

/// How long requests take.
public enum LatencyKeys {
    public static let useSeasonality = SettingKey.flag(
        "latency.use_seasonality", default: false, help: "the same, under the section's own name")
    public static let base = SettingKey.duration(
        "latency.base_ms", .milliseconds, 0...86_400_000, default: 250,
        help: "milliseconds that a request takes")
    public static let timeout = SettingKey.duration(
        "latency.timeout_ms", .milliseconds, 0...86_400_000, default: 2500,
        help: "milliseconds until it is given up")
    public static let retries = SettingKey<Int>.integer(
        "latency.retries", 0...100, default: 1, help: "tries more of a request that is no order")

    public static let all = [
        useSeasonality.setting, base.setting, timeout.setting, retries.setting,
    ].map { $0.read(by: "the trading daemon") }
}
