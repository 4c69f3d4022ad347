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
    /// It closes or protects a position, so it may use the last of the request budget.
    public var reducesRisk: Bool

    public init(
        clientOrder: String, symbol: String, side: Side, orderType: OrderType,
        timeInForce: TimeInForce, quantity: Quantity, limitPrice: Price = .zero,
        stopPrice: Price = .zero, reducesRisk: Bool = false
    ) {
        self.reducesRisk = reducesRisk
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

/// The client order id of an intent: its 32 hexadecimal digits and, from the first replacement or
/// second attempt on, `-` and the number of the replacement.
///
/// Venues take 36 characters, so three are left for the number: 1 to 999 in decimal, then `a00` to
/// `zzz` in base 36.
public struct ClientOrderID: Hashable, Sendable, CustomStringConvertible {
    /// The largest number that three characters hold: 999 and 26 × 36 × 36 more.
    public static let lastGeneration: UInt16 = 34_695

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
        guard bytes[32] == UInt8(ascii: "-"), let number = Self.number(bytes[33...]) else {
            return nil
        }
        generation = number
    }

    public var description: String {
        switch generation {
        case 0: return "\(intent)"
        case ...999: return "\(intent)-\(generation)"
        default:
            // `a00` is 10 × 36 × 36 in base 36.
            let last = min(generation, Self.lastGeneration)
            return "\(intent)-\(String(UInt32(last) - 1000 + 12_960, radix: 36))"
        }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard let first = digits.first, first != 48, digits.count <= 3 else { return nil }
        if (48...57).contains(first) {
            guard digits.allSatisfy({ (48...57).contains($0) }) else { return nil }
            return digits.reduce(0) { $0 * 10 + UInt16($1 - 48) }
        }
        guard digits.count == 3,
            digits.allSatisfy({ (48...57).contains($0) || (97...122).contains($0) })
        else { return nil }
        let value = digits.reduce(UInt32(0)) { $0 * 36 + UInt32($1 < 58 ? $1 - 48 : $1 - 87) }
        return UInt16(value - 12_960 + 1000)
    }
}
