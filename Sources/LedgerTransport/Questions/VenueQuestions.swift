import LedgerDomain
import LedgerSettings
import LedgerVenues

/// What commands and the doctor ask a venue, and how they read its answers.
public struct VenueQuestions: Sendable {
    /// Whether the venue returns its time without a key.
    public var hasPublicClock: Bool
    /// The addresses of orders and data, from the settings.
    public var addresses: @Sendable (CheckedSettings) -> VenueClient.Addresses
    /// Milliseconds within which the venue must accept a request, from the settings.
    public var receiveWindow: @Sendable (CheckedSettings) -> Int64
    /// A request that the venue answers only for a valid key.
    public var account: WireRequest
    /// What the key may do; nil if the venue does not say. Gets the answer about the account.
    public var permissions: @Sendable (VenueClient, WireAnswer) -> KeyPermissions?
    /// All instruments with their filters.
    public var catalogue: @Sendable (VenueClient, _ now: Timestamp) throws -> VenueCatalogue
    /// The fees of some symbols; nil if the venue has no such query.
    public var fees: (@Sendable (VenueClient, [String]) throws -> [VenueFee])?
    public var bars: BarQuestions
    /// The account with its positions and all open orders, as the gateway reports it. Gets the
    /// symbols of the configuration and the account's currency.
    public var statement:
        @Sendable (VenueClient, _ symbols: [String], _ currency: String) throws -> VenueAccount

    public init(
        hasPublicClock: Bool,
        addresses: @escaping @Sendable (CheckedSettings) -> VenueClient.Addresses,
        receiveWindow: @escaping @Sendable (CheckedSettings) -> Int64 = { _ in 5000 },
        account: WireRequest,
        permissions: @escaping @Sendable (VenueClient, WireAnswer) -> KeyPermissions?,
        catalogue: @escaping @Sendable (VenueClient, _ now: Timestamp) throws -> VenueCatalogue,
        fees: (@Sendable (VenueClient, [String]) throws -> [VenueFee])? = nil, bars: BarQuestions,
        statement:
            @escaping @Sendable (
                VenueClient, _ symbols: [String], _ currency: String
            ) throws -> VenueAccount
    ) {
        (self.hasPublicClock, self.addresses) = (hasPublicClock, addresses)
        (self.receiveWindow, self.account) = (receiveWindow, account)
        (self.permissions, self.catalogue) = (permissions, catalogue)
        (self.fees, self.bars, self.statement) = (fees, bars, statement)
    }
}

/// How to query a venue for bars.
public struct BarQuestions: Sendable {
    /// Which page of which symbol.
    public struct Page: Sendable {
        public var symbol: String
        /// The venue's name for the interval.
        public var interval: String
        public var from: Timestamp
        /// Bars that start at or after this time are not wanted.
        public var end: Timestamp
        /// The token from the previous page; empty for the first.
        public var token: String
        /// Whether prices before a split are wanted in the units after it.
        public var adjustsSplits: Bool
    }

    /// Intervals in seconds with the venue's names for them.
    public var intervals: [(seconds: UInt32, name: String)]
    /// Whether a page names the next one. If not, the next page starts after the last bar.
    public var hasTokens: Bool
    public var read: @Sendable (VenueClient, Page) throws -> VenueBars

    public init(
        intervals: [(seconds: UInt32, name: String)], hasTokens: Bool,
        read: @escaping @Sendable (VenueClient, Page) throws -> VenueBars
    ) {
        (self.intervals, self.hasTokens, self.read) = (intervals, hasTokens, read)
    }
}
