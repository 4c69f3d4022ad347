import LedgerDomain
import LedgerVenues

/// Where a venue is, which account we use, and the time-outs.
public struct GatewaySettings: Sendable {
    /// How the venue delivers the account's events: by a signed subscription over its web-socket
    /// API, or by a listen key in the stream's address.
    public enum UserStream: Hashable, Sendable {
        case subscription
        case listenKey
    }

    public var restURL: String
    /// Address of market data by REST; `restURL` if empty.
    public var dataURL = ""
    public var orderStreamURL: String
    public var marketStreamURL: String
    /// Address of the stream with the market data of coins; empty if `marketStreamURL` has them too.
    public var coinStreamURL = ""
    public var keys: VenueKeys
    /// No real money is involved; decides which addresses and keys belong together (K23).
    public var isPaper: Bool

    public var http = HTTPClient.Settings()
    public var socket = WebSocketSettings()
    /// PEM file of a certificate authority to trust in addition to the system's, for all
    /// connections.
    public var authorityFile = "" {
        didSet { (http.authorityFile, socket.authorityFile) = (authorityFile, authorityFile) }
    }

    /// Milliseconds within which the venue must accept a request, if it has such a limit; at most
    /// 60,000.
    public var receiveWindow: Int64 = 5000
    /// How long after that a venue may still place an accepted order: its own time limit for a
    /// request. After both, an unknown order is not coming any more.
    public var processingLimit = Nanoseconds(10_000_000_000)
    public var budget: RequestBudget.Rules
    public var backoff = Backoff.Rules()
    /// How often a query is retried after a temporary failure (N03).
    public var retries = 3
    /// How long an order may wait for the request budget before it is refused here.
    public var orderWait = Nanoseconds(500_000_000)
    /// How many orders may wait for the budget at once.
    public var orderQueue = 32
    public var clock = ClockEstimator.Rules()
    /// The asset that is the account's cash, if the venue treats cash as one asset of many.
    public var quoteAsset = "USDT"
    public var userStream = UserStream.subscription
    /// Whether market data include closed one-minute bars.
    public var hasBars = true
    public var seed: UInt64 = 0
    /// Receives the client order id and the steady time when an order's request is about to be
    /// written.
    public var onOrderWritten: (@Sendable (String, Int64) -> Void)?

    public init(
        restURL: String, orderStreamURL: String, marketStreamURL: String, keys: VenueKeys,
        isPaper: Bool, budget: RequestBudget.Rules
    ) {
        (self.restURL, self.orderStreamURL) = (restURL, orderStreamURL)
        (self.marketStreamURL, self.keys) = (marketStreamURL, keys)
        (self.isPaper, self.budget) = (isPaper, budget)
    }

    /// The address of a request, before its path.
    func address(of request: WireRequest) -> String {
        request.place == .data && !dataURL.isEmpty ? dataURL : restURL
    }
}

/// Why a gateway does not start. It names settings but never a key.
public struct GatewaySettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
