/// A number of units of an instrument, in 10^-9; signed for a position (short is negative).
public struct Quantity: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var raw: Int128

    public init(raw: Int128) { self.raw = raw }

    /// - Throws: `NumberError` when the text is not a decimal or has more than nine decimals.
    public init(_ text: some StringProtocol) throws(NumberError) {
        raw = try FixedPoint.parse(Array(text.utf8))
    }

    /// 10^12 units, the largest order, position or volume.
    public static var limit: Quantity { Quantity(raw: 1_000_000_000_000_000_000_000) }
    public static var zero: Quantity { Quantity(raw: 0) }
    public static func < (a: Quantity, b: Quantity) -> Bool { a.raw < b.raw }
    public static func + (a: Quantity, b: Quantity) -> Quantity { Quantity(raw: a.raw + b.raw) }
    public static func - (a: Quantity, b: Quantity) -> Quantity { Quantity(raw: a.raw - b.raw) }
    public static prefix func - (a: Quantity) -> Quantity { Quantity(raw: -a.raw) }
    public var magnitude: Quantity { raw < 0 ? Quantity(raw: -raw) : self }
    public var description: String { FixedPoint.format(raw) }
    public var double: Double { FixedPoint.double(raw) / 1e9 }

    /// The largest multiple of `lot` that is not larger in magnitude.
    public func truncated(to lot: Quantity) -> Quantity {
        guard lot.raw > 1 else { return self }
        return Quantity(raw: raw - raw % lot.raw)
    }

    /// Quantity × `numerator` / `denominator`, rounded half to even to 10^-9: a split.
    public func scaled(by numerator: Int64, over denominator: Int64) throws(NumberError) -> Quantity
    {
        let (product, overflow) = raw.multipliedReportingOverflow(by: Int128(numerator))
        guard !overflow else { throw .overflow("quantity \(self) × \(numerator)") }
        return Quantity(raw: FixedPoint.dividedHalfEven(product, by: Int128(denominator)))
    }
}
