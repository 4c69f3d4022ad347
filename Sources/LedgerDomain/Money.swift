/// An amount of one currency, in 10^-9; positive is received, negative is paid.
public struct Money: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var raw: Int128

    public init(raw: Int128) { self.raw = raw }

    /// - Throws: `NumberError` when the text is not a decimal or has more than nine decimals.
    public init(_ text: some StringProtocol) throws(NumberError) {
        raw = try FixedPoint.parse(Array(text.utf8))
    }

    /// What a venue counts as units of an asset, where the asset is the account's currency.
    public init(units: Quantity) { raw = units.raw }

    /// 10^12, the largest amount that one event may move.
    public static var limit: Money { Money(raw: 1_000_000_000_000_000_000_000) }
    public static var zero: Money { Money(raw: 0) }
    public static func < (a: Money, b: Money) -> Bool { a.raw < b.raw }
    public static func + (a: Money, b: Money) -> Money { Money(raw: a.raw + b.raw) }
    public static func - (a: Money, b: Money) -> Money { Money(raw: a.raw - b.raw) }
    public static prefix func - (a: Money) -> Money { Money(raw: -a.raw) }
    public static func += (a: inout Money, b: Money) { a.raw += b.raw }
    public static func -= (a: inout Money, b: Money) { a.raw -= b.raw }
    public var description: String { FixedPoint.format(raw) }
    public var double: Double { FixedPoint.double(raw) / 1e9 }

    /// price × quantity, rounded half to even to 10^-9; the sign is the quantity's for a positive
    /// price.
    ///
    /// - Throws: `NumberError.overflow` beyond 10^12.
    public static func notional(
        _ price: Price, _ quantity: Quantity
    ) throws(NumberError) -> Money {
        let (product, overflow) = quantity.raw.multipliedReportingOverflow(by: Int128(price.raw))
        guard !overflow else { throw .overflow("\(quantity) × \(price)") }
        let amount = Money(raw: FixedPoint.dividedHalfEven(product, by: Int128(FixedPoint.one)))
        guard amount.raw.magnitude <= Money.limit.raw.magnitude else {
            throw .overflow("notional \(quantity) × \(price)")
        }
        return amount
    }

    /// The share `part / whole` of this amount, rounded half to even to 10^-9.
    ///
    /// - Precondition: `whole` is not 0.
    public func share(_ part: Quantity, of whole: Quantity) throws(NumberError) -> Money {
        if part == whole { return self }
        let divided = try FixedPoint.scaled(raw, by: part.raw, over: whole.magnitude.raw)
        return Money(raw: whole.raw < 0 ? -divided : divided)
    }

    /// This amount × `points` / 10,000, rounded half to even to 10^-9.
    public func basisPoints(_ points: BasisPoints) throws(NumberError) -> Money {
        let (product, overflow) = raw.multipliedReportingOverflow(by: Int128(points.raw))
        guard !overflow else { throw .overflow("\(points) basis points of \(self)") }
        return Money(raw: FixedPoint.dividedHalfEven(product, by: 10_000 * 1000))
    }
}

/// Hundredths of a percent, in thousandths: 7.5 basis points are 7500.
public struct BasisPoints: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var raw: Int64

    public init(raw: Int64) { self.raw = raw }

    /// - Throws: `NumberError` when the text is not a decimal or has more than three decimals.
    public init(_ text: some StringProtocol) throws(NumberError) {
        let value = try FixedPoint.parse(Array(text.utf8))
        guard value % 1_000_000 == 0 else {
            throw .tooPrecise("\(text) basis points (three at most)")
        }
        guard let raw = Int64(exactly: value / 1_000_000) else {
            throw .overflow("\(text) basis points")
        }
        self.raw = raw
    }

    public static var zero: BasisPoints { BasisPoints(raw: 0) }
    public static func < (a: BasisPoints, b: BasisPoints) -> Bool { a.raw < b.raw }
    public var description: String { FixedPoint.format(Int128(raw) * 1_000_000) }
}
