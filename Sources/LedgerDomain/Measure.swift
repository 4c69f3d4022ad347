/// A number that a rule compares: an amount, a size, a price, a share, a count or a time. It is kept in
/// 10^-9 of its unit, and the rule says which unit that is.
///
/// A `Measure` is no amount of money: it cannot be added to one or booked.
public struct Measure: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var raw: Int128

    /// For the bytes of records and states. Elsewhere the unit makes the measure: `.money`, `.count` …
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

    /// How a quotient is rounded to 10^-9.
    public enum ShareRounding: Sendable {
        /// Away from zero, so that a limit is never met by rounding.
        case up
        /// Towards zero.
        case down
        case halfEven
    }

    /// The share `part / whole`; nil if the whole is not positive or the share does not fit.
    public static func share(
        _ part: Int128, of whole: Int128, _ rounding: ShareRounding
    ) -> Measure? {
        guard whole > 0 else { return nil }
        let one = Int128(FixedPoint.one)
        switch rounding {
        case .up: return FixedPoint.scaledUp(part, by: one, over: whole).map(Measure.init(raw:))
        case .halfEven:
            return (try? FixedPoint.scaled(part, by: one, over: whole)).map(Measure.init(raw:))
        case .down:
            let (product, overflow) = part.multipliedReportingOverflow(by: one)
            return overflow ? nil : Measure(raw: product / whole)
        }
    }

    /// A price beyond what a `Price` holds, such as a multiple of one or an average, in 10^-9.
    public static func price(wide price: Int128) -> Measure { Measure(raw: price) }

    /// A number for each second.
    public static func rate(_ perSecond: Price) -> Measure { Measure(raw: Int128(perSecond.raw)) }

    /// A measured value in the unit of its metric.
    public static func metric(_ value: Price) -> Measure { Measure(raw: Int128(value.raw)) }

    public static func milliseconds(_ time: Int64) -> Measure { count(time) }

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
