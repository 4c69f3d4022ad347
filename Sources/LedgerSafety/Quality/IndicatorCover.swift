import LedgerDomain

/// On how many of a symbol's days each indicator has no value.
///
/// A day is a session of the calendar, from the first with a price to the newest. An indicator is
/// due from the day on which it has enough closes, and is missing on a day without a price. A day
/// without data counts as a missing value, because the days of many symbols are compared.
struct IndicatorCover: Hashable, Sendable {
    /// Days with a price, and days without one since the first of them.
    private(set) var days = 0
    private(set) var absent = 0
    /// The absent days before each indicator's first value, by its number.
    private var before = [Int](repeating: 0, count: QualityIndicator.allCases.count + 1)
    private(set) var predicted = 0
    private var daysBeforePrediction = 0

    mutating func addDay() {
        days += 1
        for indicator in QualityIndicator.standard where indicator.days == days {
            before[Int(indicator.rawValue)] = absent
        }
    }

    mutating func addAbsent(_ count: Int) { if days > 0 { absent += count } }

    /// A day with a forecast. Its price may come before or after it.
    mutating func addPrediction(hasPrice: Bool) {
        if predicted == 0 {
            daysBeforePrediction = hasPrice ? max(0, days - 1) : days
            before[Int(QualityIndicator.prediction.rawValue)] = absent
        }
        predicted += 1
    }

    func has(_ indicator: QualityIndicator) -> Bool {
        indicator == .prediction ? predicted > 0 : days >= indicator.days
    }

    /// Days without the indicator among the days on which it is due; 0 of 0 before the first.
    func missing(_ indicator: QualityIndicator) -> (count: Int, of: Int) {
        guard has(indicator) else { return (0, 0) }
        let skipped = absent - before[Int(indicator.rawValue)]
        guard indicator == .prediction else {
            return (skipped, days - indicator.days + 1 + skipped)
        }
        let due = max(days - daysBeforePrediction, predicted) + skipped
        return (due - predicted, due)
    }

    /// The indicator with the largest missing share; the first if several are equal.
    func worst(of indicators: [QualityIndicator]) -> (
        indicator: QualityIndicator, missing: Int, of: Int
    )? {
        var worst: (indicator: QualityIndicator, missing: Int, of: Int)?
        for indicator in indicators {
            let (missing, due) = missing(indicator)
            guard due > 0 else { continue }
            if let known = worst, missing * known.of <= known.missing * due { continue }
            worst = (indicator, missing, due)
        }
        return worst
    }
}
