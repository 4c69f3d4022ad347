/// An instant: nanoseconds since 1970-01-01T00:00:00Z, without leap seconds; years 1677 to 2262.
public struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    public static var zero: Timestamp { Timestamp(nanoseconds: 0) }
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.nanoseconds < b.nanoseconds }

    public func advanced(by duration: Nanoseconds) -> Timestamp {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.count)
        guard !overflow else {
            return Timestamp(nanoseconds: duration.count < 0 ? .min : .max)
        }
        return Timestamp(nanoseconds: sum)
    }

    /// How much later it is than another time; the largest or smallest number where that does not fit.
    @inlinable
    public func nanoseconds(since other: Timestamp) -> Int64 {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        guard overflow else { return difference }
        return nanoseconds < other.nanoseconds ? .min : .max
    }

    /// Days since 1970-01-01 in UTC, rounded down.
    public var utcDay: Int64 { nanoseconds.floorDivided(by: Nanoseconds.day.count) }

    public static func startOfDay(_ day: Int64) -> Timestamp {
        Timestamp(nanoseconds: day.multipliedSaturating(by: Nanoseconds.day.count))
    }

    /// `2024-03-05T14:30:00Z`, with three, six or nine decimals of a second where needed.
    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    public func append(to text: inout [UInt8]) {
        let day = utcDay
        // Wraps back, because the first day of the range begins before the range.
        let inDay = nanoseconds &- day &* Nanoseconds.day.count
        let date = CivilDate(daysSinceEpoch: day)
        date.append(to: &text)
        text.append(UInt8(ascii: "T"))
        let seconds = inDay / 1_000_000_000
        text.appendPadded(seconds / 3600, digits: 2)
        text.append(UInt8(ascii: ":"))
        text.appendPadded(seconds / 60 % 60, digits: 2)
        text.append(UInt8(ascii: ":"))
        text.appendPadded(seconds % 60, digits: 2)
        let fraction = inDay % 1_000_000_000
        if fraction != 0 {
            text.append(UInt8(ascii: "."))
            if fraction % 1_000_000 == 0 {
                text.appendPadded(fraction / 1_000_000, digits: 3)
            } else if fraction % 1000 == 0 {
                text.appendPadded(fraction / 1000, digits: 6)
            } else {
                text.appendPadded(fraction, digits: 9)
            }
        }
        text.append(UInt8(ascii: "Z"))
    }

    /// Reads `2024-03-05`, `2024-03-05T14:30`, `…:00`, `…:00.123456789`, with `Z` or `+01:00` after
    /// a time; a space may replace the `T`; without a zone it is UTC. Nil for any other text.
    public init?(_ text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard let date = CivilDate(reading: &reader) else { return nil }
        var seconds: Int64 = 0
        var fraction: Int64 = 0
        var offset: Int64 = 0
        if !reader.isAtEnd {
            guard reader.skip("T") || reader.skip(" "),
                let hour = reader.number(digits: 2), hour < 24, reader.skip(":"),
                let minute = reader.number(digits: 2), minute < 60
            else { return nil }
            seconds = hour * 3600 + minute * 60
            if reader.skip(":") {
                guard let second = reader.number(digits: 2), second < 60 else { return nil }
                seconds += second
                if reader.skip(".") {
                    guard let read = reader.fraction() else { return nil }
                    fraction = read
                }
            }
            if !reader.skip("Z") && !reader.isAtEnd {
                let west = reader.skip("-")
                guard west || reader.skip("+"), let hours = reader.number(digits: 2), hours < 24,
                    reader.skip(":") || true, let minutes = reader.number(digits: 2), minutes < 60
                else { return nil }
                offset = (hours * 3600 + minutes * 60) * (west ? -1 : 1)
            }
            guard reader.isAtEnd else { return nil }
        }
        let total = Int128(date.daysSinceEpoch * 86_400 + seconds - offset) * 1_000_000_000
        guard let exact = Int64(exactly: total + Int128(fraction)) else { return nil }
        nanoseconds = exact
    }
}

/// A length of time.
public struct Nanoseconds: Hashable, Comparable, Sendable {
    public var count: Int64

    public init(_ count: Int64) { self.count = count }

    public static var zero: Nanoseconds { Nanoseconds(0) }
    public static var second: Nanoseconds { Nanoseconds(1_000_000_000) }
    public static var minute: Nanoseconds { Nanoseconds(60_000_000_000) }
    public static var hour: Nanoseconds { Nanoseconds(3_600_000_000_000) }
    public static var day: Nanoseconds { Nanoseconds(86_400_000_000_000) }
    public static func < (a: Nanoseconds, b: Nanoseconds) -> Bool { a.count < b.count }
    /// The longest duration where the days do not fit, as for minutes and milliseconds.
    public static func days(_ count: Int64) -> Nanoseconds {
        Nanoseconds(count.multipliedSaturating(by: day.count))
    }
    public static func minutes(_ count: Int64) -> Nanoseconds {
        Nanoseconds(count.multipliedSaturating(by: 60_000_000_000))
    }
    public static func milliseconds(_ count: Int64) -> Nanoseconds {
        Nanoseconds(count.multipliedSaturating(by: 1_000_000))
    }
}

/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var year: Int64
    public var month: Int64
    public var day: Int64

    public init?(year: Int64, month: Int64, day: Int64) {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= Self.daysInMonth(month, of: year)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
    }

    static func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Counts in eras of 400 years that begin on 1 March, so that the leap day is the last of a
    /// year.
    public init(daysSinceEpoch: Int64) {
        let shifted = daysSinceEpoch + 719_468
        let era = shifted.floorDivided(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    public var daysSinceEpoch: Int64 {
        let fromMarch = month <= 2 ? year - 1 : year
        let era = fromMarch.floorDivided(by: 400)
        let yearOfEra = fromMarch - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
            - 719_468
    }

    public static func < (a: CivilDate, b: CivilDate) -> Bool {
        (a.year, a.month, a.day) < (b.year, b.month, b.day)
    }

    public var description: String {
        var text: [UInt8] = []
        append(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    func append(to text: inout [UInt8]) {
        text.appendPadded(year, digits: 4)
        text.append(UInt8(ascii: "-"))
        text.appendPadded(month, digits: 2)
        text.append(UInt8(ascii: "-"))
        text.appendPadded(day, digits: 2)
    }

    init?(reading reader: inout DigitReader) {
        guard let year = reader.number(digits: 4), reader.skip("-"),
            let month = reader.number(digits: 2), reader.skip("-"),
            let day = reader.number(digits: 2)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }
}

/// Reads fixed-width numbers from ASCII.
struct DigitReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { index == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, UInt32(bytes[index]) == character.value else { return false }
        index += 1
        return true
    }

    mutating func number(digits: Int) -> Int64? {
        guard index + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[index..<index + digits] {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int64(byte - 48)
        }
        index += digits
        return value
    }

    /// One to nine digits after a point, as billionths.
    mutating func fraction() -> Int64? {
        var value: Int64 = 0
        var digits = 0
        while index < bytes.count, bytes[index] >= 48, bytes[index] <= 57, digits < 9 {
            value = value * 10 + Int64(bytes[index] - 48)
            digits += 1
            index += 1
        }
        guard digits > 0 else { return nil }
        for _ in digits..<9 { value *= 10 }
        return value
    }
}

extension Int64 {
    public func floorDivided(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }

    public func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        return overflow ? ((self < 0) == (factor < 0) ? .max : .min) : product
    }
}

extension [UInt8] {
    mutating func appendPadded(_ value: Int64, digits: Int) {
        if value < 0 { append(UInt8(ascii: "-")) }
        append(decimal: value.magnitude, digits: digits)
    }
}
