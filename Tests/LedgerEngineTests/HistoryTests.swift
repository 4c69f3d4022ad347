import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// History that a run reads before its first decision.
@Suite struct HistoryTests {
    private static let rules: WatchedRun.Pairs =
        WatchedRun.swinging + [
            ("quality.enabled", "true"), ("quality.min_history_days", "5"),
            ("risk.enabled", "false"), ("drawdown.enabled", "false"),
        ]

    private static func midnight(_ day: Int) -> Timestamp {
        Timestamp(nanoseconds: WatchedRun.second(day, 0) * 1_000_000_000)
    }

    /// The bar of a day, which ends at the next midnight.
    private static func bar(_ day: Int, _ price: String, of number: UInt32 = 1) throws
        -> BarRecalled
    {
        let value = try Price(price)
        return BarRecalled(
            instrument: InstrumentID(number), interval: 86_400, open: value, high: value,
            low: value,
            close: value, volume: Quantity(raw: 1_000_000_000), ended: midnight(day + 1))
    }

    /// A run that begins at noon of day 10, with the bars of the days before it.
    private static func run(
        settings: WatchedRun.Pairs = rules, _ prices: [String], isRestored: Bool = false
    ) throws -> WatchedRun {
        var run = try WatchedRun(settings, rules: .newest)
        run.go(to: 10)
        for (day, price) in prices.enumerated() {
            try run.append(try bar(10 - prices.count + day, price))
            if isRestored { try run.restart() }
        }
        try run.append(
            WarmupEnded(
                instrument: InstrumentID(1), interval: 86_400, bars: UInt64(prices.count),
                first: .zero, last: .zero, source: "test", problem: ""))
        return run
    }

    @Test(arguments: [false, true])
    func `history counts as days with data, and averages continue from it`(
        isRestored: Bool
    ) throws {
        var run = try Self.run(["10", "10", "10", "10", "9"], isRestored: isRestored)
        #expect(run.engine.daysWithData(InstrumentID(1)) == 5)
        try run.price("11")
        #expect(try run.orders.map(\.side) == [.buy])
        // Without history the same price is refused.
        var cold = try Self.run([])
        try cold.prices("9", "11")
        #expect(try cold.refusals == [.dataQuality])
    }

    @Test func `history decides, marks and values nothing`() throws {
        let run = try Self.run(["10", "12", "9", "14", "16"])
        #expect(run.engine.profit.equity.mark(InstrumentID(1)) == .zero)
        let cash = try Money("1000")
        #expect(run.equity == cash && run.peak == cash)
        #expect(try run.count(SignalGenerated.self) == 0)
        #expect(run.engine.history[InstrumentID(1)].bars == 5)
        #expect(run.latches == [])
    }

    @Test func `a strategy that waits for its first price does not spend it on history`() throws {
        var run = try Self.run(
            settings: WatchedRun.holding + [
                ("quality.enabled", "true"), ("quality.min_history_days", "3"),
                ("risk.enabled", "false"),
            ], ["10", "10", "10"])
        try run.price("10")
        #expect(try run.orders.count == 1)
    }

    @Test func `filters know the days of the history`() throws {
        let wild = (0..<40).map { $0 % 2 == 0 ? "10" : "13" } + ["9"]
        let settings = Self.rules + [("filters.max_volatility", "50")]
        var run = try Self.run(settings: settings, wild)
        try run.price("11")
        #expect(try run.refusals == [.volatility])
        var cold = try Self.run(
            settings: WatchedRun.swinging + [
                ("filters.max_volatility", "50"), ("risk.enabled", "false"),
            ], [])
        try cold.prices("9", "11")
        #expect(try cold.orders.count == 1)
    }

    @Test func `strategies do not see it where the settings say so`() throws {
        var run = try Self.run(
            settings: Self.rules + [("warmup.strategies", "false")], ["10", "10", "10", "10", "9"])
        try run.price("11")
        #expect(run.engine.daysWithData(InstrumentID(1)) == 6)
        #expect(try run.count(SignalGenerated.self) == 0)
    }

    @Test func `a bar that is no history is refused and leaves no trace`() throws {
        let run = try Self.run(["10", "10"])
        let before = run.engine.digest
        var empty = try Self.bar(9, "10")
        (empty.ended, empty.close) = (Self.midnight(10).advanced(by: .minute), .zero)
        var early = try Self.bar(9, "10")
        early.ended = Timestamp(nanoseconds: run.seconds * 1_000_000_000 + 1)
        for (bar, words) in [
            (early, "after 2024-01-11"),
            (empty, "without a price"), (try Self.bar(9, "10", of: 7), "which nothing defines"),
        ] {
            let error = try run.run.attempt(Run.Input(event: bar, seconds: run.seconds))
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
            #expect(run.engine.digest == before)
        }
    }

    @Test func `a first price on another scale waits for the next one`() throws {
        var run = try Self.run(["100", "100", "100", "100", "100"])
        try run.price("40")
        #expect(run.latches == [.dataQuality])
        let latch = try #require(try run.run.events(LatchEngaged.self).last)
        #expect(
            latch.reason.hasPrefix("PRICE_OUTLIER: 40 after 100, the last close of the history"))
        try run.price("40")
        #expect(run.latches == [])
        // Half is no outlier, and later prices are compared with marks alone.
        var half = try Self.run(["100", "100", "100", "100", "100"])
        try half.price("50")
        #expect(half.latches == [])
    }

    @Test func `a split before the first price changes what it is compared with`() throws {
        var run = try Self.run(["100", "100", "100", "100", "100"])
        try run.append(SplitApplied(instrument: InstrumentID(1), numerator: 4, denominator: 1))
        try run.price("25")
        #expect(run.latches == [])
    }

    @Test func `history is not the feed, so its age pauses nothing`() throws {
        var run = try Self.run(
            settings: Self.rules + [("quality.feed_timeout_s", "60")],
            ["10", "10", "10", "10", "9"])
        try run.append(ClockTicked())
        try run.price("11")
        #expect(try run.count(FeedPaused.self) == 0)
        #expect(try run.orders.count == 1)
    }

    @Test func `sessions between history and present are a gap`() throws {
        var run = try WatchedRun(Self.rules, rules: .newest)
        run.go(to: 10)
        for day in 0..<5 { try run.append(try Self.bar(day, "10")) }
        try run.price("10")
        let gap = try #require(try run.run.events(GapDetected.self).first)
        #expect(gap.sessions == 5 && gap.from == Self.midnight(5))
    }

    @Test func `old history blocks entries until data come`() throws {
        var run = try WatchedRun(
            Self.rules + [("quality.staleness_hours", "24")], rules: .newest)
        run.go(to: 10)
        for day in 0..<5 { try run.append(try Self.bar(day, "10")) }
        try run.append(ClockTicked())
        #expect(run.latches == [.dataQuality])
        try run.price("10")
        #expect(run.latches == [])
    }

    @Test func `new strategies take the history again, and days are counted once`() throws {
        var run = try Self.run(["10", "10", "10", "10", "9"])
        try run.configure(
            Self.rules + [
                ("strategies.0.slow", "3"), ("account.calendar", "crypto"),
                ("account.kind", "simulated"),
            ])
        for (day, price) in ["10", "10", "10", "10", "9"].enumerated() {
            try run.append(try Self.bar(5 + day, price))
        }
        #expect(run.engine.daysWithData(InstrumentID(1)) == 5)
        #expect(run.engine.history[InstrumentID(1)].bars == 5)
        try run.price("11")
        #expect(try run.orders.count == 1)
    }
}
