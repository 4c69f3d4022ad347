import LedgerVenues

/// What a venue says a key may do (X06); nil if it does not say.
public struct KeyPermissions: Hashable, Sendable {
    public var canWithdraw: Bool?
    public var canTrade: Bool?
    /// Whether the key is restricted to certain IP addresses.
    public var isBound: Bool?

    public init(canWithdraw: Bool? = nil, canTrade: Bool? = nil, isBound: Bool? = nil) {
        (self.canWithdraw, self.canTrade, self.isBound) = (canWithdraw, canTrade, isBound)
    }
}
