import LedgerDomain
import LedgerEvents

/// Records the last fill, to detect an account that stopped trading.
struct TradeWatch: Hashable, Sendable {
    /// The last fill, or the first trading day if there was none.
    private var last: Timestamp?
    private var hasToldQuiet = false

    init() {}

    mutating func trade(at time: Timestamp) {
        last = time
        hasToldQuiet = false
    }

    /// Starts to count at `time` if nothing was traded yet.
    ///
    /// - Parameter days: how many days without a trade are normal; 0 for any number.
    /// - Returns: the last trade and the whole days since then, once for each period that is too long.
    mutating func quiet(at time: Timestamp, after days: Int64) -> (last: Timestamp, days: Int64)? {
        let since = last ?? time
        last = since
        let quiet = time.nanoseconds(since: since)
        let limit = days * Nanoseconds.day.count
        guard limit > 0, quiet > limit, !hasToldQuiet else { return nil }
        hasToldQuiet = true
        return (since, quiet / Nanoseconds.day.count)
    }

    func encode(into writer: inout StateWriter) {
        writer.write(last != nil)
        writer.write(last ?? .zero)
        writer.write(hasToldQuiet)
    }

    init(from reader: inout StateReader) throws(StateError) {
        let hasTraded: Bool = try reader.read()
        let time: Timestamp = try reader.read()
        last = hasTraded ? time : nil
        hasToldQuiet = try reader.read()
    }
}
