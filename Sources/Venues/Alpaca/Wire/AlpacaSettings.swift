import LedgerSettings

/// Settings that only this venue has.
enum AlpacaSettings {
    static let daemon: [Setting] = [
        Setting(
            "alpaca.paper", .flag, "true", "Alpaca's paper side", variables: ["ALPACA_PAPER"]),
        Setting(
            "alpaca.live_enabled", .flag, "false",
            "asked for besides alpaca.paper=false, so that one slip is not enough",
            variables: ["ALPACA_LIVE_ENABLED"]),
        Setting(
            "alpaca.trading_url", .text, "https://paper-api.alpaca.markets", "orders and account"),
        Setting(
            "alpaca.order_stream_url", .text, "",
            "order reports; the trading address's /stream where it is empty"),
        Setting("alpaca.data_url", .text, "https://data.alpaca.markets", "history and snapshots"),
        Setting(
            "alpaca.stream_url", .text, "wss://stream.data.alpaca.markets/v2/iex", "market data"),
        Setting(
            "alpaca.requests_per_minute", .integer(1...1_000_000), "180",
            "requests that we allow ourselves; Alpaca allows 200"),
    ]

    static let exchange: [Setting] = [
        Setting(
            "exchange.alpaca_limit", .integer(0...1_000_000_000), "200",
            "requests a minute; 0 for no limit")
    ]
}
