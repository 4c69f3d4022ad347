import Glibc
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// An account's equity at the end of each of its trading days that has events, and what is computed
/// from it. See `AccountDays`.
///
/// Ratios are doubles for people to look at; no decision depends on them.
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
        var days = try AccountDays(of: journal, through: sequence)
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
            if record.time > dayEnds || day == .min, record.type != .dividendDeclared,
                record.type != .rulesDeclared
            {
                if let point = point() { points.append(point) }
                let today = days.day(of: record.time)
                (day, dayEnds) = (today.number, today.ends)
            }
            try book.apply(record)
            return true
        }
        if let point = point() { points.append(point) }
    }

    /// Equity less what was deposited in between, over the equity before: one a day after the first.
    public var returns: [Double] {
        zip(points, points.dropFirst()).compactMap { before, after in
            guard before.equity.raw > 0 else { return nil }
            let flow = after.netDeposits - before.netDeposits
            return (after.equity - flow).double / before.equity.double - 1
        }
    }

    /// From the first day to the last one; nil for fewer than two days.
    public var days: Int64? {
        guard let first = points.first, let last = points.last, last.day > first.day else {
            return nil
        }
        return last.day - first.day
    }

    private var years: Double? { days.map { Double($0) / 365.25 } }

    /// The daily returns, compounded: what one unit of money became, less 1.
    public var totalReturn: Double? {
        points.count > 1 ? returns.reduce(1) { $0 * (1 + $1) } - 1 : nil
    }

    /// (1 + total return)^(1 / years) − 1; nil for a total loss.
    public var growthPerYear: Double? {
        guard let years, let totalReturn, totalReturn > -1 else { return nil }
        return pow(1 + totalReturn, 1 / years) - 1
    }

    /// Standard deviation (n − 1) of the daily returns, and their mean.
    private var spread: (mean: Double, deviation: Double)? {
        let returns = returns
        guard returns.count > 1 else { return nil }
        let mean = returns.reduce(0, +) / Double(returns.count)
        let squares = returns.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, (squares / Double(returns.count - 1)).squareRoot())
    }

    /// Daily returns a year: their number over the years from the first day to the last.
    public var returnsPerYear: Double? { years.map { Double(returns.count) / $0 } }

    /// Standard deviation (n − 1) of the daily returns, times the square root of their number a
    /// year.
    public var volatilityPerYear: Double? {
        guard let spread, let returnsPerYear else { return nil }
        return spread.deviation * returnsPerYear.squareRoot()
    }

    /// Mean over standard deviation (n − 1) of the daily returns, times the square root of their number
    /// a year. No interest is taken off.
    public var sharpeRatio: Double? {
        guard let spread, let returnsPerYear, spread.deviation > 0 else { return nil }
        return spread.mean / spread.deviation * returnsPerYear.squareRoot()
    }

    /// The largest fall of the compounded daily returns below their highest value so far, from the
    /// first day on; 0 or less.
    public var largestDailyDrawdown: Double? {
        guard points.count > 1 else { return nil }
        var (worth, peak, largest) = (1.0, 1.0, 0.0)
        for value in returns {
            worth *= 1 + value
            peak = max(peak, worth)
            largest = min(largest, worth / peak - 1)
        }
        return largest
    }
}
