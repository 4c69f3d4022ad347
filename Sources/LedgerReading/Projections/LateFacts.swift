import LedgerDomain
import LedgerEvents
import LedgerJournal

/// Bookings that came after a moment and concern what was before it: corrections and busts of fills, and fees,
/// dividends, transfers and splits that a venue reported late, and corrections of dividends.
///
/// The state as of a moment, as known later, is the state after that moment with these bookings. Prices and
/// rates stay those of the moment.
struct LateFacts {
    /// The bookings, in ascending order.
    private(set) var bookings: [SequenceNumber] = []

    /// - Parameters:
    ///   - through: the last event of the moment.
    ///   - time: the moment.
    ///   - known: the last event of what is known.
    init(
        of journal: any Journal, after through: SequenceNumber, at time: Timestamp,
        knownThrough known: SequenceNumber
    ) throws {
        guard through < known else { return }
        // What a report led to follows it in one commit.
        var causes: [SequenceNumber] = []
        try journal.forEachRecord(from: through.next, through: known) { record in
            switch record.type {
            case .venueFillCorrected:
                let fill = try VenueFillCorrected(record).fill
                causes = fill > 0 && fill <= through.number ? [record.sequence] : []
            case .venueActivityReported:
                let occurred = try VenueActivityReported(record).occurred
                causes = occurred.nanoseconds > 0 && occurred <= time ? [record.sequence] : []
            case .dividendCorrected:
                if try DividendCorrected(record).corrected <= through.number {
                    bookings.append(record.sequence)
                }
            default:
                guard record.cause != .none, causes.contains(record.cause) else {
                    if record.type?.role == .input { causes = [] }
                    return true
                }
                causes.append(record.sequence)
                bookings.append(record.sequence)
            }
            return true
        }
    }
}
