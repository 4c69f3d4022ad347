import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// History meets days that a run has already seen, and rules that were off when it was read.
@Suite struct HistoryMergeTests {
    private static let a = InstrumentID(1)

    private static let off: WatchedRun.Pairs =
        WatchedRun.swinging + [
            ("quality.enabled", "false"), ("risk.enabled", "false"), ("drawdown.enabled", "false"),
        ]

    /// The same account with a data rule.
    private static func on(_ more: WatchedRun.Pairs = []) -> WatchedRun.Pairs {
        WatchedRun.swinging + [
            ("quality.enabled", "true"), ("quality.min_history_days", "5"),
            ("risk.enabled", "false"), ("drawdown.enabled", "false"),
        ] + more + [("account.calendar", "crypto"), ("account.kind", "simulated")]
    }

    private static func bar(_ day: Int, _ price: String) throws -> BarRecalled {
        let value = try Price(price)
        return BarRecalled(
            instrument: a, interval: 86_400, open: value, high: value, low: value, close: value,
            volume: Quantity(raw: 1_000_000_000),
            ended: Timestamp(nanoseconds: WatchedRun.second(day + 1, 0) * 1_000_000_000))
    }

    private static func ended(_ run: WatchedRun) throws {
        try run.append(
            WarmupEnded(
                instrument: a, interval: 86_400, bars: 0, first: .zero, last: .zero,
                source: "test", problem: ""))
    }

    @Test(arguments: [false, true])
    func `a data rule that is switched on later knows the history that was read before`(
        isRestored: Bool
    ) throws {
        var run = try WatchedRun(Self.off, rules: .newest)
        run.go(to: 10)
        for (day, price) in ["10", "10", "10", "10", "9"].enumerated() {
            try run.append(try Self.bar(5 + day, price))
        }
        if isRestored { try run.restart() }
        try run.configure(Self.on())
        #expect(run.engine.daysWithData(Self.a) == 5)
        #expect(try !run.engine.main.lacks(Self.bar(9, "9")))
        try run.price("11")
        #expect(try run.orders.map(\.side) == [.buy])
    }

    @Test func `filters and ranges that are switched on later know it too`() throws {
        for rule in [
            ("filters.max_volatility", "50"), ("risk.max_correlation", "0.9"),
        ] {
            var run = try WatchedRun(Self.off, rules: .newest)
            run.go(to: 50)
            for day in 0..<41 {
                try run.append(try Self.bar(8 + day, day % 2 == 0 ? "10" : "13"))
            }
            try run.append(try Self.bar(49, "9"))
            try run.configure(Self.on([rule, ("quality.enabled", "false")]))
            #expect(run.engine.daysWithData(Self.a) == 42)
            try run.price("11")
            let isVolatile = rule.0 == "filters.max_volatility"
            #expect(try run.refusals == (isVolatile ? [.volatility] : []))
        }
    }

    @Test func `live days count for a data rule that is switched on later`() throws {
        var run = try WatchedRun(Self.off, rules: .newest)
        run.go(to: 10)
        try run.append(try Self.bar(9, "10"))
        for day in 10..<14 {
            run.go(to: day)
            try run.price("10")
        }
        run.go(to: 14)
        try run.configure(Self.on())
        #expect(run.engine.daysWithData(Self.a) == 5)
        #expect(run.engine.lastData(Self.a).utcDay == Int64(19_723 + 13))
    }

    @Test(arguments: [false, true])
    func `history older than the days already seen adds its days`(isRestored: Bool) throws {
        var run = try WatchedRun(Self.on(), rules: .newest)
        for day in 30..<33 {
            run.go(to: day)
            try run.price("10")
        }
        run.go(to: 33)
        for day in 10..<14 {
            try run.append(try Self.bar(day, "10"))
            if isRestored { try run.restart() }
        }
        try Self.ended(run)
        #expect(run.engine.daysWithData(Self.a) == 7)
        // Days that both have count once, and a gap between them may be filled at last.
        for day in 12..<32 { try run.append(try Self.bar(day, "10")) }
        #expect(run.engine.daysWithData(Self.a) == 23)
        #expect(try !run.engine.main.lacks(Self.bar(20, "10")))
        #expect(try run.engine.main.lacks(Self.bar(9, "10")))
    }

    @Test func `under rules 3 the first history counts the days anew`() throws {
        var run = try WatchedRun(Self.on(), rules: try #require(RulesVersion(3)))
        for day in 30..<33 {
            run.go(to: day)
            try run.price("10")
        }
        run.go(to: 33)
        for day in 10..<14 { try run.append(try Self.bar(day, "10")) }
        #expect(run.engine.daysWithData(Self.a) == 4)
        // Rules 4 go on from there, and count the days anew when the history is told again.
        try run.append(RulesDeclared(rules: 4))
        #expect(run.engine.daysWithData(Self.a) == 4)
        for day in 10..<15 { try run.append(try Self.bar(day, "10")) }
        #expect(run.engine.daysWithData(Self.a) == 5)
        try run.restart()
        try run.price("10")
        #expect(run.engine.daysWithData(Self.a) == 6)
    }

    @Test func `strategies take a gap only if they saw no price behind it`() throws {
        var quiet = try WatchedRun(Self.off, rules: .newest)
        quiet.go(to: 10)
        for day in 0..<3 { try quiet.append(try Self.bar(day, "10")) }
        #expect(quiet.engine.history[Self.a].heard.nanoseconds == .min)
        try quiet.append(try Self.bar(9, "9"))
        try quiet.price("11")
        #expect(try quiet.orders.map(\.side) == [.buy])
        // After a price of day 10 the bar of day 9 teaches rules alone.
        var late = try WatchedRun(Self.off, rules: .newest)
        late.go(to: 10)
        for day in 0..<3 { try late.append(try Self.bar(day, "10")) }
        try late.price("10")
        try late.append(try Self.bar(9, "20"))
        try late.price("11")
        #expect(try late.orders.map(\.side) == [.buy])
        #expect(late.engine.history[Self.a].heard.utcDay == Int64(19_723 + 10))
    }

    @Test func `a change of warmup.strategies makes strategies anew`() throws {
        var run = try WatchedRun(
            Self.off + [("warmup.strategies", "false")], rules: .newest)
        run.go(to: 10)
        for day in 0..<10 { try run.append(try Self.bar(day, day == 9 ? "9" : "10")) }
        try run.configure(
            Self.off + [("account.calendar", "crypto"), ("account.kind", "simulated")])
        #expect(run.engine.history[Self.a].told.nanoseconds == .min)
        for day in 0..<10 { try run.append(try Self.bar(day, day == 9 ? "9" : "10")) }
        try run.price("11")
        #expect(try run.orders.map(\.side) == [.buy])
    }
}
