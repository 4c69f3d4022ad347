import LedgerDomain
import LedgerEvents

/// One row of a factor file: the factors that make raw prices up to and including its day
/// comparable with today's, and that day's close. Numbers are in units of 10^-9.
struct FactorRow: Equatable {
    /// The start of the weekday after the row's last day.
    var effective: Int64
    var priceFactor: Int64
    var splitFactor: Int64
    var reference: Int64
}

/// The actions implied by two successive rows.
///
///     split: numerator / denominator = splitFactor of the later row / that of the earlier one
///     dividend a unit = reference · (1 − priceFactor of the earlier row / that of the later one)
///
/// Factors are rounded, so neither value is exact. A split is the ratio with the smallest numbers
/// within the factors' precision; a dividend is the shortest decimal of at most four places. LEAN
/// writes seven places, for split factors too in some old files, so an error of one millionth is
/// always tolerated. The dividend is per old unit: it is paid before a split on the same day.
enum FactorChain {
    /// Half of one unit of the seventh decimal.
    private static let half: Int128 = 50

    /// The dividend comes before the split; the second of two events waits in `pending`.
    static func events(
        from old: FactorRow, to new: FactorRow, _ instrument: InstrumentID,
        pending: inout MarketEvent?
    ) throws(FactorProblem) -> MarketEvent? {
        let time = Timestamp(nanoseconds: old.effective)
        let split = try split(from: old, to: new).map {
            MarketEvent.split(SplitApplied(instrument: instrument, $0), time)
        }
        guard let perUnit = try dividend(from: old, to: new) else { return split }
        pending = split
        return .dividend(DividendDeclared(instrument: instrument, perUnit: perUnit), time)
    }

    /// - Returns: nil if there is no split.
    static func split(from old: FactorRow, to new: FactorRow) throws(FactorProblem) -> SplitRatio? {
        if old.splitFactor == new.splitFactor { return nil }
        let isReverse = new.splitFactor < old.splitFactor
        let less = Int128(isReverse ? new.splitFactor : old.splitFactor)
        let more = Int128(isReverse ? old.splitFactor : new.splitFactor)
        guard less > slack(less) else { throw .noRatio }
        let (_, few) = simplest(
            from: (more - slack(more), less + slack(less)),
            through: (more + slack(more), less - slack(less)))
        guard few <= Int128(SplitRatio.largest) else { throw .noRatio }
        // Among equally simple ratios, take the nearest.
        let many = FixedPoint.dividedHalfEven(more * few, by: less)
        guard many <= Int128(SplitRatio.largest) else { throw .noRatio }
        let pair = (Int64(many), Int64(few))
        guard
            let ratio = isReverse ? SplitRatio(pair.1, to: pair.0) : SplitRatio(pair.0, to: pair.1)
        else {
            throw .noRatio
        }
        return many == few ? nil : ratio
    }

    /// - Returns: nil if there is no dividend.
    static func dividend(from old: FactorRow, to new: FactorRow) throws(FactorProblem) -> Price? {
        if old.priceFactor == new.priceFactor { return nil }
        guard old.priceFactor < new.priceFactor else { throw .falling }
        guard old.reference > 0 else { throw .noReference }
        let (reference, later) = (Int128(old.reference), Int128(new.priceFactor))
        let exact = FixedPoint.dividedHalfEven(
            reference * (later - Int128(old.priceFactor)), by: later)
        let slack = reference * 2 * half / later
        for decimals in 0...4 {
            let rounded = rounded(exact, decimals)
            guard decimals == 4 || (rounded > 0 && abs(rounded - exact) <= slack) else { continue }
            return rounded > 0 ? Price(raw: Int64(clamping: rounded)) : nil
        }
        return nil
    }

    /// The tolerance of a factor: half of its last decimal, or half a millionth of its value.
    private static func slack(_ factor: Int128) -> Int128 { max(half, factor / 2_000_000) }

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
    /// - Precondition: `finding` returned nil.
    func factors(effective: Int64) -> FactorRow {
        FactorRow(
            effective: effective, priceFactor: price(.priceFactor).raw,
            splitFactor: price(.splitFactor).raw, reference: price(.referencePrice).raw)
    }
}
