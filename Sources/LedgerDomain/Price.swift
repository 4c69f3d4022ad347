/// An amount of quote currency for one unit, in 10^-9; at most 9,223,372,036.854775807.
public struct Price: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var raw: Int64

    public init(raw: Int64) { self.raw = raw }

    /// - Throws: `NumberError` when the text is not a decimal, has more than nine decimals or does
    ///   not fit.
    public init(_ text: some StringProtocol) throws(NumberError) {
        let value = try FixedPoint.parse(Array(text.utf8))
        guard let raw = Int64(exactly: value) else { throw .overflow("price \(text)") }
        self.raw = raw
    }

    public static var zero: Price { Price(raw: 0) }
    public static func < (a: Price, b: Price) -> Bool { a.raw < b.raw }
    public var description: String { FixedPoint.format(Int128(raw)) }

    /// The nearest `Double`: both operands are exact below 9,007,199.254740993, so the one division
    /// rounds as a decimal-to-binary conversion does.
    public var double: Double { Double(raw) / 1e9 }

    /// The nearest price to `value`, half away from zero; nil when it is not finite or does not
    /// fit.
    public init?(rounding value: Double) {
        let scaled = (value * 1e9).rounded()
        guard scaled.isFinite, scaled.magnitude < 9.2e18 else { return nil }
        raw = Int64(scaled)
    }

    /// The nearest multiple of `tick` in the given direction.
    ///
    /// - Throws: `NumberError.overflow` when the multiple does not fit.
    public func rounded(
        to tick: Price, _ direction: RoundingDirection
    ) throws(NumberError) -> Price {
        guard tick.raw > 1 else { return self }
        let remainder = raw % tick.raw
        guard remainder != 0 else { return self }
        let floor = Int128(raw) - Int128(remainder) - (remainder < 0 ? Int128(tick.raw) : 0)
        guard let rounded = Int64(exactly: direction == .up ? floor + Int128(tick.raw) : floor)
        else { throw .overflow("price \(self) rounded \(direction)") }
        return Price(raw: rounded)
    }
}

public enum RoundingDirection: Sendable {
    case up
    case down
}
