/// Nine decimals, for every price, quantity and amount of money: shares have nine, crypto eight.
public enum FixedPoint {
    public static let decimals = 9
    public static let one: Int64 = 1_000_000_000

    /// 10^0 to 10^38, the powers that fit 128 bits.
    public static let powers: [Int128] = {
        var result: [Int128] = [1]
        while result.count <= 38 { result.append(result[result.count - 1] * 10) }
        return result
    }()

    /// `value / divisor` rounded half to even, the only rounding of this package.
    ///
    /// - Precondition: `divisor > 0`.
    public static func dividedHalfEven(_ value: Int128, by divisor: Int128) -> Int128 {
        precondition(divisor > 0, "a divisor is positive")
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        let twice = remainder.magnitude * 2
        let whole = divisor.magnitude
        guard twice > whole || (twice == whole && quotient & 1 != 0) else { return quotient }
        return value < 0 ? quotient - 1 : quotient + 1
    }

    /// `value × factor / divisor` rounded half to even, through 256 bits where the product exceeds
    /// 128.
    ///
    /// - Precondition: `divisor > 0`.
    /// - Throws: `NumberError.overflow` when the result does not fit.
    public static func scaled(
        _ value: Int128, by factor: Int128, over divisor: Int128
    ) throws(NumberError) -> Int128 {
        let (product, overflow) = value.multipliedReportingOverflow(by: factor)
        guard overflow else { return dividedHalfEven(product, by: divisor) }
        precondition(divisor > 0, "a divisor is positive")
        let wide = value.magnitude.multipliedFullWidth(by: factor.magnitude)
        guard wide.high < divisor.magnitude else {
            throw .overflow("\(value) × \(factor) / \(divisor)")
        }
        let (quotient, rest) = divisor.magnitude.dividingFullWidth(wide)
        let isUp =
            rest > divisor.magnitude - rest
            || (rest == divisor.magnitude - rest && quotient & 1 != 0)
        guard quotient < Int128.max.magnitude else {
            throw .overflow("\(value) × \(factor) / \(divisor)")
        }
        let size = Int128(quotient) + (isUp ? 1 : 0)
        return (value < 0) == (factor < 0) ? size : -size
    }

    /// `value` as a `Double`: exact up to 2^53, then within two roundings, the same on every
    /// machine. The standard library's conversion is generic and forty times slower.
    @inline(__always)
    public static func double(_ value: Int128) -> Double {
        if let small = Int64(exactly: value) { return Double(small) }
        let high = Int64(truncatingIfNeeded: value >> 64)
        return Double(high) * 0x1p64 + Double(UInt64(truncatingIfNeeded: value))
    }

    /// Reads a plain decimal such as `-12.5`: a sign, digits, and at most nine decimals after a
    /// point. More decimals are accepted only when they are zeros. No exponent, no spaces, no digit
    /// groups.
    public static func parse(_ text: some Collection<UInt8>) throws(NumberError) -> Int128 {
        var value: Int128 = 0
        var negative = false
        var fraction = -1
        var digits = 0
        var index = text.startIndex
        if index < text.endIndex,
            text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+")
        {
            negative = text[index] == UInt8(ascii: "-")
            index = text.index(after: index)
        }
        while index < text.endIndex {
            let byte = text[index]
            index = text.index(after: index)
            if byte == UInt8(ascii: "."), fraction < 0 {
                fraction = 0
                continue
            }
            guard byte >= 48, byte <= 57 else {
                throw .malformed(String(decoding: text.prefix(40), as: UTF8.self))
            }
            digits += 1
            if fraction >= 0 { fraction += 1 }
            if fraction > decimals {
                guard byte == 48 else {
                    throw .tooPrecise(String(decoding: text.prefix(40), as: UTF8.self))
                }
                continue
            }
            guard digits <= 38 else { throw .overflow("a number of more than 38 digits") }
            value = value * 10 + Int128(byte - 48)
        }
        guard digits > 0 else {
            throw .malformed(String(decoding: text.prefix(40), as: UTF8.self))
        }
        let (scaled, overflow) = value.multipliedReportingOverflow(
            by: powers[decimals - min(max(fraction, 0), decimals)])
        guard !overflow else { throw .overflow("a number beyond 128 bits") }
        return negative ? -scaled : scaled
    }

    /// value × part / whole through 256 bits, rounded away from zero; nil when it does not fit.
    ///
    /// - Precondition: `whole` is positive.
    public static func scaledUp(_ value: Int128, by part: Int128, over whole: Int128) -> Int128? {
        let product = value.magnitude.multipliedFullWidth(by: part.magnitude)
        guard product.high < whole.magnitude else { return nil }
        let (quotient, rest) = whole.magnitude.dividingFullWidth(product)
        guard let magnitude = Int128(exactly: quotient), magnitude < .max else { return nil }
        let rounded = magnitude + (rest == 0 ? 0 : 1)
        return value.signum() * part.signum() < 0 ? -rounded : rounded
    }

    /// The shortest plain decimal: `raw` / 10^9 without trailing zeros; `0`, `12.5`,
    /// `-0.000000001`.
    public static func format(_ raw: Int128) -> String {
        var text: [UInt8] = []
        append(raw, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    public static func append(_ raw: Int128, to text: inout [UInt8]) {
        if raw < 0 { text.append(UInt8(ascii: "-")) }
        let fraction: UInt64
        if let small = UInt64(exactly: raw.magnitude) {
            text.append(decimal: small / UInt64(one))
            fraction = small % UInt64(one)
        } else {
            let (whole, rest) = raw.magnitude.quotientAndRemainder(dividingBy: UInt128(one))
            if let small = UInt64(exactly: whole) {
                text.append(decimal: small)
            } else {
                text.append(contentsOf: String(whole).utf8)
            }
            fraction = UInt64(rest)
        }
        guard fraction != 0 else { return }
        text.append(UInt8(ascii: "."))
        text.append(decimal: fraction, digits: decimals)
        while text.last == UInt8(ascii: "0") { text.removeLast() }
    }
}

extension [UInt8] {
    /// The decimal digits of `value`, padded with leading zeros to `digits`.
    public mutating func append(decimal value: UInt64, digits: Int = 1) {
        var count = 1
        var limit: UInt64 = 10
        while count < 20, value >= limit {
            count += 1
            let (next, overflow) = limit.multipliedReportingOverflow(by: 10)
            if overflow { break }
            limit = next
        }
        count = Swift.max(count, digits)
        let start = self.count
        for _ in 0..<count { append(48) }
        var rest = value
        var place = start + count
        while rest > 0 {
            place -= 1
            self[place] = UInt8(48 + rest % 10)
            rest /= 10
        }
    }
}

/// A number or a result that the types of this package cannot hold.
public enum NumberError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case tooPrecise(String)
    case overflow(String)

    public var description: String {
        switch self {
        case .malformed(let text): "'\(text)' is not a plain decimal number such as 12.5"
        case .tooPrecise(let text): "'\(text)' has more than nine decimals"
        case .overflow(let what): "\(what) does not fit"
        }
    }
}
