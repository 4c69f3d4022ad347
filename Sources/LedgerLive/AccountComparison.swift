import LedgerDomain
import LedgerEvents

/// Decides whether a difference between books and account is one, or only a fill that reached one of
/// them first. While an account trades, each answer of the venue may be a fill behind or ahead.
///
/// A difference counts if it is the same in several comparisons in a row. Differences that change are
/// looked at again, but not for ever.
struct AccountComparison {
    private struct Difference: Equatable {
        var kind: DiscrepancyKind
        var instrument: InstrumentID
        var order: OrderID
        var symbol: String
        var amount: Int128

        init(_ found: DiscrepancyFound) {
            (kind, instrument, order) = (found.kind, found.instrument, found.order)
            (symbol, amount) = (found.symbol, found.ledger.raw &- found.venue.raw)
        }
    }

    /// So many comparisons must show the same difference.
    private static let repetitions = 3
    /// After so many comparisons any difference counts.
    private static let most = 10

    private var earlier: [[Difference]] = []
    private var count = 0

    /// Nanoseconds to wait before the next comparison; nil if the differences count, or there are none.
    mutating func pause(after found: [DiscrepancyFound]) -> Int64? {
        count += 1
        let differences = found.map(Difference.init)
        let lasting = differences.filter { difference in
            earlier.allSatisfy { $0.contains(difference) }
        }
        let isCertain = earlier.count + 1 >= Self.repetitions && !lasting.isEmpty
        guard !found.isEmpty, !isCertain, count < Self.most else { return nil }
        earlier = earlier.suffix(Self.repetitions - 2) + [differences]
        return min(200_000_000 << Int64(count - 1), 2_000_000_000)
    }
}
