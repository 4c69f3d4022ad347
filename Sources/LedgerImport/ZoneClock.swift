import LedgerDomain

/// Converts local times of a zone to UTC, and caches the range of constant offset around the last
/// one.
struct ZoneClock {
    let rules: ZoneRules
    /// Local seconds (end excluded) that each mean one moment, `cachedOffset` ahead of UTC.
    private var cachedStart: Int64 = 0
    private var cachedEnd: Int64 = 0
    private var cachedOffset: Int64 = 0

    init(_ rules: ZoneRules) { self.rules = rules }

    /// The moment of a local time, or nil if a clock change skips or repeats it.
    ///
    /// - Complexity: O(1) for times near the last one.
    @inline(__always)
    mutating func simpleUTC(ofLocal seconds: Int64) -> Int64? {
        if seconds >= cachedStart, seconds < cachedEnd { return seconds - cachedOffset }
        return refill(seconds)
    }

    /// Keeps the part of the stretch that the neighbours' offsets do not reach.
    private mutating func refill(_ local: Int64) -> Int64? {
        guard case .once(let utc) = rules.meaning(ofLocal: local) else { return nil }
        let span = rules.span(at: utc)
        var (start, end) = (Int64.min / 4, Int64.max / 4)
        if span.start > start {
            start = span.start + max(span.offset, rules.offset(at: span.start - 1))
        }
        if span.end < end { end = span.end + min(span.offset, rules.offset(at: span.end)) }
        (cachedStart, cachedEnd, cachedOffset) = (start, end, span.offset)
        return utc
    }

    /// The first moment of the local day `days` after the one that holds `utc`, in UTC seconds.
    ///
    /// If clocks go forward at midnight, this is the moment of the change.
    mutating func midnight(days: Int64, after utc: Int64) -> Int64 {
        midnight(of: day(at: utc) + days)
    }

    /// The first moment of a local day, counted from 1970.
    private mutating func midnight(of day: Int64) -> Int64 {
        let target = day * 86_400
        if let simple = simpleUTC(ofLocal: target) { return simple }
        switch rules.meaning(ofLocal: target) {
        case .once(let utc), .twice(let utc, _), .never(let utc): return utc
        }
    }

    /// The first moment of the month `months` after the one that begins with the local day that
    /// holds `utc`; nil where no month begins with it.
    mutating func month(_ months: Int64, after utc: Int64) -> Int64? {
        let first = CivilDate(daysSinceEpoch: day(at: utc))
        let month = first.month - 1 + months
        guard first.day == 1,
            let date = CivilDate(year: first.year + month / 12, month: month % 12 + 1, day: 1)
        else { return nil }
        return midnight(of: date.daysSinceEpoch)
    }

    /// When clocks show the same time as at `utc`, `days` later; the second time where they show it
    /// twice.
    func sameTime(days: Int64, after utc: Int64) -> Int64 {
        switch rules.meaning(ofLocal: utc + offset(at: utc) + days * 86_400) {
        case .once(let utc), .twice(_, let utc), .never(let utc): return utc
        }
    }

    /// The local day that holds `utc`, counted from 1970.
    func day(at utc: Int64) -> Int64 { (utc + offset(at: utc)).floorDivided(by: 86_400) }

    /// The first moment of the next weekday after the local day that holds `utc`.
    mutating func weekday(after utc: Int64) -> Int64 {
        // 1970-01-01 was a Thursday; 0 is Monday.
        let day = day(at: utc) + 3
        let weekday = day - day.floorDivided(by: 7) * 7
        return midnight(days: weekday == 4 ? 3 : weekday == 5 ? 2 : 1, after: utc)
    }

    func offset(at utc: Int64) -> Int64 {
        let local = utc + cachedOffset
        return local >= cachedStart && local < cachedEnd ? cachedOffset : rules.offset(at: utc)
    }
}
