import LedgerDomain

/// Times in venues' formats.
public enum WireTime {
    /// Reads RFC 3339: `2021-03-16T18:38:01.942282Z`, or with an offset such as `-04:00`; a date
    /// means midnight UTC. Digits after the ninth decimal are dropped. Nil for anything else.
    public static func timestamp(_ bytes: [UInt8], _ range: Range<Int>) -> Timestamp? {
        var reader = Digits(bytes: bytes, index: range.lowerBound, end: range.upperBound)
        guard range.upperBound <= bytes.count, let year = reader.read(4), reader.pass("-"),
            let month = reader.read(2), reader.pass("-"), let day = reader.read(2),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        guard reader.index < reader.end else {
            return instant(day: date.daysSinceEpoch, seconds: 0, fraction: 0)
        }
        guard reader.pass("T") || reader.pass("t") || reader.pass(" "),
            let hour = reader.read(2), hour < 24, reader.pass(":"), let minute = reader.read(2),
            minute < 60, reader.pass(":"), let second = reader.read(2), second <= 60,
            let fraction = reader.fraction(), let offset = reader.offset(),
            reader.index == reader.end
        else { return nil }
        return instant(
            day: date.daysSinceEpoch, seconds: hour * 3600 + minute * 60 + second - offset,
            fraction: fraction)
    }

    private static func instant(day: Int64, seconds: Int64, fraction: Int64) -> Timestamp? {
        let whole = Int128(day * 86_400 + seconds) * 1_000_000_000 + Int128(fraction)
        return Int64(exactly: whole).map { Timestamp(nanoseconds: $0) }
    }

    /// Milliseconds since 1970, rounded down.
    public static func milliseconds(_ time: Timestamp) -> Int64 {
        time.nanoseconds.floorDivided(by: 1_000_000)
    }

    private struct Digits {
        let bytes: [UInt8]
        var index: Int
        let end: Int

        mutating func read(_ count: Int) -> Int64? {
            guard index + count <= end else { return nil }
            var value: Int64 = 0
            for byte in bytes[index..<index + count] {
                guard byte &- 48 <= 9 else { return nil }
                value = value * 10 + Int64(byte - 48)
            }
            index += count
            return value
        }

        mutating func pass(_ letter: Unicode.Scalar) -> Bool {
            guard index < end, UInt32(bytes[index]) == letter.value else { return false }
            index += 1
            return true
        }

        mutating func fraction() -> Int64? {
            guard pass(".") else { return 0 }
            var (value, unit): (Int64, Int64) = (0, 100_000_000)
            let start = index
            while index < end, bytes[index] &- 48 <= 9 {
                value += Int64(bytes[index] - 48) * unit
                unit /= 10
                index += 1
            }
            return index > start ? value : nil
        }

        /// In seconds; east is positive.
        mutating func offset() -> Int64? {
            if pass("Z") || pass("z") { return 0 }
            let isWest = pass("-")
            guard isWest || pass("+"), let hours = read(2), hours < 24, pass(":"),
                let minutes = read(2), minutes < 60
            else { return nil }
            return (hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
        }
    }
}
