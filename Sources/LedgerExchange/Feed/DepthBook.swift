import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Changes to an order book: each price with the new quantity there; 0 for none.
public struct DepthUpdate: Hashable, Sendable {
    public struct Level: Hashable, Sendable {
        public var price: Price
        public var quantity: Quantity

        public init(price: Price, quantity: Quantity) {
            (self.price, self.quantity) = (price, quantity)
        }
    }

    public var symbol: String
    public var first: Int64
    public var last: Int64
    public var bids: [Level]
    public var asks: [Level]
    /// Whether it is the whole book, which clients query; it is not broadcast.
    public var isWhole = false

    public init(
        symbol: String, first: Int64, last: Int64, bids: [Level], asks: [Level],
        isWhole: Bool = false
    ) {
        (self.symbol, self.first, self.last) = (symbol, first, last)
        (self.bids, self.asks, self.isWhole) = (bids, asks, isWhole)
    }
}

/// An order book built from its changes.
public struct DepthBook: Hashable, Sendable {
    public private(set) var last: Int64 = 0
    /// Highest first.
    public private(set) var bids: [DepthUpdate.Level] = []
    /// Lowest first.
    public private(set) var asks: [DepthUpdate.Level] = []

    public mutating func apply(_ update: DepthUpdate) {
        guard update.last >= last else { return }
        if update.isWhole { (bids, asks) = ([], []) }
        last = update.last
        for level in update.bids { Self.put(level, into: &bids) { $0 > $1 } }
        for level in update.asks { Self.put(level, into: &asks) { $0 < $1 } }
    }

    private static func put(
        _ level: DepthUpdate.Level, into side: inout [DepthUpdate.Level],
        _ isBefore: (Price, Price) -> Bool
    ) {
        var low = 0
        var high = side.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(side[middle].price, level.price) { low = middle + 1 } else { high = middle }
        }
        let isThere = low < side.count && side[low].price == level.price
        switch (isThere, level.quantity.raw == 0) {
        case (true, true): side.remove(at: low)
        case (true, false): side[low] = level
        case (false, false): side.insert(level, at: low)
        case (false, true): break
        }
        if side.count > 5000 { side.removeLast() }
    }
}
