import Glibc
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// An account's equity at the end of each UTC day with events, and figures computed from it.
///
/// Ratios are doubles for display; no decision depends on them.
public struct EquityCurve: Sendable {
    public struct Point: Hashable, Sendable {
        /// Days since 1970.
        public var day: Int64
        public var equity: Money
        public var netDeposits: Money
    }

    public private(set) var points: [Point] = []

    public init(
        of journal: any Journal, account: AccountID, through sequence: SequenceNumber? = nil
    ) throws {
        var book = EquityBook()
        var day = Int64.min
        var dayEnds = Timestamp(nanoseconds: .min)
        func point() -> Point? {
            book[account].map {
                Point(day: day, equity: $0.equity, netDeposits: $0.netDeposits)
            }
        }
        try journal.forEachRecord(
            from: .first, through: sequence, filter: EventFilter(EquityBook.types)
        ) { record in
            // A day whose only event leaves equity as it is has no point.
            if record.time >= dayEnds, record.type != .dividendDeclared,
                record.type != .rulesDeclared
            {
                if let point = point() { points.append(point) }
                day = record.time.utcDay
                dayEnds = .startOfDay(day + 1)
            }
            try book.apply(record)
            return true
        }
        if let point = point() { points.append(point) }
    }

    /// Equity minus the deposits in between, divided by the previous equity: one per day after the
    /// first.
    public var returns: [Double] {
        zip(points, points.dropFirst()).compactMap { before, after in
            guard before.equity.raw > 0 else { return nil }
            let flow = after.netDeposits - before.netDeposits
            return (after.equity - flow).double / before.equity.double - 1
        }
    }

    private var years: Double? {
        guard let first = points.first, let last = points.last, last.day > first.day else {
            return nil
        }
        return Double(last.day - first.day) / 365.25
    }

    /// (last / first)^(1 / years) − 1 of the daily equity.
    public var growthPerYear: Double? {
        guard let years, let first = points.first, let last = points.last, first.equity.raw > 0,
            last.equity.raw > 0
        else { return nil }
        return pow(last.equity.double / first.equity.double, 1 / years) - 1
    }

    /// Mean divided by standard deviation (n − 1) of the daily returns, times the square root of
    /// the number of returns per year.
    public var sharpeRatio: Double? {
        let returns = returns
        guard let years, returns.count > 1 else { return nil }
        let mean = returns.reduce(0, +) / Double(returns.count)
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(returns.count - 1)).squareRoot()
        guard deviation > 0 else { return nil }
        return mean / deviation * (Double(returns.count) / years).squareRoot()
    }
}
