import LedgerSettings

/// Settings that only this venue has.
public enum AlpacaKeys {
    public static let paper = SettingKey.flag(
        "alpaca.paper", default: true, help: "Alpaca's paper side", variables: ["ALPACA_PAPER"])
    public static let liveEnabled = SettingKey.flag(
        "alpaca.live_enabled", default: false,
        help: "asked for besides alpaca.paper=false, so that one slip is not enough",
        variables: ["ALPACA_LIVE_ENABLED"])
    public static let tradingURL = SettingKey.text(
        "alpaca.trading_url", default: "https://paper-api.alpaca.markets",
        help: "orders and account")
    public static let orderStreamURL = SettingKey.text(
        "alpaca.order_stream_url", default: "",
        help: "order reports; the trading address's /stream where it is empty")
    public static let dataURL = SettingKey.text(
        "alpaca.data_url", default: "https://data.alpaca.markets", help: "history and snapshots")
    public static let streamURL = SettingKey.text(
        "alpaca.stream_url", default: "wss://stream.data.alpaca.markets/v2/iex",
        help: "market data")
    public static let requestsPerMinute = SettingKey<Int>.integer(
        "alpaca.requests_per_minute", 1...1_000_000, default: 180,
        help: "requests that we allow ourselves; Alpaca allows 200")

    /// For the local exchange.
    public static let exchangeLimit = SettingKey<Int>.integer(
        "exchange.alpaca_limit", 0...1_000_000_000, default: 200,
        help: "requests a minute; 0 for no limit")

    static let daemon = [
        paper.setting, liveEnabled.setting, tradingURL.setting, orderStreamURL.setting,
        dataURL.setting, streamURL.setting, requestsPerMinute.setting,
    ]
    static let exchange = [exchangeLimit.setting]
}
