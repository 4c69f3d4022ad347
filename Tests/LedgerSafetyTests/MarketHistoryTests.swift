import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// Days of history that come after later days were seen.
@Suite struct MarketHistoryTests {
    private static let a = InstrumentID(1)

    private static func bar(
        _ high: String, _ low: String, _ close: String, interval: UInt32 = 86_400
    ) throws -> BarRecalled {
        BarRecalled(
            instrument: a, interval: interval, open: try Price(close), high: try Price(high),
            low: try Price(low), close: try Price(close), volume: Quantity(raw: 1),
            ended: .zero)
    }

    /// Days 10 to 12, each with one price of 10.
    private static func seen() throws -> MarketHistory {
        var history = MarketHistory()
        let ten = try Price("10")
        for day: Int64 in 10...12 {
            history.observe(a, high: ten, low: ten, close: ten, day: day)
        }
        return history
    }

    @Test func `older days go before those that are known, in any order`() throws {
        var (ordered, mixed) = (MarketHistory(), try Self.seen())
        for day: Int64 in 5...12 {
            try ordered.merge(Self.bar("10", "10", "10"), on: day, isLatest: true)
        }
        for day: Int64 in [8, 5, 9, 7, 6] {
            try mixed.merge(Self.bar("10", "10", "10"), on: day, isLatest: false)
        }
        #expect(ordered == mixed)
        #expect(mixed.knows(Self.a, 5) && mixed.knows(Self.a, 12) && !mixed.knows(Self.a, 4))
    }

    @Test func `a whole day replaces what a run saw of it, and shorter bars widen it`() throws {
        var whole = try Self.seen()
        try whole.merge(Self.bar("12", "9", "11"), on: 11, isLatest: false)
        // Ranges of the days 10 and 11: the first has no day before it.
        #expect(whole.averageTrueRange(Self.a, days: 1) == 3)
        var parts = try Self.seen()
        try parts.merge(Self.bar("11", "10.5", "11", interval: 3600), on: 11, isLatest: false)
        #expect(parts.averageTrueRange(Self.a, days: 1) == 1)
        // Of the last day, later prices are known.
        var last = try Self.seen()
        try last.merge(Self.bar("15", "9", "14"), on: 12, isLatest: false)
        let ten = try Price("10")
        last.observe(Self.a, high: ten, low: ten, close: ten, day: 13)
        #expect(last.averageTrueRange(Self.a, days: 1) == 6)
    }

    @Test func `the newest days are kept, and older ones count as known`() throws {
        var history = MarketHistory()
        for day: Int64 in 1...300 {
            try history.merge(Self.bar("10", "10", "10"), on: day, isLatest: true)
        }
        let before = history
        try history.merge(Self.bar("9", "9", "9"), on: 40, isLatest: false)
        #expect(history == before)
        #expect(history.knows(Self.a, 40) && history.knows(Self.a, 99))
    }
}
