import LedgerDomain

/// How a row's time is written.
public enum TimeFormat: String, Hashable, Sendable, CaseIterable {
    /// Deduced from the column's name (`ts_ns`) or from the first row: 10, 13, 16 or 19 digits are
    /// Unix seconds to nanoseconds, 8 digits are a compact date, and dashes mean ISO 8601.
    case detect
    /// `2024-03-05`, `2024-03-05T14:30:00.25Z`, `2024-03-05 14:30:00-05:00`.
    case iso
    case unixSeconds
    case unixMillis
    case unixMicros
    case unixNanos
    /// `20240305` or `20240305 14:30`, with or without seconds.
    case compactDate = "yyyymmdd hh:mm"
    /// Milliseconds on the local clock since midnight of the file's day.
    case millisSinceMidnight

    /// The power of ten of a unit in nanoseconds; nil if times are written as dates.
    var exponent: Int? {
        switch self {
        case .unixSeconds: 9
        case .unixMillis, .millisSinceMidnight: 6
        case .unixMicros: 3
        case .unixNanos: 0
        case .detect, .iso, .compactDate: nil
        }
    }

    var example: String {
        switch self {
        case .detect, .iso: "2024-03-05T14:30:00Z"
        case .compactDate: "20240305 14:30"
        case .unixSeconds: "1709649000"
        case .unixMillis: "1709649000000"
        case .unixMicros: "1709649000000000"
        case .unixNanos: "1709649000000000000"
        case .millisSinceMidnight: "52200000"
        }
    }

    /// Seconds on the clock by which a time was written; nil for what is no time of this format.
    func localSeconds(_ field: [UInt8]) -> Int64? {
        if let exponent {
            let rule = DecimalRule(exponent: exponent, floor: 0, rounds: true)
            guard case .value(let value) = ExactDecimal.read(field, rule) else { return nil }
            return Int64(exactly: value)?.floorDivided(by: 1_000_000_000)
        }
        return field.withUnsafeBufferPointer { bytes in
            WrittenTime.read(bytes, compact: self == .compactDate).map {
                $0.nanoseconds.floorDivided(by: 1_000_000_000) + ($0.offset ?? 0)
            }
        }
    }

    /// The format that a column's name implies; nil if it implies none.
    init?(columnName: String) {
        switch columnName {
        case "tsns": self = .unixNanos
        case "tsus": self = .unixMicros
        case "tsms": self = .unixMillis
        case "tss": self = .unixSeconds
        default: return nil
        }
    }

    /// The format that the first row's time implies; nil if it implies none.
    init?(firstValue bytes: [UInt8]) {
        let digits = bytes.prefix { $0 >= 48 && $0 <= 57 }.count
        if digits == bytes.count || bytes[digits] == UInt8(ascii: ".") {
            switch digits {
            case 8: self = .compactDate
            case 9, 10: self = .unixSeconds
            case 12, 13: self = .unixMillis
            case 15, 16: self = .unixMicros
            case 18, 19: self = .unixNanos
            default: return nil
            }
        } else if digits == 4, bytes[digits] == UInt8(ascii: "-") {
            self = .iso
        } else if digits == 8, bytes[digits] == UInt8(ascii: " ") {
            self = .compactDate
        } else {
            return nil
        }
    }
}

/// A date and time as written: nanoseconds since 1970-01-01T00:00 on the local clock, or in UTC if
/// the text gives an offset.
struct WrittenTime: Equatable {
    var nanoseconds: Int64
    /// The offset that the text names, in seconds east; nil where it names none.
    var offset: Int64?
    /// Whether the text names a day without a time.
    var isDay: Bool

    /// Reads ISO 8601, or `YYYYMMDD` dates if `compact`. Nil if the text is neither.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, compact: Bool) -> WrittenTime? {
        var scanner = TimeScanner(bytes)
        guard let day = scanner.day(compact: compact) else { return nil }
        if scanner.isAtEnd { return make(day * 86_400, fraction: 0, offset: nil, isDay: true) }
        guard scanner.skip(UInt8(ascii: " ")) || (!compact && scanner.skip(UInt8(ascii: "T"))),
            let seconds = scanner.timeOfDay(), let fraction = scanner.fraction()
        else { return nil }
        var offset: Int64?
        if !scanner.isAtEnd {
            guard !compact, let read = scanner.offset(), scanner.isAtEnd else { return nil }
            offset = read
        }
        return make(day * 86_400 + seconds, fraction: fraction, offset: offset, isDay: false)
    }

    private static func make(
        _ seconds: Int64, fraction: Int64, offset: Int64?, isDay: Bool
    ) -> WrittenTime? {
        let (product, overflow) = (seconds - (offset ?? 0))
            .multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(fraction)
        return overflow || carry ? nil : WrittenTime(nanoseconds: sum, offset: offset, isDay: isDay)
    }
}

/// Reads the parts of a date and time.
// unsafe: the bytes are those of a line, read in place because copying each row's time costs as
// much as parsing it. Every access is checked against the count.
private struct TimeScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    mutating func number(_ digits: Int) -> Int64? {
        guard index + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for at in index..<index + digits {
            let digit = bytes[at] &- 48
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        index += digits
        return value
    }

    /// Days since 1970-01-01.
    mutating func day(compact: Bool) -> Int64? {
        let dash = UInt8(ascii: "-")
        guard let year = number(4), compact || skip(dash), let month = number(2),
            compact || skip(dash), let day = number(2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)?.daysSinceEpoch
    }

    /// `14:30` or `14:30:05` in seconds.
    mutating func timeOfDay() -> Int64? {
        let colon = UInt8(ascii: ":")
        guard let hour = number(2), hour < 24, skip(colon), let minute = number(2), minute < 60
        else { return nil }
        guard skip(colon) else { return hour * 3600 + minute * 60 }
        guard let second = number(2), second < 60 else { return nil }
        return hour * 3600 + minute * 60 + second
    }

    /// `.123456789` in nanoseconds; 0 if absent; nil if digits after the ninth are not zeros.
    mutating func fraction() -> Int64? {
        guard skip(UInt8(ascii: ".")) else { return 0 }
        var value: Int64 = 0
        var digits = 0
        while index < bytes.count, bytes[index] &- 48 < 10 {
            if digits < 9 {
                value = value * 10 + Int64(bytes[index] - 48)
            } else if bytes[index] != 48 {
                return nil
            }
            digits += 1
            index += 1
        }
        return digits == 0 ? nil : value * smallPowers[9 - min(digits, 9)]
    }

    /// `Z`, `+01:00`, `-0500` or `+01`, in seconds east.
    mutating func offset() -> Int64? {
        if skip(UInt8(ascii: "Z")) { return 0 }
        let west = skip(UInt8(ascii: "-"))
        guard west || skip(UInt8(ascii: "+")), let hours = number(2), hours < 24 else { return nil }
        var seconds = hours * 3600
        if !isAtEnd {
            _ = skip(UInt8(ascii: ":"))
            guard let minutes = number(2), minutes < 60 else { return nil }
            seconds += minutes * 60
        }
        return west ? -seconds : seconds
    }
}
