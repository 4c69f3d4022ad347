import LedgerSettings

/// Settings of this venue only.
public enum BinanceKeys {
    public static let restURL = SettingKey.text(
        "binance.rest_url", default: "https://testnet.binance.vision",
        help: "address for orders, account and history")
    public static let streamURL = SettingKey.text(
        "binance.stream_url", default: "wss://stream.testnet.binance.vision",
        help: "address for market data")
    public static let orderStreamURL = SettingKey.text(
        "binance.order_stream_url", default: "wss://ws-api.testnet.binance.vision/ws-api/v3",
        help: "address for order reports")
    public static let weightPerMinute = SettingKey<Int>.integer(
        "binance.weight_per_minute", 1...10_000_000, default: 5400,
        help: "request weight to use per minute; Binance allows 6000")
    /// Milliseconds.
    public static let receiveWindow = SettingKey<Int64>.integer(
        "binance.recv_window_ms", 10...60_000, default: 5000,
        help: "milliseconds for which a request is valid after its time stamp")

    /// For the local exchange.
    public static let exchangeCurrency = SettingKey.text(
        "exchange.binance_currency", default: "USDT", help: "currency of the Binance account's cash"
    )
    public static let exchangeLimit = SettingKey<Int>.integer(
        "exchange.binance_limit", 0...1_000_000_000, default: 6000,
        help: "request weight per minute; 0 for no limit")

    static let daemon = [
        restURL.setting, streamURL.setting, orderStreamURL.setting, weightPerMinute.setting,
        receiveWindow.setting,
    ]
    static let exchange = [exchangeCurrency.setting, exchangeLimit.setting]
}
