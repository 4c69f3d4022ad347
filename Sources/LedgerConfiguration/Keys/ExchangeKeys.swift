import LedgerDomain
import LedgerSettings
import VenueRegister

/// The local exchange. It shares account, venue, data and seed with a back-test.
public enum ExchangeKeys {
    public static let dialects = SettingKey.text(
        "exchange.dialects", default: KnownVenues.names.first,
        help: "of \(KnownVenues.names.joined(separator: ", ")), one or more separated by commas; "
            + "each has a journal of its own")
    public static let host = SettingKey.text(
        "exchange.host", default: "127.0.0.1", help: "address to listen at")
    public static let port = SettingKey<Int>.integer(
        "exchange.port", 0...65_535, default: 8710, help: "port; 0 takes a free one")
    public static let key = SettingKey.secret(
        "exchange.key", help: "key that clients must show; `local-key` where empty")
    public static let secret = SettingKey.secret(
        "exchange.secret", help: "its secret; `local-secret` where empty")
    public static let feed = SettingKey<Feed>.choice(
        "exchange.feed", default: .random,
        help: "random walks, the files of `data`, a recorded stream, or what is posted to /control")
    public static let symbols = SettingKey.text(
        "exchange.symbols", default: "",
        help: "SYMBOL=PRICE of random walks, separated by commas; empty for a few of each dialect")
    public static let recording = SettingKey.text(
        "exchange.recording", default: "",
        help: "recorded web socket of a venue, lines of `nanoseconds json`, plain or gzip")
    public static let speed = SettingKey.text(
        "exchange.speed", default: "1", help: "times as fast as it happened, or max")
    public static let tick = SettingKey.duration(
        "exchange.tick_ms", .milliseconds, 1...86_400_000, default: 200,
        help: "milliseconds between two moves of a random walk")
    public static let waitForSubscriber = SettingKey.flag(
        "exchange.wait_for_subscriber", default: false,
        help: "whether the feed waits for a client that listens to market data")
    public static let exitAtEnd = SettingKey.flag(
        "exchange.exit_at_end", default: false, help: "whether the end of the feed ends it")
    public static let clock = SettingKey<Clock>.choice(
        "exchange.clock", default: .wall,
        help: "time of events: this machine's, or that of the feed")
    public static let filters = SettingKey.list(
        "exchange.filters", default: "",
        help: "files of a venue's instruments or of one of them, separated by commas")
    public static let faults = SettingKey.text(
        "exchange.faults", default: "",
        help: "misbehaviour: drop=0.1,delay=50,…; `ledgerd exchange --help` lists them")
    public static let certificate = SettingKey.text(
        "exchange.certificate", default: "", help: "PEM file; with it everything is TLS")
    public static let privateKey = SettingKey.text(
        "exchange.private_key", default: "", help: "PEM file of the certificate's key")
    public static let durable = SettingKey.flag(
        "exchange.durable", default: true,
        help: "whether an answer waits for the disk; false survives a kill, not a power failure")

    public static let all = [
        dialects.setting, host.setting, port.setting, key.setting, secret.setting,
        feed.setting, symbols.setting, recording.setting, speed.setting,
        tick.setting, waitForSubscriber.setting, exitAtEnd.setting, clock.setting,
        filters.setting, faults.setting, certificate.setting, privateKey.setting, durable.setting,
    ]

    /// Where prices come from.
    public enum Feed: String, Worded {
        case random = "random"
        case files = "files"
        case recording = "recording"
        case none = "none"

        public var word: String { rawValue }
    }

    /// Whose time events have.
    public enum Clock: String, Worded {
        case wall = "wall"
        case feed = "feed"

        public var word: String { rawValue }
    }
}
