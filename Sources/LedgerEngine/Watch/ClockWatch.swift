import LedgerDomain
import LedgerEvents

/// Remembers that the clocks are too far apart, so that one warning is raised.
struct ClockWatch: Hashable, Sendable {
    private var isFar = false

    init() {}

    /// Records how far apart the clocks are.
    ///
    /// - Parameter limit: 0 for none.
    /// - Returns: whether they have just become too far apart.
    mutating func note(_ skew: Price, limit: Int64) -> Bool {
        let wasFar = isFar
        isFar = limit > 0 && skew.raw.magnitude > limit.magnitude
        return isFar && !wasFar
    }

    func encode(into writer: inout StateWriter) { writer.write(isFar) }

    init(from reader: inout StateReader) throws(StateError) { isFar = try reader.read() }
}
