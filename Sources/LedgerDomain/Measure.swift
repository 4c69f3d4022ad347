/// A number that a rule compares: an amount, a size, a price, a share, a count or a time. It is kept in
/// 10^-9 of its unit, and the rule says which unit that is.
///
/// A `Measure` is no amount of money: it cannot be added to one or booked.
public struct Measure: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var raw: Int128

    public init(raw: Int128) { self.raw = raw }

    public static var zero: Measure { Measure(raw: 0) }
    /// For a ratio to nothing.
    public static var unbounded: Measure { Measure(raw: .max) }

    public static func money(_ amount: Money) -> Measure { Measure(raw: amount.raw) }
    public static func quantity(_ quantity: Quantity) -> Measure { Measure(raw: quantity.raw) }
    public static func price(_ price: Price) -> Measure { Measure(raw: Int128(price.raw)) }
    /// A share of 1.
    public static func share(_ share: Price) -> Measure { Measure(raw: Int128(share.raw)) }

    /// A share of 1, rounded half to even to 10^-9; 0 for one that is not finite or beyond 10^20.
    public static func share(rounding share: Double) -> Measure {
        guard share.isFinite, share.magnitude < 1e20 else { return .zero }
        return Measure(raw: Int128((share * 1e9).rounded(.toNearestOrEven)))
    }

    public static func count(_ count: some BinaryInteger) -> Measure {
        Measure(raw: Int128(count) * Int128(FixedPoint.one))
    }

    /// A time in `unit`, towards zero to 10^-9.
    public static func duration(_ time: Nanoseconds, in unit: Nanoseconds) -> Measure {
        Measure(raw: Int128(time.count) * Int128(FixedPoint.one) / Int128(unit.count))
    }

    public static func < (a: Measure, b: Measure) -> Bool { a.raw < b.raw }
    public var description: String { FixedPoint.format(raw) }
}
