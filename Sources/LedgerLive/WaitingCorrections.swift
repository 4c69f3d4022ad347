import LedgerDomain
import LedgerVenues

/// Corrections that cannot be booked yet: their fill has not arrived, or their order is open, so that
/// its later fills could not be told from the corrected one. A stream may bring a correction before its fill.
struct WaitingCorrections {
    private var entries: [(order: OrderID, correction: VenueCorrection)] = []

    /// Remembers a correction once, however often it is reported.
    mutating func wait(_ correction: VenueCorrection, for order: OrderID) {
        let isKnown = entries.contains {
            $0.order == order
                && $0.correction.fill.execution == correction.fill.execution
                && $0.correction.corrected == correction.corrected
        }
        if !isKnown { entries.append((order, correction)) }
    }

    /// Those of an order, in the order in which they came. They no longer wait.
    mutating func take(_ order: OrderID) -> [VenueCorrection] {
        let taken = entries.filter { $0.order == order }
        entries.removeAll { $0.order == order }
        return taken.map(\.correction)
    }
}
