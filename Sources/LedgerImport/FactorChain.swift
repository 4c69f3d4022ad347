import LedgerDomain
import LedgerEvents

/// A factor in 10^-9, and how precisely it was written.
struct Factor: Equatable {
    /// Half of the seventh decimal.
    static let half: Int128 = 50

    var value: Int128
    /// The decimals that the file shows, at most nine; 0 for a whole number, which is exact.
    var decimals: Int

    /// The largest error of a factor that has no error but the last decimal's: half of the seventh
    /// decimal, or half a millionth of it.
    var least: Int128 { max(Self.half, value / 2_000_000) }

    /// The largest error that the decimals shown allow.
    var shown: Int128 {
        decimals == 0 ? least : max(least, FixedPoint.powers[9 - decimals] / 2)
    }
}

/// One row of a factor file: the factors that make raw prices through its day comparable with
/// today's, and the day's close.
struct FactorRow: Equatable {
    /// The start of the weekday after the row's last day.
    var effective: Int64
    var price: Factor
    var split: Factor
    /// In 10^-9.
    var reference: Int64
}

/// The actions implied by two successive rows.
///
///     split: numerator / denominator = splitFactor of the later row / that of the earlier one
///     dividend a unit = reference · (1 − priceFactor of the earlier row / that of the later one)
///
/// Factors are rounded, so neither is exact. A split is the ratio with the smallest numbers within
/// the precision that the file shows, a dividend the shortest decimal of at most four places. LEAN
/// writes seven places and drops zeros behind the last; other files have four to nine. A millionth
/// is always tolerated. The dividend refers to old units: it is paid before a split of the same day.
enum FactorChain {
    /// The dividend before the split; the second of two events is left in `pending`.
    static func events(
        from old: FactorRow, to new: FactorRow, _ instrument: InstrumentID,
        pending: inout MarketEvent?
    ) throws(FactorProblem) -> MarketEvent? {
        let time = Timestamp(nanoseconds: old.effective)
        let split = try split(from: old.split, to: new.split).map {
            MarketEvent.split(SplitApplied(instrument: instrument, $0), time)
        }
        guard let perUnit = try dividend(from: old, to: new) else { return split }
        pending = split
        return .dividend(DividendDeclared(instrument: instrument, perUnit: perUnit), time)
    }

    /// - Returns: nil for no split.
    static func split(from old: Factor, to new: Factor) throws(FactorProblem) -> SplitRatio? {
        if old.value == new.value { return nil }
        let isReverse = new.value < old.value
        let (less, more) = isReverse ? (new, old) : (old, new)
        guard let found = ratio(of: more, to: less),
            max(found.many, found.few) <= SplitRatio.largest,
            let ratio = isReverse
                ? SplitRatio(Int64(found.few), to: Int64(found.many))
                : SplitRatio(Int64(found.many), to: Int64(found.few))
        else { throw .noRatio }
        return found.many == found.few ? nil : ratio
    }

    /// The ratio that is meant: the simplest within the decimals shown, where it is no coincidence
    /// that one so simple lies there.
    ///
    /// Zeros may have been dropped behind the decimals shown, so the factor that shows more of them
    /// is taken as rounded first, then both. Where a coincidence is likely, as for 0.99, the decimals
    /// are taken as exact.
    private static func ratio(of more: Factor, to less: Factor) -> (many: Int128, few: Int128)? {
        let longest = max(more.decimals, less.decimals)
        let errors = [
            (
                more.decimals == longest ? more.shown : more.least,
                less.decimals == longest ? less.shown : less.least
            ), (more.shown, less.shown),
        ]
        for (above, below) in errors {
            let range = Range(more.value, within: above, over: less.value, within: below)
            if let found = range?.simplest, range?.isTelling(found.few) == true { return found }
        }
        return Range(more.value, within: more.least, over: less.value, within: less.least)?.simplest
    }

    /// The ratios that two rounded numbers may stand for.
    private struct Range {
        let low: (Int128, Int128)
        let high: (Int128, Int128)
        private let exact: (Int128, Int128)

        /// Nil where the smaller may be nothing at all.
        init?(_ more: Int128, within above: Int128, over less: Int128, within below: Int128) {
            guard less > below, more > above else { return nil }
            low = (more - above, less + below)
            high = (more + above, less - below)
            exact = (more, less)
        }

        /// Of equally simple ratios, the nearest.
        var simplest: (many: Int128, few: Int128) {
            let (_, few) = FactorChain.simplest(from: low, through: high)
            return (FixedPoint.dividedHalfEven(exact.0 * few, by: exact.1), few)
        }

        /// Whether a range as wide as this holds a ratio over at most `few` by chance less than once
        /// in eight times: width · few² ≤ 1/8.
        func isTelling(_ few: Int128) -> Bool {
            guard few <= SplitRatio.largest else { return false }
            let unit = Int128(FixedPoint.one)
            let width = high.0 * unit / high.1 - low.0 * unit / low.1
            return width <= unit / (few * few * 8)
        }
    }

    /// - Returns: nil if there is no dividend.
    static func dividend(from old: FactorRow, to new: FactorRow) throws(FactorProblem) -> Price? {
        if old.price.value == new.price.value { return nil }
        guard old.price.value < new.price.value else { throw .falling }
        guard old.reference > 0 else { throw .noReference }
        let (reference, later) = (Int128(old.reference), new.price.value)
        let exact = FixedPoint.dividedHalfEven(reference * (later - old.price.value), by: later)
        // Fewer decimals than four are a longer number whose last ones are zeros.
        let decimals = max(old.price.decimals, new.price.decimals)
        let half =
            decimals < 4 ? Factor.half : max(Factor.half, FixedPoint.powers[9 - decimals] / 2)
        let slack = reference * 2 * half / later
        for decimals in 0...4 {
            let rounded = rounded(exact, decimals)
            guard decimals == 4 || (rounded > 0 && abs(rounded - exact) <= slack) else { continue }
            return rounded > 0 ? Price(raw: Int64(clamping: rounded)) : nil
        }
        return nil
    }

    private static func rounded(_ value: Int128, _ decimals: Int) -> Int128 {
        let unit = FixedPoint.powers[9 - decimals]
        return FixedPoint.dividedHalfEven(value, by: unit) * unit
    }

    /// The fraction with the smallest denominator between two positive fractions, both included:
    /// the first common node of their continued fractions.
    ///
    /// - Complexity: O(log of the larger denominator).
    static func simplest(
        from low: (Int128, Int128), through high: (Int128, Int128)
    ) -> (Int128, Int128) {
        let whole = low.0 / low.1
        let rest = low.0 - whole * low.1
        if rest == 0 { return (whole, 1) }
        if (whole + 1) * high.1 <= high.0 { return (whole + 1, 1) }
        let (numerator, denominator) = simplest(
            from: (high.1, high.0 - whole * high.1), through: (low.1, rest))
        return (whole * numerator + denominator, numerator)
    }
}

/// Why two rows imply no action.
enum FactorProblem: Error, Equatable {
    case noRatio, falling, noReference

    var finding: RowFinding {
        switch self {
        case .noRatio: RowFinding(kind: .notARatio, column: .splitFactor)
        case .falling: RowFinding(kind: .fallingFactor, column: .priceFactor)
        case .noReference: RowFinding(kind: .noReference, column: .priceFactor)
        }
    }
}

extension RowValues {
    /// - Parameter decimals: those that the row shows of each column.
    /// - Precondition: `finding` returned nil.
    func factors(effective: Int64, decimals: (Column) -> Int) -> FactorRow {
        func factor(_ column: Column) -> Factor {
            Factor(value: self[column], decimals: decimals(column))
        }
        return FactorRow(
            effective: effective, price: factor(.priceFactor), split: factor(.splitFactor),
            reference: price(.referencePrice).raw)
    }
}
