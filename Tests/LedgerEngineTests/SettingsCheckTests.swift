import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSettings
import Testing

/// Settings that are each good and together are not (C18), and settings that follow others.
@Suite struct SettingsCheckTests {
    typealias Pairs = [(key: String, value: String)]

    private func problem(_ pairs: Pairs) -> String? {
        do throws(SettingsError) { try SettingsCheck.run(Settings(pairs)) } catch {
            return "\(error.key) \(error.problem)"
        }
        return nil
    }

    /// The last good pair of values and the first that contradicts, where the default is not named.
    static let contradictions: [(good: Pairs, bad: Pairs, message: String)] = [
        (
            [("drawdown.halt_threshold", "0.099999999")], [("drawdown.halt_threshold", "0.1")],
            "drawdown.halt_threshold 0.1 must be below drawdown.panic_threshold 0.1"
        ),
        (
            [("drawdown.panic_threshold", "0.080000001")], [("drawdown.panic_threshold", "0.08")],
            "drawdown.halt_threshold 0.08 must be below drawdown.panic_threshold 0.08"
        ),
        (
            [("drawdown.warning_threshold", "0.08")],
            [("drawdown.warning_threshold", "0.080000001")],
            "drawdown.warning_threshold 0.080000001 must be at most drawdown.halt_threshold 0.08"
        ),
        (
            [("drawdown.halt_cooldown_days", "20")], [("drawdown.halt_cooldown_days", "21")],
            "drawdown.halt_cooldown_days 21 must be at most drawdown.panic_cooldown_days 20"
        ),
        (
            [("risk.max_daily_loss_pct", "0.05")], [("risk.max_daily_loss_pct", "0.06")],
            "risk.max_daily_loss_pct 0.06 must be at most risk.max_daily_drawdown 0.05"
        ),
        (
            [("risk.max_daily_loss_pct", "0.06"), ("risk.max_daily_drawdown", "0")],
            [("risk.max_daily_drawdown", "0.01")],
            "risk.max_daily_loss_pct 0.02 must be at most risk.max_daily_drawdown 0.01"
        ),
        (
            [("risk.max_order_notional", "1000")], [("risk.max_order_notional", "1000.01")],
            "risk.max_order_notional 1000.01 must be at most risk.max_abs_position_notional 1000"
        ),
        (
            [("risk.max_order_notional", "5000"), ("risk.max_abs_position_notional", "0")],
            [("risk.max_abs_position_notional", "499")],
            "risk.max_order_notional 500 must be at most risk.max_abs_position_notional 499"
        ),
        (
            [("risk.max_total_notional", "1000")], [("risk.max_total_notional", "999")],
            "risk.max_abs_position_notional 1000 must be at most risk.max_total_notional 999"
        ),
        (
            [("risk.min_trade_value", "500")], [("risk.min_trade_value", "501")],
            "risk.min_trade_value 501 must be at most risk.max_order_notional 500"
        ),
        (
            [("health.short_window", "30")], [("health.short_window", "31")],
            "health.short_window 31 must be at most health.long_window 30"
        ),
        (
            [("clock_sync.warn_threshold_ms", "2000")], [("clock_sync.warn_threshold_ms", "2001")],
            "clock_sync.warn_threshold_ms 2001 must be at most clock_sync.kill_threshold_ms 2000"
        ),
        (
            [("filters.low_volatility", "25")], [("filters.low_volatility", "25.1")],
            "filters.low_volatility 25.1 must be at most filters.high_volatility 25"
        ),
    ]

    @Test(arguments: contradictions.indices)
    func `two settings that contradict are both named`(row: Int) {
        let (good, bad, message) = Self.contradictions[row]
        #expect(problem(good) == nil)
        #expect(problem(bad) == message)
    }

    @Test(arguments: [
        "drawdown.enabled", "risk.enabled", "quality.enabled", "reconciliation.enabled",
    ])
    func `what protects the capital cannot be off in live`(key: String) {
        for mode in ["sim", "paper"] {
            #expect(problem([("mode", mode), (key, "false")]) == nil)
        }
        #expect(
            problem([("mode", "live"), (key, "false")])
                == "\(key) cannot be off in live (mode is live)")
        #expect(problem([("mode", "live"), (key, "true")]) == nil)
    }

    @Test func `in live the limits are on whatever the account`() throws {
        let simulated = try Run([("mode", "sim")])
        let live = try Run([("mode", "live")])
        #expect(!simulated.engine.rules.risk.isEnabled && !simulated.engine.rules.data.isEnabled)
        #expect(live.engine.rules.risk.isEnabled && live.engine.rules.data.isEnabled)
    }

    private static let two: Pairs = [
        ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A"),
        ("strategies.0.name", "ML Momentum"), ("strategies.1.kind", "sma_crossover"),
        ("strategies.1.symbols", "B"),
    ]

    @Test(arguments: [
        "ML Momentum", " ml momentum , SMA_CROSSOVER", "", ",", "ML MOMENTUM,,",
    ])
    func `disabled strategies are named in any case, with spaces around`(list: String) {
        #expect(problem(Self.two + [("gate.strategy_disabled_list", list)]) == nil)
    }

    @Test func `a disabled strategy that nobody bears is refused with the names that there are`() {
        let list = ("gate.strategy_disabled_list", "ML Momentum, News Sentiment")
        #expect(
            problem(Self.two + [(key: list.0, value: list.1)])
                == "gate.strategy_disabled_list 'News Sentiment' is not a strategy; there are ML Momentum, "
                + "sma_crossover")
        // A journal without strategies cannot know better.
        #expect(problem([(key: list.0, value: list.1)]) == nil)
    }

    private func refusal(_ old: Pairs, _ new: Pairs) -> String? {
        do throws(SettingsError) {
            try SettingsCheck.change(from: Settings(old), to: Settings(new))
        } catch { return "\(error.key) \(error.problem)" }
        return nil
    }

    @Test func `a journal keeps its account`() {
        #expect(refusal([], [("account.name", "main"), ("seed", "2")]) == nil)
        for (key, before, after) in [
            ("account.name", "main", "desk"), ("account.kind", "simulated", "paper"),
            ("account.currency", "USD", "EUR"),
        ] {
            #expect(
                refusal([], [(key, after)])
                    == "\(key) '\(after)' cannot follow '\(before)': a journal keeps its account")
        }
    }

    @Test func `a strategy keeps its place and others come behind it`() {
        let one = Array(Self.two.prefix(3))
        #expect(refusal(one, Self.two) == nil)
        #expect(refusal(Self.two, one) == nil)
        let swapped: Pairs = [
            ("strategies.0.kind", "sma_crossover"), ("strategies.0.symbols", "B"),
        ]
        #expect(
            refusal(Self.two, swapped)
                == "strategies.0 'sma_crossover' cannot follow 'ML Momentum', which holds its "
                + "positions there; add strategies at the end")
    }
}

/// What new settings do to a running engine.
@Suite struct SettingsChangeTests {
    private static let holding: [(key: String, value: String)] = [
        ("account.calendar", "crypto"), ("strategies.0.kind", "sma_crossover"),
        ("strategies.0.symbols", "A"), ("strategies.0.fast", "1"), ("strategies.0.slow", "2"),
        ("strategies.0.quantity", "10"), ("strategies.0.stop_loss", "5"),
    ]

    /// Ten units of A bought at 13, with a stop at 8.
    private func held() throws -> Run {
        let run = try Run(Self.holding.filter { $0.key != "account.calendar" })
        try run.bar(10, 10, 10, 10, at: 60)
        try run.bar(12, 12, 12, 12, at: 120)
        try run.bar(13, 13, 13, 13, at: 180)
        #expect(run.story.last == "stopLoss sell 10 at 8")
        return run
    }

    private func load(_ run: Run, _ more: [(key: String, value: String)], at seconds: Int64) throws
    {
        let text = Settings(Self.holding + more).text
        try run.append(ConfigurationLoaded(seed: 0, build: "", settings: text), at: seconds)
    }

    @Test func `a kill switch in the settings leaves the stops, and they fill`() throws {
        let run = try held()
        try load(run, [("gate.trading_disabled", "true")], at: 200)
        #expect(run.engine.gate.latch(.configuration) != nil)
        #expect(run.engine.orders.openCount == 1)
        try run.bar(13, 13, 7, 9, at: 240)
        #expect(run.story.last == "filled sell 10 at 8")
        #expect(run.position == .zero)
        let restored = try Engine(restoring: run.state)
        #expect(restored.digest == run.engine.digest)
    }

    @Test func `entries are refused from then on and taken again when it is off`() throws {
        let run = try Run(Self.holding.filter { $0.key != "account.calendar" })
        try run.bar(10, 10, 10, 10, at: 60)
        try load(run, [("gate.trading_disabled", "true")], at: 90)
        try run.bar(12, 12, 12, 12, at: 120)
        #expect(try run.events(SignalRejected.self).map(\.refusal.reason) == [.manualKill])
        try load(run, [("gate.trading_disabled", "false")], at: 150)
        #expect(run.engine.gate.latch(.configuration) == nil)
        try run.bar(9, 9, 9, 9, at: 180)
        try run.bar(12, 12, 12, 12, at: 240)
        #expect(run.story.last == "entry buy 10")
    }

    @Test func `the stop is a fold of the journal after a change of rules too`() throws {
        let run = try held()
        try load(run, [("drawdown.halt_threshold", "0.07")], at: 200)
        #expect(run.engine.rules.drawdown.halt.description == "0.07")
        let restored = try Engine(restoring: run.state)
        #expect(restored.rules.drawdown.halt == run.engine.rules.drawdown.halt)
        #expect(restored.digest == run.engine.digest)
    }

    @Test func `settings of the venue or of a strategy end what waits there`() throws {
        for change in [("venue.fee_fixed", "1"), ("strategies.0.take_profit", "3"), ("seed", "9")] {
            let run = try held()
            try load(run, [(key: change.0, value: change.1)], at: 200)
            #expect(run.story.last == "cancelled runEnded", "\(change.0)")
            #expect(run.position.description == "10")
        }
    }

    @Test func `an engine says what is wrong with settings before they are journaled`() throws {
        let engine = try held().engine
        #expect(engine.problem(with: engine.settings) == nil)
        #expect(
            engine.problem(with: Settings(Self.holding + [("account.kind", "paper")]))
                == "setting account.kind: 'paper' cannot follow 'simulated': a journal keeps its account"
        )
        #expect(
            engine.problem(with: Settings([("drawdown.halt_threshold", "2")]))?
                .hasPrefix("setting drawdown.halt_threshold: '2' is not") == true)
        #expect(Engine().problem(with: Settings([("account.kind", "paper")])) == nil)
    }
}
