import LedgerDomain
import LedgerEvents
import LedgerSafety
import Testing

/// Statistics of days and what the filters make of them.
@Suite struct FilterTests {
    private static let (a, b) = (InstrumentID(1), InstrumentID(2))

    private func price(_ value: Double) -> Price { Price(rounding: value) ?? .zero }

    /// Closes of successive days; the last is the day that lasts.
    private func history(_ series: [(InstrumentID, [Double])]) -> MarketHistory {
        var history = MarketHistory()
        for (instrument, closes) in series {
            for (day, close) in closes.enumerated() {
                history.observe(
                    instrument, high: price(close), low: price(close), close: price(close),
                    day: Int64(day))
            }
        }
        return history
    }

    /// Returns that alternate, one follows the other or goes against it.
    private func zigzag(_ step: Double, _ count: Int) -> [Double] {
        (0...count).reduce(into: [Double]()) { closes, day in
            closes.append((closes.last ?? 100) * (day % 2 == 0 ? 1 + step : 1 - step))
        }
    }

    /// Settings hold them.
    @Test func `styles keep their words and numbers`() {
        #expect(StrategyStyle.words == ["none", "trend", "breakout"])
        #expect(StrategyStyle.allCases.map(\.rawValue) == [0, 1, 2])
    }

    @Test func `what moves together correlates, and nothing does below twenty pairs`() throws {
        let same = history([(Self.a, zigzag(0.01, 40)), (Self.b, zigzag(0.02, 40))])
        let together = try #require(same.correlation(Self.a, with: Self.b, days: 60))
        #expect(abs(together - 1) < 1e-9)
        let against = history([(Self.a, zigzag(0.01, 40)), (Self.b, zigzag(-0.01, 40))])
        #expect(abs(try #require(against.correlation(Self.a, with: Self.b, days: 60)) + 1) < 1e-3)
        // 20 returns need 21 finished days and the one that lasts.
        let few = history([(Self.a, zigzag(0.01, 20)), (Self.b, zigzag(0.01, 20))])
        #expect(few.correlation(Self.a, with: Self.b, days: 60) == nil)
        let enough = history([(Self.a, zigzag(0.01, 21)), (Self.b, zigzag(0.01, 21))])
        #expect(enough.correlation(Self.a, with: Self.b, days: 60) != nil)
    }

    @Test func `volatility is the yearly deviation in per cent`() throws {
        // Returns of +1 % and −1 % in turn: a deviation of 0.01 × √(n / (n − 1)).
        let days = history([(Self.a, zigzag(0.01, 41))])
        let found = try #require(days.volatility(Self.a, days: 40))
        #expect(abs(found - (40.0 / 39.0).squareRoot() * 252.0.squareRoot()) < 1e-6)
        let market = try #require(days.marketVolatility(days: 40))
        #expect(abs(market - found) < 1e-9)
    }

    @Test func `the average true range counts gaps from the close before`() throws {
        var days = MarketHistory()
        for (day, (high, low, close)) in [(11.0, 9.0, 10.0), (16, 14, 15), (15, 13, 14), (1, 1, 1)]
            .enumerated()
        {
            days.observe(
                Self.a, high: price(high), low: price(low), close: price(close), day: Int64(day))
        }
        // max(2, 6, 4) and max(2, 0, 2).
        #expect(days.averageTrueRange(Self.a, days: 2) == 4)
        #expect(days.averageTrueRange(Self.a, days: 3) == nil)
    }

    @Test func `a split changes no statistic`() throws {
        var days = history([(Self.a, zigzag(0.01, 41))])
        let before = try #require(days.volatility(Self.a, days: 40))
        days.split(SplitApplied(instrument: Self.a, numerator: 4, denominator: 1))
        #expect(abs(try #require(days.volatility(Self.a, days: 40)) - before) < 1e-5)
    }

    @Test(arguments: [
        (0.0, 1.0), (0.5, 1.0), (0.500001, 0.9999975), (0.65, 0.625), (0.8, 0.25), (1, 0.25),
    ])
    func `correlation takes off size from a half on`(_ correlation: Double, _ left: Double) {
        #expect(abs(EntryFilters.multiplier(correlation) - left) < 1e-9)
    }

    @Test(arguments: [
        (14.9, Regime.low), (15, .normal), (25, .normal), (25.1, .high),
    ])
    func `regimes begin beyond their bounds`(_ volatility: Double, _ regime: Regime) {
        #expect(EntryFilters().regime(volatility) == regime)
        #expect(EntryFilters().regime(nil) == .normal)
    }

    private func reason(_ verdict: EntryFilters.Verdict) -> RejectionReason? {
        if case .refuse(let refusal) = verdict { return refusal.reason }
        return nil
    }

    @Test func `high volatility stops breakouts, a market without trend its followers`() {
        var filters = EntryFilters()
        filters.usesRegime = true
        let flat = history([(Self.a, zigzag(0.001, 205))])
        func ask(_ style: StrategyStyle, _ regime: Regime) -> RejectionReason? {
            reason(
                filters.verdict(
                    Self.a, style, held: [], regime: regime, volatility: 30, flat))
        }
        #expect(ask(.breakout, .high) == .regime && ask(.breakout, .normal) == nil)
        #expect(ask(.trend, .normal) == .regime && ask(.none, .high) == nil)
        let rising = history([(Self.a, (0...205).map { 100 * (1 + Double($0) / 100) })])
        let verdict = filters.verdict(
            Self.a, .trend, held: [], regime: .normal, volatility: nil, rising)
        #expect(reason(verdict) == nil)
    }

    @Test func `more than the greatest correlation with something held is refused`() {
        var filters = EntryFilters()
        filters.maximumCorrelation = 0.7
        let same = history([(Self.a, zigzag(0.01, 40)), (Self.b, zigzag(0.02, 40))])
        let held = filters.verdict(
            Self.a, .none, held: [Self.b], regime: nil, volatility: nil, same)
        #expect(reason(held) == .correlation)
        let alone = filters.verdict(Self.a, .none, held: [], regime: nil, volatility: nil, same)
        #expect(alone == .pass(1, correlation: 0))
        filters.maximum = 10
        let wild = filters.verdict(Self.a, .none, held: [], regime: nil, volatility: nil, same)
        #expect(reason(wild) == .volatility)
    }

    @Test func `days saved and taken up again are the same`() throws {
        let days = history([(Self.a, zigzag(0.01, 300)), (Self.b, zigzag(0.02, 5))])
        var writer = StateWriter()
        days.encode(into: &writer)
        var reader = StateReader(writer.bytes)
        #expect(try MarketHistory(from: &reader) == days)
        #expect(reader.isAtEnd)
    }
}
