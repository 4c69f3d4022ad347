import Glibc
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// An account's equity at the end of each of its trading days that has events, and what is computed
/// from it. See `AccountDays`.
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
        self = try Self.all(of: journal, accounts: [account], through: sequence)[0]
    }

    private init() {}

    /// The curves of several accounts, in their order, from one reading of the journal.
    public static func all(
        of journal: any Journal, accounts: [AccountID], through sequence: SequenceNumber? = nil
    ) throws -> [EquityCurve] {
        var book = EquityBook()
        var curves = accounts.map { _ in EquityCurve() }
        var days = try accounts.map {
            try AccountDays(of: journal, account: $0, through: sequence)
        }
        var today = accounts.map { _ in (number: Int64.min, ends: Timestamp(nanoseconds: .min)) }
        // The first end of a day of any account.
        var nextEnd = Timestamp(nanoseconds: .min)
        func addPoint(_ place: Int) {
            // A day that ends with an unknown equity has no point.
            guard today[place].number != .min, book.gap(accounts[place]) == nil,
                let worth = book[accounts[place]]
            else { return }
            curves[place].points.append(
                Point(
                    day: today[place].number, equity: worth.equity, netDeposits: worth.netDeposits))
        }
        func begin(at time: Timestamp) {
            for place in accounts.indices
            where time > today[place].ends || today[place].number == .min {
                addPoint(place)
                let day = days[place].day(of: time)
                today[place] = (day.number, day.ends)
            }
            nextEnd = today.map(\.ends).min() ?? nextEnd
        }
        try journal.forEachRecord(
            from: .first, through: sequence, filter: EventFilter(EquityBook.types)
        ) { record in
            // A day whose only event leaves equity as it is has no point.
            if record.time > nextEnd, record.type != .dividendDeclared,
                record.type != .dividendScheduled,
                record.type != .rulesDeclared, record.type != .accountDefined,
                record.type != .instrumentDefined, record.type != .rateDefined,
                record.type != .marginDefined
            {
                begin(at: record.time)
            }
            try book.apply(record)
            return true
        }
        for place in accounts.indices { addPoint(place) }
        return curves
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
