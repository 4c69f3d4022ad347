import LedgerDomain
import LedgerVenues

/// Where a venue is, who we are there, and how patient we are.
public struct GatewaySettings: Sendable {
    /// How Binance gives the account's events: by a subscription that is signed, over its web-socket API;
    /// or by a listen key, which other venues of its kind still have.
    public enum UserStream: Hashable, Sendable {
        case subscription
        case listenKey
    }

    public var restURL: String
    /// Of market data by REST; where it is empty, `restURL`.
    public var dataURL = ""
    public var orderStreamURL: String
    public var marketStreamURL: String
    public var keys: VenueKeys
    /// No money at stake: which addresses and keys belong together (K23).
    public var isPaper: Bool

    public var http = HTTPClient.Settings()
    public var socket = WebSocketSettings()
    /// PEM of a certificate authority that is trusted beside the system's, for all connections.
    public var authorityFile = "" {
        didSet { (http.authorityFile, socket.authorityFile) = (authorityFile, authorityFile) }
    }

    /// Milliseconds within which Binance must take a request up; at most 60,000.
    public var receiveWindow: Int64 = 5000
    /// How long after that a venue may still be about to place an order that it took up: its own limit for
    /// a request. An order of which nobody knows anything after both is not coming any more.
    public var processingLimit = Nanoseconds(10_000_000_000)
    public var budget: RequestBudget.Rules
    public var backoff = Backoff.Rules()
    /// How often a question is asked again after a failure that passes (N03).
    public var retries = 3
    /// How long an order may wait for the budget; beyond it, it is refused here.
    public var orderWait = Nanoseconds(500_000_000)
    /// Orders that wait for the budget at once.
    public var orderQueue = 32
    public var clock = ClockEstimator.Rules()
    /// Binance: the asset that is the account's cash.
    public var quoteAsset = "USDT"
    public var userStream = UserStream.subscription
    /// Whether market data come with closed bars of a minute.
    public var hasBars = true
    public var seed: UInt64 = 0
    /// Told the client order id and the steady time when an order's request is about to be written.
    public var onOrderWritten: (@Sendable (String, Int64) -> Void)?

    public init(
        restURL: String, orderStreamURL: String, marketStreamURL: String, keys: VenueKeys,
        isPaper: Bool, budget: RequestBudget.Rules
    ) {
        (self.restURL, self.orderStreamURL) = (restURL, orderStreamURL)
        (self.marketStreamURL, self.keys) = (marketStreamURL, keys)
        (self.isPaper, self.budget) = (isPaper, budget)
    }

    /// Alpaca's own addresses and limits: 200 requests a minute.
    ///
    /// - Parameter feed: of its data stream: `v2/iex`, `v2/sip`, `v1beta3/crypto/us`.
    public static func alpaca(
        _ keys: VenueKeys, isPaper: Bool, feed: String = "v2/iex"
    ) -> GatewaySettings {
        let host = isPaper ? "paper-api.alpaca.markets" : "api.alpaca.markets"
        var settings = GatewaySettings(
            restURL: "https://\(host)", orderStreamURL: "wss://\(host)/stream",
            marketStreamURL: "wss://stream.data.alpaca.markets/\(feed)", keys: keys,
            isPaper: isPaper, budget: RequestBudget.Rules(perMinute: 180, burst: 20, reserve: 5))
        settings.dataURL = "https://data.alpaca.markets"
        return settings
    }

    /// Binance's own addresses, or its test net's, and limits: a weight of 6000 a minute.
    public static func binance(_ keys: VenueKeys, isPaper: Bool) -> GatewaySettings {
        let budget = RequestBudget.Rules(perMinute: 5400, burst: 600, reserve: 50)
        guard isPaper else {
            return GatewaySettings(
                restURL: "https://api.binance.com",
                orderStreamURL: "wss://ws-api.binance.com:443/ws-api/v3",
                marketStreamURL: "wss://stream.binance.com:9443", keys: keys, isPaper: false,
                budget: budget)
        }
        return GatewaySettings(
            restURL: "https://testnet.binance.vision",
            orderStreamURL: "wss://ws-api.testnet.binance.vision/ws-api/v3",
            marketStreamURL: "wss://stream.testnet.binance.vision", keys: keys, isPaper: true,
            budget: budget)
    }
}

/// Why a gateway does not start. It names settings and never a key.
public struct GatewaySettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
