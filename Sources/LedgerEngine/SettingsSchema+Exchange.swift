import LedgerSettings
import VenueRegister

/// The settings of the local exchange; what it shares with a back-test (account, venue, data, seed) it takes
/// from there.
extension SettingsSchema {
    static let exchange: [Setting] = shared + KnownVenues.all.flatMap(\.exchangeSettings)

    private static let shared: [Setting] = [
        Setting(
            "exchange.dialects", .text, KnownVenues.names.first,
            "of \(KnownVenues.names.joined(separator: ", ")), one or more separated by commas; each has a "
                + "journal of its own"),
        Setting("exchange.host", .text, "127.0.0.1", "address to listen at"),
        Setting("exchange.port", .integer(0...65_535), "8710", "port; 0 takes a free one"),
        Setting("exchange.key", .secret, "", "key that clients must show; `local-key` where empty"),
        Setting(
            "exchange.secret", .secret, "", "its secret; `local-secret` where empty"),
        Setting(
            "exchange.feed", .choice(["random", "files", "recording", "none"]), "random",
            "random walks, the files of `data`, a recorded stream, or what is posted to /control"),
        Setting(
            "exchange.symbols", .text, "",
            "SYMBOL=PRICE of random walks, separated by commas; empty for a few of each dialect"),
        Setting(
            "exchange.recording", .text, "",
            "recorded web socket of a venue, lines of `nanoseconds json`, plain or gzip"),
        Setting(
            "exchange.speed", .text, "1", "times as fast as it happened, or max"),
        Setting(
            "exchange.tick_ms", .integer(1...86_400_000), "200",
            "milliseconds between two moves of a random walk"),
        Setting(
            "exchange.wait_for_subscriber", .flag, "false",
            "whether the feed waits for a client that listens to market data"),
        Setting("exchange.exit_at_end", .flag, "false", "whether the end of the feed ends it"),
        Setting(
            "exchange.clock", .choice(["wall", "feed"]), "wall",
            "time of events: this machine's, or that of the feed"),
        Setting(
            "exchange.filters", .text, "",
            "files of a venue's instruments or of one of them, separated by commas"),
        Setting(
            "exchange.faults", .text, "",
            "misbehaviour: drop=0.1,delay=50,…; `ledgerd exchange --help` lists them"),
        Setting("exchange.certificate", .text, "", "PEM file; with it everything is TLS"),
        Setting("exchange.private_key", .text, "", "PEM file of the certificate's key"),
        Setting(
            "exchange.durable", .flag, "true",
            "whether an answer waits for the disk; false survives a kill, not a power failure"),
    ]
}
