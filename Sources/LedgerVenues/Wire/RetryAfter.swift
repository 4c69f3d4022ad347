import LedgerDomain

/// `Retry-After`: seconds, or a date of RFC 9110 as it is sent (`Wed, 21 Oct 2026 07:28:00 GMT`).
public enum RetryAfter {
    /// - Parameter now: the time from which to count if it is a date.
    /// - Returns: 0 to one week; nil for anything else.
    public static func read(_ text: some StringProtocol, now: Timestamp) -> Nanoseconds? {
        let bytes = Array(text.utf8)
        let longest = Nanoseconds(7 * Nanoseconds.day.count)
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
