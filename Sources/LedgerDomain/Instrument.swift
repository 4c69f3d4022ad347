/// What can be traded. Prices are multiples of `tick`, quantities of `lot`; the scales say how many
/// decimals a person sees.
package struct Instrument: Hashable, Sendable {
    package var id: InstrumentID
    package var symbol: String
    package var venue: String
    /// The quote currency: what prices, fees and profit are counted in.
    package var currency: String
    package var kind: InstrumentKind
    package var tick: Price
    package var lot: Quantity
    package var priceScale: UInt8
    package var quantityScale: UInt8

    package init(
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

package enum InstrumentKind: UInt8, Sendable, CaseIterable {
    case equity = 1
    case crypto = 2
}

/// Whose money an account holds. Kinds never mix: a simulated fill cannot reach a live account.
package enum AccountKind: UInt8, Sendable, CaseIterable {
    case simulated = 1
    case paper = 2
    case live = 3
}

package struct Account: Hashable, Sendable {
    package var id: AccountID
    package var name: String
    package var kind: AccountKind
    package var currency: String

    package init(id: AccountID, name: String, kind: AccountKind, currency: String) {
        self.id = id
        self.name = name
        self.kind = kind
        self.currency = currency
    }
}

package enum Side: UInt8, Sendable, CaseIterable {
    case buy = 1
    case sell = 2

    package var opposite: Side { self == .buy ? .sell : .buy }
    package var sign: Int128 { self == .buy ? 1 : -1 }
}

package enum OrderType: UInt8, Sendable, CaseIterable {
    case market = 1
    case limit = 2
    case stop = 3
    case stopLimit = 4
}

package enum TimeInForce: UInt8, Sendable, CaseIterable {
    /// Until the trading day ends.
    case day = 1
    /// Until cancelled.
    case goodTillCancelled = 2
    /// What fills at once; the rest is cancelled.
    case immediateOrCancel = 3
    /// All at once or nothing.
    case fillOrKill = 4
}
