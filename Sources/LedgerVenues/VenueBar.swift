import LedgerDomain

/// A bar of a venue's history.
public struct VenueBar: Hashable, Sendable {
    public var symbol: String
    /// Its start; it ends one interval later.
    public var start: Timestamp
    public var open: Price
    public var high: Price
    public var low: Price
    public var close: Price
    public var volume: Quantity

    public init(
        symbol: String, start: Timestamp, open: Price, high: Price, low: Price, close: Price,
        volume: Quantity
    ) {
        (self.symbol, self.start, self.volume) = (symbol, start, volume)
        (self.open, self.high, self.low, self.close) = (open, high, low, close)
    }

    /// - Parameter interval: seconds.
    public func report(interval: UInt32) -> GatewayReport {
        .bar(
            symbol: symbol, open: open, high: high, low: low, close: close, volume: volume,
            interval: interval,
            start.advanced(by: Nanoseconds(Int64(interval) * 1_000_000_000)))
    }
}

/// A page of history.
public struct VenueBars: Hashable, Sendable {
    public var bars: [VenueBar]
    /// The token for the next page; empty at the end.
    public var nextPage: String

    public init(_ bars: [VenueBar], nextPage: String = "") {
        (self.bars, self.nextPage) = (bars, nextPage)
    }
}
