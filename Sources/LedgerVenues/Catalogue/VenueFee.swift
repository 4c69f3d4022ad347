import LedgerDomain

/// What a venue takes of each trade.
public struct VenueFee: Hashable, Sendable {
    /// Empty for every symbol that has no fee of its own.
    public var symbol: String
    public var maker: BasisPoints
    public var taker: BasisPoints

    public init(symbol: String, maker: BasisPoints, taker: BasisPoints) {
        (self.symbol, self.maker, self.taker) = (symbol, maker, taker)
    }
}
