import LedgerDomain
import LedgerEvents

/// Remembers the last fill, so that an account that stopped trading is noticed.
struct TradeWatch: Hashable, Sendable {
    /// The last fill, or the first trading day where there was none.
    private var last: Timestamp?
    private var hasToldQuiet = false

    init() {}

    mutating func trade(at time: Timestamp) {
        last = time
        hasToldQuiet = false
    }

    /// Begins to count at `time` where nothing was traded yet.
    ///
    /// - Parameter days: how long no trade is ordinary; 0 for ever.
    /// - Returns: the last trade and the whole days since, once for each quiet time that is too long.
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
