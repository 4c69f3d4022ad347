import LedgerDomain
import LedgerEvents

/// An order as a gateway sends it: the ledger's terms with the venue's names.
public struct OrderRequest: Hashable, Sendable {
    /// At most 36 characters from A–Z, a–z, 0–9, `-` and `_`, which every venue accepts.
    public var clientOrder: String
    public var symbol: String
    public var side: Side
    public var orderType: OrderType
    public var timeInForce: TimeInForce
    /// Positive; conforming to the venue's filters.
    public var quantity: Quantity
    /// 0 if the type has none.
    public var limitPrice: Price
    public var stopPrice: Price

    public init(
        clientOrder: String, symbol: String, side: Side, orderType: OrderType,
        timeInForce: TimeInForce, quantity: Quantity, limitPrice: Price = .zero,
        stopPrice: Price = .zero
    ) {
        (self.clientOrder, self.symbol, self.side) = (clientOrder, symbol, side)
        (self.orderType, self.timeInForce) = (orderType, timeInForce)
        (self.quantity, self.limitPrice, self.stopPrice) = (quantity, limitPrice, stopPrice)
    }
}

/// The order that a cancel, a replacement or a query refers to.
public struct OrderReference: Hashable, Sendable {
    public var clientOrder: String
    /// The venue's own number; empty if not known yet.
    public var venueOrder: String
    public var symbol: String

    public init(clientOrder: String, venueOrder: String = "", symbol: String) {
        (self.clientOrder, self.venueOrder, self.symbol) = (clientOrder, venueOrder, symbol)
    }
}

/// The client order id of an intent: its 32 hexadecimal digits and, from the first replacement on,
/// `-` and the replacement's number.
public struct ClientOrderID: Hashable, Sendable, CustomStringConvertible {
    public var intent: IntentID
    public var generation: UInt16

    public init(_ intent: IntentID, generation: UInt16 = 0) {
        (self.intent, self.generation) = (intent, generation)
    }

    /// Nil if the text is not one of our ids.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 32 else { return nil }
        func half(_ range: Range<Int>) -> UInt64? {
            var value: UInt64 = 0
            for byte in bytes[range] {
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - 48)
                case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - 87)
                default: return nil
                }
            }
            return value
        }
        guard let high = half(0..<16), let low = half(16..<32) else { return nil }
        intent = IntentID(high: high, low: low)
        generation = 0
        guard bytes.count > 32 else { return }
        let digits = bytes[33...]
        guard bytes[32] == UInt8(ascii: "-"), let first = digits.first, first != 48,
            digits.count <= 3, digits.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        generation = digits.reduce(0) { $0 * 10 + UInt16($1 - 48) }
    }

    public var description: String {
        generation == 0 ? "\(intent)" : "\(intent)-\(generation)"
    }
}
