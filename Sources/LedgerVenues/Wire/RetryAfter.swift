import LedgerDomain

/// How long a venue wants to be left alone, wherever it says so: a header, words of an error, a field of it.
///
/// No venue is believed for more than a week.
///
/// `Retry-After`: seconds, or a date of RFC 9110 as it is sent (`Wed, 21 Oct 2026 07:28:00 GMT`).
public enum RetryAfter {
    static let longest = Nanoseconds(7 * Nanoseconds.day.count)

    /// A moment or a span as a number, whose unit its size tells: nanoseconds, microseconds, milliseconds or
    /// seconds since 1970, and seconds from now where it is smaller.
    public static func wait(until number: Int64, now: Timestamp) -> Nanoseconds {
        let unit: Int64
        switch number {
        case ..<1_000_000_000: unit = 0
        case ..<100_000_000_000: unit = 1_000_000_000
        case ..<100_000_000_000_000: unit = 1_000_000
        case ..<100_000_000_000_000_000: unit = 1000
        default: unit = 1
        }
        let (count, overflow) = number.multipliedReportingOverflow(
            by: unit == 0 ? 1_000_000_000 : unit)
        guard !overflow else { return longest }
        let span = unit == 0 ? count : Timestamp(nanoseconds: count).nanoseconds(since: now)
        return min(max(Nanoseconds(span), .zero), longest)
    }

    /// The end of a ban that words tell: `… until 1700000000000 …`, or a time of ISO 8601 there.
    ///
    /// - Returns: nil where they tell none.
    public static func wait(inWords text: some StringProtocol, now: Timestamp) -> Nanoseconds? {
        let bytes = Array(text.utf8)
        let word = Array("until".utf8)
        guard bytes.count > word.count else { return nil }
        for start in 0..<(bytes.count - word.count)
        where bytes[start..<start + word.count].elementsEqual(word) {
            let rest = bytes[(start + word.count)...].drop { !(48...57).contains($0) }
            // Between the word and its number stands at most `: "` or the like.
            guard rest.startIndex - start - word.count <= 4 else { continue }
            let time = rest.prefix { (48...58).contains($0) || [45, 46, 84, 90].contains($0) }
            if time.contains(45) || time.contains(58) {
                let trimmed = Array(time.last == 46 ? time.dropLast() : time)
                if let end = WireTime.timestamp(trimmed, 0..<trimmed.count) {
                    return wait(until: end.nanoseconds, now: now)
                }
            }
            let digits = rest.prefix { (48...57).contains($0) }
            guard digits.count <= 18 else { return longest }
            guard !digits.isEmpty else { continue }
            return wait(until: digits.reduce(0) { $0 * 10 + Int64($1 - 48) }, now: now)
        }
        return nil
    }

    /// - Parameter now: the time from which to count if it is a date.
    /// - Returns: 0 to one week; nil for anything else.
    public static func read(_ text: some StringProtocol, now: Timestamp) -> Nanoseconds? {
        let bytes = Array(text.utf8)
        if let first = bytes.first, first &- 48 <= 9 {
            guard bytes.count <= 9, bytes.allSatisfy({ $0 &- 48 <= 9 }) else { return nil }
            let seconds = bytes.reduce(Int64(0)) { $0 * 10 + Int64($1 - 48) }
            return min(Nanoseconds(seconds * 1_000_000_000), longest)
        }
        guard let time = date(bytes) else { return nil }
        let (wait, overflow) = time.nanoseconds.subtractingReportingOverflow(now.nanoseconds)
        guard !overflow else { return nil }
        return min(max(Nanoseconds(wait), .zero), longest)
    }

    private static func date(_ bytes: [UInt8]) -> Timestamp? {
        let names = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard bytes.count == 29, bytes.suffix(4).elementsEqual(" GMT".utf8),
            let month = names.firstIndex(where: { bytes[8..<11].elementsEqual($0.utf8) })
        else { return nil }
        let digits = [UInt8(48 + (month + 1) / 10), UInt8(48 + (month + 1) % 10)]
        var text = Array(bytes[12..<16]) + [45] + digits + [45]
        text += Array(bytes[5..<7]) + [UInt8(ascii: "T")] + Array(bytes[17..<25])
        text.append(UInt8(ascii: "Z"))
        return WireTime.timestamp(text, 0..<text.count)
    }
}
