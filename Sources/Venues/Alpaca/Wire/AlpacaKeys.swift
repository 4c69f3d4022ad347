import LedgerDomain
import LedgerSettings

/// Settings of this venue only.
public enum AlpacaKeys {
    public static let paper = SettingKey.flag(
        "alpaca.paper", default: true, help: "use Alpaca's paper account",
        variables: ["ALPACA_PAPER"])
    public static let liveEnabled = SettingKey.flag(
        "alpaca.live_enabled", default: false,
        help: "must be true for live trading, in addition to alpaca.paper=false",
        variables: ["ALPACA_LIVE_ENABLED"])
    public static let tradingURL = SettingKey.text(
        "alpaca.trading_url", default: "https://paper-api.alpaca.markets",
        help: "address for orders and account")
    public static let orderStreamURL = SettingKey.text(
        "alpaca.order_stream_url", default: "",
        help: "address for order reports; /stream of the trading address if empty")
    public static let dataURL = SettingKey.text(
        "alpaca.data_url", default: "https://data.alpaca.markets",
        help: "address for history and snapshots")
    public static let streamURL = SettingKey.text(
        "alpaca.stream_url", default: "wss://stream.data.alpaca.markets/v2/iex",
        help: "address for market data of shares; that of coins is taken too")
    public static let coinStreamURL = SettingKey.text(
        "alpaca.crypto_stream_url", default: "",
        help: "address for market data of coins; /v1beta3/crypto/us of the same server if empty")
    public static let requestsPerMinute = SettingKey<Int>.integer(
        "alpaca.requests_per_minute", 1...1_000_000, default: 180,
        help: "requests to send per minute; Alpaca allows 200")

    /// For the local exchange.
    public static let exchangeLimit = SettingKey<Int>.integer(
        "exchange.alpaca_limit", 0...1_000_000_000, default: 200,
        help: "requests per minute; 0 for no limit")

    public static let exchangeCoinFee = SettingKey<BasisPoints>.decimal(
        "exchange.alpaca_coin_fee_basis_points", from: "0", through: "1000", default: "0",
        help: "fee that a buy of crypto pays in units, apart from the fill")

    static let daemon = [
        paper.setting, liveEnabled.setting, tradingURL.setting, orderStreamURL.setting,
        dataURL.setting, streamURL.setting, coinStreamURL.setting, requestsPerMinute.setting,
    ]
    static let exchange = [exchangeLimit.setting, exchangeCoinFee.setting]
}
