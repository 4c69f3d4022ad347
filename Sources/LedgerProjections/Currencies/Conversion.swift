import LedgerDomain

/// How much one unit of a currency is worth in another: an exact fraction, made of one rate or of two over a
/// pivot.
public struct Conversion: Hashable, Sendable {
    private var numerator: Int128 = 1
    private var denominator: Int128 = 1

    init() {}

    /// Goes on over another rate: times `rate`, or divided by it.
    ///
    /// - Precondition: `rate` is above zero, and this is the second rate at most.
    mutating func pass(_ rate: Price, isInverse: Bool) {
        precondition(rate.raw > 0, "a rate is above zero")
        let (one, raw) = (Int128(FixedPoint.one), Int128(rate.raw))
        numerator *= isInverse ? one : raw
        denominator *= isInverse ? raw : one
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        (numerator, denominator) = (numerator / a, denominator / a)
    }

    /// What an amount is worth, rounded half to even to 10^-9.
    public func worth(of amount: Money) throws(NumberError) -> Money {
        Money(raw: try FixedPoint.scaled(amount.raw, by: numerator, over: denominator))
    }

    /// What a value in 10^-18 is worth, rounded once, half to even, to 10^-9.
    public func worth(ofValue value: Int128) throws(NumberError) -> Money {
        let (divisor, overflow) = denominator.multipliedReportingOverflow(
            by: Int128(FixedPoint.one))
        guard !overflow else { throw .overflow("a rate of \(numerator) / \(denominator)") }
        return Money(raw: try FixedPoint.scaled(value, by: numerator, over: divisor))
    }

    /// The same, rounded up.
    func worthUp(ofValue value: Int128) -> Money? {
        let (divisor, overflow) = denominator.multipliedReportingOverflow(
            by: Int128(FixedPoint.one))
        guard !overflow else { return nil }
        return FixedPoint.scaledUp(value, by: numerator, over: divisor).map(Money.init(raw:))
    }

    /// A price in the other currency, rounded half to even to 10^-9; nil where it does not fit.
    public func price(_ price: Price) -> Price? {
        (try? worth(of: Money(raw: Int128(price.raw)))).flatMap { Int64(exactly: $0.raw) }
            .map(Price.init(raw:))
    }

    /// The worth of one unit, rounded half to even to 10^-9; nil where it does not fit.
    public var rate: Price? { price(Price(raw: FixedPoint.one)) }

    /// As a double, for sizes that are rounded down anyway.
    public var double: Double { FixedPoint.double(numerator) / FixedPoint.double(denominator) }
}
