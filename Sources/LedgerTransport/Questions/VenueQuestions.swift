import LedgerDomain
import LedgerSettings
import LedgerVenues

/// What commands and the doctor ask a venue, and how they read its answers.
public struct VenueQuestions: Sendable {
    /// Whether the venue tells the time to someone without a key.
    public var hasPublicClock: Bool
    /// Where orders and data are, by the settings.
    public var addresses: @Sendable (CheckedSettings) -> VenueClient.Addresses
    /// Milliseconds within which the venue must take a request up, by the settings.
    public var receiveWindow: @Sendable (CheckedSettings) -> Int64
    /// Answered only to a key that the venue accepts.
    public var account: WireRequest
    /// What the key may do; nil when the venue does not say. Given the answer about the account.
    public var permissions: @Sendable (VenueClient, WireAnswer) -> KeyPermissions?
    /// Every instrument with its filters.
    public var catalogue: @Sendable (VenueClient, _ now: Timestamp) throws -> VenueCatalogue
    /// The fees of some symbols; nil when the venue has none to ask for.
    public var fees: (@Sendable (VenueClient, [String]) throws -> [VenueFee])?
    public var bars: BarQuestions

    public init(
        hasPublicClock: Bool,
        addresses: @escaping @Sendable (CheckedSettings) -> VenueClient.Addresses,
        receiveWindow: @escaping @Sendable (CheckedSettings) -> Int64 = { _ in 5000 },
        account: WireRequest,
        permissions: @escaping @Sendable (VenueClient, WireAnswer) -> KeyPermissions?,
        catalogue: @escaping @Sendable (VenueClient, _ now: Timestamp) throws -> VenueCatalogue,
        fees: (@Sendable (VenueClient, [String]) throws -> [VenueFee])? = nil, bars: BarQuestions
    ) {
        (self.hasPublicClock, self.addresses) = (hasPublicClock, addresses)
        (self.receiveWindow, self.account) = (receiveWindow, account)
        (self.permissions, self.catalogue) = (permissions, catalogue)
        (self.fees, self.bars) = (fees, bars)
    }
}

/// How a venue is asked for the history of bars.
public struct BarQuestions: Sendable {
    /// Which page of which symbol.
    public struct Page: Sendable {
        public var symbol: String
        /// The venue's name of the interval.
        public var interval: String
        public var from: Timestamp
        /// Bars that begin at or after it are not wanted.
        public var end: Timestamp
        /// The token of the page before; empty on the first.
        public var token: String
    }

    /// Intervals in seconds, and the venue's names of them.
    public var intervals: [(seconds: UInt32, name: String)]
    /// Whether a page names the next one. Otherwise the next page begins after the last bar.
    public var hasTokens: Bool
    public var read: @Sendable (VenueClient, Page) throws -> VenueBars

    public init(
        intervals: [(seconds: UInt32, name: String)], hasTokens: Bool,
        read: @escaping @Sendable (VenueClient, Page) throws -> VenueBars
    ) {
        (self.intervals, self.hasTokens, self.read) = (intervals, hasTokens, read)
    }
}
