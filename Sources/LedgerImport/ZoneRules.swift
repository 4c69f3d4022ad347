import LedgerDomain

/// The UTC offsets of a time zone, from the system's TZif file (RFC 8536) and its footer.
public struct ZoneRules: Sendable {
    /// A range of UTC seconds (end excluded) with one offset, in seconds east.
    struct Span: Equatable {
        var start: Int64
        var end: Int64
        var offset: Int64
    }

    /// What a local time can mean, in UTC seconds.
    public enum Meaning: Hashable, Sendable {
        case once(Int64)
        /// Clocks went back: the first and the second occurrence.
        case twice(Int64, Int64)
        /// Clocks went forward: the time does not exist; clocks jumped at this moment.
        case never(Int64)
    }

    public let name: String
    private let starts: [Int64]
    private let offsets: [Int64]
    private let firstOffset: Int64
    private let rule: ZoneRule?

    public static let utc = ZoneRules(
        name: "UTC", starts: [], offsets: [], firstOffset: 0, rule: ZoneRule(fixed: 0))

    init(name: String, starts: [Int64], offsets: [Int64], firstOffset: Int64, rule: ZoneRule?) {
        self.name = name
        self.starts = starts
        self.offsets = offsets
        self.firstOffset = firstOffset
        self.rule = rule
    }

    /// The offset in seconds east at a UTC moment.
    public func offset(at utc: Int64) -> Int64 { span(at: utc).offset }

    func span(at utc: Int64) -> Span {
        guard let last = starts.last else {
            return rule?.span(at: utc, after: .min)
                ?? Span(start: .min, end: .max, offset: firstOffset)
        }
        if utc >= last {
            return rule?.span(at: utc, after: last)
                ?? Span(start: last, end: .max, offset: offsets[offsets.count - 1])
        }
        guard utc >= starts[0] else {
            return Span(start: .min, end: starts[0], offset: firstOffset)
        }
        var (low, high) = (0, starts.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= utc { low = middle } else { high = middle }
        }
        return Span(start: starts[low], end: starts[low + 1], offset: offsets[low])
    }

    /// The moments at which clocks in this zone show `local` seconds since 1970-01-01T00:00.
    ///
    /// Only the offsets in force slightly more than a day before and after can apply, because no
    /// zone changes its clocks twice in two days.
    public func meaning(ofLocal local: Int64) -> Meaning {
        let reach: Int64 = 26 * 3600
        let before = span(at: local - reach)
        let after = span(at: local + reach)
        let (first, second) = (local - before.offset, local - after.offset)
        let isFirst = offset(at: first) == before.offset
        let isSecond = offset(at: second) == after.offset
        switch (isFirst, isSecond) {
        case (true, true): return first == second ? .once(first) : .twice(first, second)
        case (true, false): return .once(first)
        case (false, true): return .once(second)
        case (false, false): return .never(after.start)
        }
    }
}
