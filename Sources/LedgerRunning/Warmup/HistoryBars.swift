import LedgerDomain
import LedgerEvents
import LedgerReading

/// The bars of one instrument's history, in order of their ends, all on the price scale of its end.
struct HistoryBars: Sendable {
    let instrument: Instrument
    private var rows: [Row] = []
    /// The files, tapes and venues that gave bars, each once.
    private var names: [String] = []
    /// What the sources lack or contradict.
    var problems: [String] = []
    /// Where the last bar is.
    private var place = ""

    private struct Row: Sendable {
        var bar: BarRecalled
        /// Where its source is in `names`.
        var source: Int
    }

    init(_ instrument: Instrument) { self.instrument = instrument }

    var bars: [BarRecalled] { rows.map(\.bar) }
    var last: BarRecalled? { rows.last?.bar }

    /// The sources of the bars, each once.
    var sources: [String] {
        names.indices.filter { place in rows.contains { $0.source == place } }.map { names[$0] }
    }

    /// Adds a bar of a file or tape. Bars are added in order of their ends; a bar that two sources have is taken
    /// once.
    ///
    /// - Throws: `InputError` if two sources contradict each other or have different intervals.
    mutating func add(_ bar: BarRecalled, of source: String, at place: String) throws {
        if let last {
            guard last.interval == bar.interval else {
                throw InputError(
                    "\(place): a bar of \(bar.interval) seconds of \(instrument.symbol), but "
                        + "\(self.place) has \(last.interval) seconds; history takes one interval per "
                        + "symbol")
            }
            if last.ended == bar.ended {
                guard last == bar else {
                    throw InputError(
                        "\(place): \(difference(bar, from: last)), as \(self.place) has it; remove "
                            + "one of the two")
                }
                return
            }
        }
        append(bar, of: source)
        self.place = place
    }

    /// Adds the bars of a venue behind those of files, and compares where both have one.
    ///
    /// A venue that contradicts the files by more than `tolerance` adds nothing.
    mutating func extend(with more: [BarRecalled], of venue: String) {
        for bar in more {
            guard let known = rows.last(where: { $0.bar.ended <= bar.ended })?.bar,
                known.ended == bar.ended
            else { continue }
            guard check(bar, of: venue, against: known.close, in: place) else { return }
        }
        for bar in more where last.map({ bar.ended > $0.ended }) ?? true {
            let start = bar.ended.advanced(
                by: Nanoseconds(-Int64(bar.interval) * 1_000_000_000))
            if let last, start < last.ended {
                problems.append(
                    "the bar of \(venue) that ends at \(bar.ended) overlaps the one of \(place) that "
                        + "ends at \(last.ended) and was left out; check the zone of the file")
                continue
            }
            append(bar, of: venue)
        }
    }

    private mutating func append(_ bar: BarRecalled, of source: String) {
        let known = names.firstIndex(of: source)
        if known == nil { names.append(source) }
        rows.append(Row(bar: bar, source: known ?? names.count - 1))
    }

    /// Sources may differ by corrections and rounding. A larger difference is another scale, such as that of a
    /// history that was adjusted meanwhile.
    static let tolerance = Price(raw: FixedPoint.one / 100)

    /// Compares a bar with the close that is known of it, and notes a difference.
    ///
    /// - Returns: whether they agree but for corrections.
    mutating func check(
        _ bar: BarRecalled, of source: String, against close: Price, in other: String
    ) -> Bool {
        guard bar.close != close else { return true }
        problems.append(
            "the bar that ends at \(bar.ended) closes at \(bar.close) in \(source) and at \(close) in "
                + other)
        let change = (Int128(bar.close.raw) - Int128(close.raw)).magnitude
        let isClose =
            change * Int128(FixedPoint.one).magnitude
            <= (Int128(close.raw) * Int128(Self.tolerance.raw)).magnitude
        if !isClose {
            problems.append(
                "prices of \(source) are on another scale, such as after a split or a dividend "
                    + "adjustment, and were not read")
        }
        return isClose
    }

    private func difference(_ bar: BarRecalled, from other: BarRecalled) -> String {
        let fields: [(String, Price, Price)] = [
            ("open", bar.open, other.open), ("high", bar.high, other.high),
            ("low", bar.low, other.low), ("close", bar.close, other.close),
        ]
        let found = fields.first { $0.1 != $0.2 }
        let what = found.map { "\($0.0) \($0.1), not \($0.2)" } ?? "another volume"
        return "the bar of \(instrument.symbol) that ends at \(bar.ended) has \(what)"
    }

    /// Brings the bars so far to the scale after a split, rounded half to even.
    mutating func split(_ event: SplitApplied) {
        let (numerator, denominator) = (Int128(event.numerator), Int128(event.denominator))
        guard numerator > 0, denominator > 0 else { return }
        func scaled(_ price: Price) -> Price {
            Price(
                raw: Int64(
                    clamping: FixedPoint.dividedHalfEven(
                        Int128(price.raw) * denominator, by: numerator)))
        }
        for place in rows.indices {
            rows[place].bar.open = scaled(rows[place].bar.open)
            rows[place].bar.high = scaled(rows[place].bar.high)
            rows[place].bar.low = scaled(rows[place].bar.low)
            rows[place].bar.close = scaled(rows[place].bar.close)
            rows[place].bar.volume = rows[place].bar.volume.scaled(numerator, by: denominator)
        }
    }

    mutating func keep(_ isWanted: (BarRecalled) -> Bool) {
        rows.removeAll { !isWanted($0.bar) }
    }

    /// Leaves out bars without a price, which no rule can use.
    mutating func removeEmpty() {
        let before = rows.count
        rows.removeAll { $0.bar.low.raw <= 0 || $0.bar.close.raw <= 0 || $0.bar.high < $0.bar.low }
        if rows.count < before {
            problems.append("\(before - rows.count) bars without a price were left out")
        }
    }

    mutating func removeAll() { rows = [] }

    /// Notes daily closes that differ by more than `limit`: bad prices, or a split that the history is not
    /// adjusted for.
    mutating func noteJumps(beyond limit: Price) {
        var jumps: [BarRecalled] = []
        for (before, bar) in zip(rows.map(\.bar), rows.dropFirst().map(\.bar)) {
            let change = (Int128(bar.close.raw) - Int128(before.close.raw)).magnitude
            let allowed = (Int128(before.close.raw) * Int128(limit.raw)).magnitude
            if change * Int128(FixedPoint.one).magnitude > allowed { jumps.append(bar) }
        }
        guard let first = jumps.first else { return }
        problems.append(
            "\(jumps.count == 1 ? "a close differs" : "\(jumps.count) closes differ") by more than "
                + "\(limit) from the one before, first at \(first.ended); check splits and bad prices"
        )
    }
}

extension Quantity {
    /// × numerator / denominator, towards zero; the largest quantity if that cannot be counted.
    fileprivate func scaled(_ numerator: Int128, by denominator: Int128) -> Quantity {
        let (whole, part) = raw.quotientAndRemainder(dividingBy: denominator)
        let (product, overflow) = whole.multipliedReportingOverflow(by: numerator)
        let (rest, isLarge) = part.multipliedReportingOverflow(by: numerator)
        guard !overflow, !isLarge else { return Quantity.limit }
        let (sum, isBeyond) = product.addingReportingOverflow(rest / denominator)
        return isBeyond ? Quantity.limit : Quantity(raw: sum)
    }
}
