import LedgerDomain

/// A number as written: ±digits × 10^exponent.
public struct JSONNumber: Hashable, Sendable {
    public var isNegative = false
    /// The digits without the point; at most 38 significant digits.
    public var digits: UInt128 = 0
    public var exponent = 0
    /// Non-zero digits after the 38th were left out.
    public var isCut = false
}

extension JSONReader {
    // MARK: Exact decimals

    /// A number, or a string that contains only a number, in units of 10^-9.
    ///
    /// - Throws: `tooPrecise` for more than nine decimals, `outOfRange` beyond 128 bits.
    public mutating func decimal() throws(JSONFault) -> Int128 {
        let start = position
        return try scaled(try quotedNumber(), at: start, isRounding: false)
    }

    /// The same, rounded half to even to 10^-9 if there are more decimals: for averages and shares,
    /// which are displayed but never booked.
    public mutating func roundedDecimal() throws(JSONFault) -> Int128 {
        let start = position
        return try scaled(try quotedNumber(), at: start, isRounding: true)
    }

    /// - Throws: `outOfRange` beyond 64 bits and for a negative number: no venue here has such a
    ///   price.
    public mutating func price() throws(JSONFault) -> Price {
        let start = position
        guard let raw = Int64(exactly: try decimal()), raw >= 0 else {
            throw JSONFault(.outOfRange, at: start)
        }
        return Price(raw: raw)
    }

    /// The quantity of an order, a fill or a quote.
    ///
    /// - Throws: `outOfRange` beyond 10^12 units and for a negative number.
    public mutating func quantity() throws(JSONFault) -> Quantity {
        let start = position
        let quantity = try signedQuantity()
        guard quantity >= .zero else { throw JSONFault(.outOfRange, at: start) }
        return quantity
    }

    /// The quantity of a position or a balance.
    ///
    /// - Throws: `outOfRange` beyond ±10^12 units.
    public mutating func signedQuantity() throws(JSONFault) -> Quantity {
        let start = position
        let raw = try decimal()
        guard raw.magnitude <= Quantity.limit.raw.magnitude else {
            throw JSONFault(.outOfRange, at: start)
        }
        return Quantity(raw: raw)
    }

    /// - Throws: `outOfRange` beyond ±10^12.
    public mutating func money() throws(JSONFault) -> Money {
        let start = position
        let raw = try decimal()
        guard raw.magnitude <= Money.limit.raw.magnitude else {
            throw JSONFault(.outOfRange, at: start)
        }
        return Money(raw: raw)
    }

    /// An amount that is only displayed, or compared with a tolerance: rounded half to even to 10^-9, and
    /// cut at ±10^12. 0 for `null`.
    public mutating func displayedMoney() throws(JSONFault) -> Money {
        guard try !null() else { return .zero }
        let start = position
        do throws(JSONFault) {
            let raw = try roundedDecimal()
            return Money(raw: min(max(raw, -Money.limit.raw), Money.limit.raw))
        } catch {
            guard error.kind == .outOfRange else { throw error }
            position = start
            let isNegative = try number(startingWith: UInt8(ascii: "-"))
            return isNegative ? -Money.limit : Money.limit
        }
    }

    /// A price that is only displayed, which may be negative: the limit of a spread that pays. Rounded
    /// half to even, and cut at the largest price. 0 for `null`.
    public mutating func displayedPrice() throws(JSONFault) -> Price {
        Price(raw: Int64(clamping: try displayedMoney().raw))
    }

    /// Skips a number, or a string that contains one, and tells how it begins.
    private mutating func number(startingWith byte: UInt8) throws(JSONFault) -> Bool {
        _ = try peek()
        let first = bytes[position] == UInt8(ascii: "\"") ? position + 1 : position
        try skip()
        return bytes[first] == byte
    }

    public mutating func priceOrNull() throws(JSONFault) -> Price {
        try null() ? .zero : try price()
    }

    public mutating func quantityOrNull() throws(JSONFault) -> Quantity {
        try null() ? .zero : try quantity()
    }

    public mutating func moneyOrNull() throws(JSONFault) -> Money {
        try null() ? .zero : try money()
    }

    // MARK: Whole numbers

    /// A whole number, or a string that contains only one.
    public mutating func integer<T: FixedWidthInteger>(
        _ type: T.Type = T.self
    ) throws(JSONFault) -> T {
        let start = position
        let raw = try scaled(try quotedNumber(), at: start, isRounding: false)
        guard raw % Int128(FixedPoint.one) == 0,
            let value = T(exactly: raw / Int128(FixedPoint.one))
        else { throw JSONFault(.outOfRange, at: start) }
        return value
    }

    // MARK: Times

    /// Milliseconds or microseconds since 1970, told apart by their size; earlier times are
    /// invalid.
    public mutating func milliseconds() throws(JSONFault) -> Timestamp {
        let start = position
        let value = try integer(Int64.self)
        let unit: Int64 = value < 100_000_000_000_000 ? 1_000_000 : 1000
        let (count, overflow) = value.multipliedReportingOverflow(by: unit)
        guard !overflow, count >= 0 else { throw JSONFault(.outOfRange, at: start) }
        return Timestamp(nanoseconds: count)
    }

    /// An RFC 3339 time.
    public mutating func timestamp() throws(JSONFault) -> Timestamp {
        let start = position
        let text = try text()
        guard !text.hasEscapes, let time = WireTime.timestamp(bytes, text.range) else {
            throw JSONFault(.badTime, at: start)
        }
        return time
    }

    public mutating func timestampOrNull() throws(JSONFault) -> Timestamp {
        try null() ? .zero : try timestamp()
    }

    // MARK: Reading

    /// A number's token.
    public mutating func number() throws(JSONFault) -> JSONNumber {
        let byte = try peek()
        guard byte == UInt8(ascii: "-") || (48...57).contains(byte) else { throw wrong(byte) }
        return try scan(to: end)
    }

    private mutating func quotedNumber() throws(JSONFault) -> JSONNumber {
        guard try peek() == UInt8(ascii: "\"") else { return try number() }
        let text = try text()
        let after = position
        position = text.start
        let number = try scan(to: text.end)
        guard position == text.end else { throw JSONFault(.badNumber, at: position) }
        position = after
        return number
    }

    /// `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`, as far as it goes.
    private mutating func scan(to limit: Int) throws(JSONFault) -> JSONNumber {
        let start = position
        var number = JSONNumber()
        if position < limit, bytes[position] == UInt8(ascii: "-") {
            number.isNegative = true
            position += 1
        }
        let first = position
        takeDigits(into: &number, to: limit, isFraction: false)
        guard position > first else {
            throw JSONFault(position < end ? .badNumber : .cut, at: start)
        }
        guard position == first + 1 || bytes[first] != UInt8(ascii: "0") else {
            throw JSONFault(.badNumber, at: start)
        }
        if position < limit, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let point = position
            takeDigits(into: &number, to: limit, isFraction: true)
            guard position > point else {
                throw JSONFault(position < end ? .badNumber : .cut, at: start)
            }
        }
        if position < limit, bytes[position] | 0x20 == UInt8(ascii: "e") {
            try takeExponent(into: &number, to: limit)
        }
        return number
    }

    private mutating func takeDigits(into number: inout JSONNumber, to limit: Int, isFraction: Bool)
    {
        // 38 digits always fit; more might not.
        let full: UInt128 = 10_000_000_000_000_000_000_000_000_000_000_000_000
        while position < limit {
            let digit = bytes[position] &- 48
            guard digit <= 9 else { return }
            position += 1
            guard number.digits < full else {
                if digit != 0 { number.isCut = true }
                if !isFraction { number.exponent += 1 }
                continue
            }
            number.digits = number.digits * 10 + UInt128(digit)
            if isFraction { number.exponent -= 1 }
        }
    }

    private mutating func takeExponent(
        into number: inout JSONNumber, to limit: Int
    ) throws(JSONFault) {
        position += 1
        var isNegative = false
        if position < limit,
            bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+")
        {
            isNegative = bytes[position] == UInt8(ascii: "-")
            position += 1
        }
        let start = position
        var exponent = 0
        while position < limit, bytes[position] &- 48 <= 9 {
            // Beyond a million, every number is too large or too small.
            if exponent < 1_000_000 { exponent = exponent * 10 + Int(bytes[position] - 48) }
            position += 1
        }
        guard position > start else {
            throw JSONFault(position < end ? .badNumber : .cut, at: position)
        }
        number.exponent += isNegative ? -exponent : exponent
    }

    private func scaled(
        _ number: JSONNumber, at offset: Int, isRounding: Bool
    ) throws(JSONFault) -> Int128 {
        guard number.digits != 0 else { return 0 }
        let shift = number.exponent + FixedPoint.decimals
        let size = Int128(number.digits)
        let magnitude: Int128
        if shift >= 0 {
            guard !number.isCut, shift <= 38 else { throw JSONFault(.outOfRange, at: offset) }
            let (product, overflow) = size.multipliedReportingOverflow(by: FixedPoint.powers[shift])
            guard !overflow else { throw JSONFault(.outOfRange, at: offset) }
            magnitude = product
        } else if isRounding {
            // Digits after the 38th only matter for breaking a tie.
            magnitude =
                shift < -38
                ? 0
                : FixedPoint.dividedHalfEven(
                    number.isCut ? size | 1 : size, by: FixedPoint.powers[-shift])
        } else {
            guard !number.isCut, shift >= -38 else { throw JSONFault(.tooPrecise, at: offset) }
            let (quotient, rest) = size.quotientAndRemainder(dividingBy: FixedPoint.powers[-shift])
            guard rest == 0 else { throw JSONFault(.tooPrecise, at: offset) }
            magnitude = quotient
        }
        return number.isNegative ? -magnitude : magnitude
    }
}
