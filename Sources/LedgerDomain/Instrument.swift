/// What can be traded. Prices are multiples of `tick`, quantities of `lot`; the scales say how many
/// decimals a person sees.
public struct Instrument: Hashable, Sendable {
    public var id: InstrumentID
    public var symbol: String
    public var venue: String
    /// The quote currency: what prices, fees and profit are counted in.
    public var currency: String
    public var kind: InstrumentKind
    public var tick: Price
    public var lot: Quantity
    public var priceScale: UInt8
    public var quantityScale: UInt8

    public init(
        id: InstrumentID, symbol: String, venue: String, currency: String, kind: InstrumentKind,
        tick: Price, lot: Quantity, priceScale: UInt8, quantityScale: UInt8
    ) {
        self.id = id
        self.symbol = symbol
        self.venue = venue
        self.currency = currency
        self.kind = kind
        self.tick = tick
        self.lot = lot
        self.priceScale = priceScale
        self.quantityScale = quantityScale
    }
}

public enum InstrumentKind: UInt8, Sendable, CaseIterable {
    case equity = 1
    case crypto = 2
}

/// Whose money an account holds. Kinds never mix: a simulated fill cannot reach a live account.
public enum AccountKind: UInt8, Sendable, CaseIterable {
    case simulated = 1
    case paper = 2
    case live = 3
}

public struct Account: Hashable, Sendable {
    public var id: AccountID
    public var name: String
    public var kind: AccountKind
    public var currency: String

    public init(id: AccountID, name: String, kind: AccountKind, currency: String) {
        self.id = id
        self.name = name
        self.kind = kind
        self.currency = currency
    }
}

public enum Side: UInt8, Sendable, CaseIterable {
    case buy = 1
    case sell = 2

    public var opposite: Side { self == .buy ? .sell : .buy }
    public var sign: Int128 { self == .buy ? 1 : -1 }
}

public enum OrderType: UInt8, Sendable, CaseIterable {
    case market = 1
    case limit = 2
    case stop = 3
    case stopLimit = 4
}

public enum TimeInForce: UInt8, Sendable, CaseIterable {
    /// Until the trading day ends.
    case day = 1
    /// Until cancelled.
    case goodTillCancelled = 2
    /// What fills at once; the rest is cancelled.
    case immediateOrCancel = 3
    /// All at once or nothing.
    case fillOrKill = 4
}
