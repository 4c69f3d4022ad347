import LedgerDomain
import LedgerSettings
import VenueRegister

/// The local exchange. It shares account, venue, data and seed with a back-test.
public enum ExchangeKeys {
    public static let dialects = SettingKey.text(
        "exchange.dialects", default: KnownVenues.names.first,
        help: "APIs to serve, separated by commas: "
            + "\(KnownVenues.names.joined(separator: ", ")); each has its own journal")
    public static let host = SettingKey.text(
        "exchange.host", default: "127.0.0.1", help: "address to listen on")
    public static let port = SettingKey<Int>.integer(
        "exchange.port", 0...65_535, default: 8710, help: "first port; 0 chooses free ports")
    public static let key = SettingKey.secret(
        "exchange.key", help: "key that clients must use; `local-key` if empty")
    public static let secret = SettingKey.secret(
        "exchange.secret", help: "secret of that key; `local-secret` if empty")
    public static let feed = SettingKey<Feed>.choice(
        "exchange.feed", default: .random,
        help:
            "market data: random walks, the files in `data`, a recorded stream, or only /control "
            + "posts"
    )
    public static let symbols = SettingKey.text(
        "exchange.symbols", default: "",
        help: "SYMBOL=PRICE for random walks, separated by commas; a few per dialect if empty")
    public static let recording = SettingKey.text(
        "exchange.recording", default: "",
        help: "recorded web socket of a venue: lines of `nanoseconds json`, plain or gzip")
    public static let speed = SettingKey.text(
        "exchange.speed", default: "1", help: "speed relative to real time, or max")
    public static let tick = SettingKey.duration(
        "exchange.tick_ms", .milliseconds, 1...86_400_000, default: 200,
        help: "milliseconds between two steps of a random walk")
    public static let waitForSubscriber = SettingKey.flag(
        "exchange.wait_for_subscriber", default: false,
        help: "start the feed when a client subscribes to market data")
    public static let exitAtEnd = SettingKey.flag(
        "exchange.exit_at_end", default: false, help: "exit when the feed ends")
    public static let clock = SettingKey<Clock>.choice(
        "exchange.clock", default: .wall,
        help: "event times: this machine's clock, or the feed's times")
    public static let filters = SettingKey.list(
        "exchange.filters", default: "",
        help: "files with a venue's instruments, separated by commas")
    public static let faults = SettingKey.text(
        "exchange.faults", default: "",
        help: "faults to inject: drop=0.1,delay=50,…; see `ledgerd exchange --help`")
    public static let account = SettingKey.text(
        "exchange.account", default: "",
        help: "JSON file with positions, orders, balances and activities to add to the account")
    public static let certificate = SettingKey.text(
        "exchange.certificate", default: "",
        help: "PEM file of the TLS certificate; empty for no TLS")
    public static let privateKey = SettingKey.text(
        "exchange.private_key", default: "", help: "PEM file of the certificate's private key")
    public static let durable = SettingKey.flag(
        "exchange.durable", default: true,
        help: "wait for the disk before answering; false survives a kill but not a power failure")

    public static let all = [
        dialects.setting, host.setting, port.setting, key.setting, secret.setting,
        feed.setting, symbols.setting, recording.setting, speed.setting,
        tick.setting, waitForSubscriber.setting, exitAtEnd.setting, clock.setting,
        filters.setting, faults.setting, account.setting, certificate.setting, privateKey.setting,
        durable.setting,
    ]

    /// Where prices come from.
    public enum Feed: String, Worded {
        case random = "random"
        case files = "files"
        case recording = "recording"
        case none = "none"

        public var word: String { rawValue }
    }

    /// Which clock event times come from.
    public enum Clock: String, Worded {
        case wall = "wall"
        case feed = "feed"

        public var word: String { rawValue }
    }
}
