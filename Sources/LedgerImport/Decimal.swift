import LedgerDomain

/// How to convert a field of digits to an integer in units of 10^-9.
struct DecimalRule: Equatable {
    /// The power of ten of one unit of the text: 9 for a plain price, 5 for prices written times
    /// 10,000, 0 for nanoseconds.
    var exponent: Int
    /// Results are multiples of this power of ten: 9 minus the number of decimals kept.
    var floor: Int
    /// Whether to round digits below `floor` half to even. If not, they are an error.
    var rounds: Bool

    static let plain = DecimalRule(exponent: 9, floor: 0, rounds: false)
}

/// The result of reading a field of digits.
enum DecimalReading: Equatable {
    case value(Int128)
    case failed(ImportError.Kind)
}

/// Powers of ten that fit 64 bits.
let smallPowers: [Int64] = (0..<19).map { power in
    (0..<power).reduce(Int64(1)) { product, _ in product * 10 }
}

/// Reads a plain or scientific decimal of any length exactly: `-12.50`, `1e-05`, `.5`, `5.`.
///
/// Allocates nothing. Digits after the 38th significant one only break ties in rounding.
struct ExactDecimal {
    private var mantissa: UInt128 = 0
    private var significant = 0
    private var fraction = 0
    private var exponent = 0
    private var negative = false
    private var sticky = false
    private var tooLong = false
    private var sawDigit = false

    static func read(
        _ bytes: some RandomAccessCollection<UInt8>, _ rule: DecimalRule
    ) -> DecimalReading {
        if bytes.isEmpty { return .failed(.emptyField) }
        var decimal = ExactDecimal()
        guard decimal.scan(bytes) else {
            return .failed(isNotFinite(bytes) ? .notFinite : .notANumber)
        }
        return decimal.value(rule)
    }

    /// The decimals that a number shows, at most `most`; 0 for a whole number, however it is written.
    static func decimals(
        in bytes: some RandomAccessCollection<UInt8>, atMost most: Int = 9
    ) -> Int {
        var decimal = ExactDecimal()
        guard !bytes.isEmpty, decimal.scan(bytes), decimal.mantissa != 0 else { return 0 }
        let decimals = decimal.fraction - decimal.exponent
        guard decimals > 0 else { return 0 }
        let isWhole =
            decimals <= 38
            && decimal.mantissa % UInt128(FixedPoint.powers[decimals]) == 0 && !decimal.sticky
        return isWhole ? 0 : min(decimals, most)
    }

    private mutating func scan(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        var index = bytes.startIndex
        if bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            negative = bytes[index] == UInt8(ascii: "-")
            index = bytes.index(after: index)
        }
        var afterPoint = false
        while index < bytes.endIndex {
            let byte = bytes[index]
            index = bytes.index(after: index)
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): add(byte - 48, afterPoint: afterPoint)
            case UInt8(ascii: ".") where !afterPoint: afterPoint = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                return sawDigit && scanExponent(bytes[index...])
            default: return false
            }
        }
        return sawDigit
    }

    private mutating func add(_ digit: UInt8, afterPoint: Bool) {
        sawDigit = true
        if significant == 38 {
            if digit != 0 { sticky = true }
            if !afterPoint { tooLong = true }
            return
        }
        mantissa = mantissa * 10 + UInt128(digit)
        if mantissa != 0 { significant += 1 }
        if afterPoint { fraction += 1 }
    }

    private mutating func scanExponent(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        var index = bytes.startIndex
        guard index < bytes.endIndex else { return false }
        let minus = bytes[index] == UInt8(ascii: "-")
        if minus || bytes[index] == UInt8(ascii: "+") { index = bytes.index(after: index) }
        guard index < bytes.endIndex else { return false }
        while index < bytes.endIndex {
            guard bytes[index] >= 48, bytes[index] <= 57 else { return false }
            exponent = min(exponent * 10 + Int(bytes[index] - 48), 100_000)
            index = bytes.index(after: index)
        }
        if minus { exponent = -exponent }
        return true
    }

    private func value(_ rule: DecimalRule) -> DecimalReading {
        if tooLong { return .failed(.tooLarge) }
        guard mantissa != 0 else { return .value(0) }
        let shift = rule.exponent - fraction + exponent
        let kept = shift - rule.floor
        let whole = kept >= 0 ? (sticky && !rule.rounds ? nil : mantissa) : divided(by: -kept, rule)
        guard let whole else { return .failed(.tooPrecise) }
        let power = kept >= 0 ? shift : rule.floor
        guard whole != 0 else { return .value(0) }
        guard power <= 38 else { return .failed(.tooLarge) }
        let (scaled, overflow) = whole.multipliedReportingOverflow(
            by: UInt128(FixedPoint.powers[power]))
        guard !overflow, let result = Int128(exactly: scaled) else { return .failed(.tooLarge) }
        return .value(negative ? -result : result)
    }

    /// mantissa / 10^digits, rounded half to even; nil if inexact and rounding was not requested.
    private func divided(by digits: Int, _ rule: DecimalRule) -> UInt128? {
        guard digits <= 38 else { return rule.rounds ? 0 : nil }
        let divisor = UInt128(FixedPoint.powers[digits])
        let (quotient, remainder) = mantissa.quotientAndRemainder(dividingBy: divisor)
        if remainder == 0 && !sticky { return quotient }
        guard rule.rounds else { return nil }
        let half = divisor / 2
        let isTie = remainder == half && !sticky
        let isMore = remainder > half || (remainder == half && sticky)
        return isMore || (isTie && quotient & 1 == 1) ? quotient + 1 : quotient
    }

    private static func isNotFinite(_ bytes: some Collection<UInt8>) -> Bool {
        let text = String(decoding: bytes.prefix(12), as: UTF8.self).lowercased()
        let bare = text.hasPrefix("-") || text.hasPrefix("+") ? String(text.dropFirst()) : text
        return ["nan", "inf", "infinity", "null", "none", "na", "n/a", "nat", "#n/a"].contains(bare)
    }
}
