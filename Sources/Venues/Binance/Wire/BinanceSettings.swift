import LedgerSettings

/// Settings that only this venue has.
enum BinanceSettings {
    static let daemon: [Setting] = [
        Setting(
            "binance.rest_url", .text, "https://testnet.binance.vision", "orders, account, history"),
        Setting(
            "binance.stream_url", .text, "wss://stream.testnet.binance.vision", "market data"),
        Setting(
            "binance.order_stream_url", .text, "wss://ws-api.testnet.binance.vision/ws-api/v3",
            "order reports"),
        Setting(
            "binance.weight_per_minute", .integer(1...10_000_000), "5400",
            "request weight that we allow ourselves; Binance allows 6000"),
        Setting(
            "binance.recv_window_ms", .integer(10...60_000), "5000",
            "milliseconds after its time stamp for which a request may still arrive"),
    ]

    static let exchange: [Setting] = [
        Setting(
            "exchange.binance_currency", .text, "USDT", "what the Binance account's cash is in"),
        Setting(
            "exchange.binance_limit", .integer(0...1_000_000_000), "6000",
            "request weight a minute; 0 for no limit"),
    ]
}
