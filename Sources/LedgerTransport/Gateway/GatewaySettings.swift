import LedgerDomain
import LedgerVenues

/// Where a venue is, who we are there, and how patient we are.
public struct GatewaySettings: Sendable {
    /// How the venue gives the account's events: by a signed subscription over its web-socket API, or by a
    /// listen key that is part of the stream's address.
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

    /// Milliseconds within which a venue that has such a limit must take a request up; at most 60,000.
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
    /// The asset that is the account's cash, where the venue keeps cash as one asset of many.
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

    /// The address that a request goes to, before its path.
    func address(of request: WireRequest) -> String {
        request.place == .data && !dataURL.isEmpty ? dataURL : restURL
    }
}

/// Why a gateway does not start. It names settings and never a key.
public struct GatewaySettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(_ description: String) { self.description = description }
}
