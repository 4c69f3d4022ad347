import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// What the engine decides under rules 2, and that rules 1 still decide what they did.
@Suite struct RulesTests {
    private static let thousand: WatchedRun.Pairs = [
        ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A"),
        ("strategies.0.quantity", "1000"),
    ]

    private static let stop: WatchedRun.Pairs = [
        ("drawdown.enabled", "true"), ("drawdown.halt_threshold", "0.08"),
        ("drawdown.panic_threshold", "0.1"),
    ]

    /// A thousand units of A, bought at 100 with all the money.
    private func holding(
        _ settings: WatchedRun.Pairs = [], rules: RulesVersion = .newest
    ) throws -> WatchedRun {
        var run = try WatchedRun(Self.thousand + settings, cash: "100000", rules: rules)
        try run.prices("100", "100")
        #expect(try run.position == Quantity("1000"))
        return run
    }

    private func dividend(_ perUnit: String) throws -> DividendDeclared {
        DividendDeclared(instrument: InstrumentID(1), perUnit: try Price(perUnit))
    }

    private func split(_ up: Int64, _ down: Int64) -> SplitApplied {
        SplitApplied(instrument: InstrumentID(1), numerator: up, denominator: down)
    }

    // MARK: Dividends

    @Test func `a dividend fires neither the drawdown stop nor a limit of the day`() throws {
        var run = try holding(
            Boundary.limited(
                Self.stop + [
                    ("risk.max_daily_loss_pct", "0.02"), ("risk.daily_loss_limit", "500"),
                ]))
        run.go(to: 1, 0)
        try run.append(try dividend("12"))
        #expect(try run.equity == Money("100000"))
        try run.prices("88", "88")
        #expect(try run.equity == Money("100000"))
        #expect(try run.peak == Money("100000"))
        #expect(run.engine.profit.equity[run.account]?.maximumDrawdown == 0)
        #expect(try run.changes.isEmpty)
        #expect(run.latches.isEmpty)
        #expect(try run.engine.profit.equity[run.account]?.cash == Money("12000"))
    }

    @Test func `under rules 1 it still does`() throws {
        var run = try holding(Self.stop, rules: .first)
        run.go(to: 1, 0)
        try run.append(try dividend("12"))
        try run.prices("88")
        #expect(try run.peak == Money("112000"))
        #expect(run.phase == .panic)
    }

    // MARK: Held prices

    @Test func `a collapse is believed from its second price on`() throws {
        var run = try holding([("drawdown.enabled", "false")])
        try run.prices("45", "20", "9", "4")
        #expect(try run.equity == Money("4000"))
        #expect(run.engine.profit.equity[run.account]?.maximumDrawdown == 0.96)
        #expect(try run.count(MarkHeld.self) == 2)
        #expect(run.engine.profit.equity.held.isEmpty)
        #expect(run.latches.isEmpty)
    }

    @Test func `the stop sees a collapse by the second price`() throws {
        var run = try holding(Self.stop)
        try run.prices("45")
        #expect(run.phase == .normal)
        try run.prices("20")
        #expect(run.phase == .panic)
        try run.prices("9", "4")
        #expect(run.position == .zero)
    }

    @Test func `one bad price halts nobody`() throws {
        var run = try holding(Self.stop)
        try run.prices("1", "101", "900", "99")
        #expect(try run.equity == Money("99000"))
        #expect(try run.peak == Money("101000"))
        #expect(try run.changes.isEmpty)
        #expect(run.latches.isEmpty)
    }

    @Test func `under rules 1 a collapse waits for a price near the last`() throws {
        var run = try holding(Self.stop, rules: .first)
        try run.prices("45", "20", "9", "4")
        #expect(try run.equity == Money("100000"))
        #expect(run.phase == .normal)
    }

    @Test func `while a price is held, entries wait and a person is told`() throws {
        var run = try WatchedRun(WatchedRun.swinging, rules: .newest)
        try run.prices("10", "9", "30")
        #expect(run.latches == [.dataQuality])
        #expect(try run.refusals == [.dataQuality])
        #expect(try run.alerts(.dataQuality).count == 1)
        try run.restart()
        // A setting that turns the data rules off does not clear it.
        try run.configure(
            WatchedRun.swinging + [
                ("account.calendar", "crypto"), ("account.kind", "simulated"),
                ("quality.enabled", "false"),
            ])
        #expect(run.latches == [.dataQuality])
        try run.prices("31")
        #expect(run.latches.isEmpty)
        #expect(try run.orders.count == 1)
        let reasons = try run.run.events(LatchCleared.self).map(\.reason)
        #expect(reasons == ["the next price is 31"])
    }

    /// Its close, which is held, comes after the open at which the order fills.
    @Test func `an entry that waits for a bar's open does not depend on its close`() throws {
        var run = try WatchedRun(WatchedRun.holding, rules: .newest)
        try run.prices("10")
        run.wait(seconds: 3600)
        try run.append(
            Bar(
                instrument: InstrumentID(1), interval: 3600, open: try Price("10"),
                high: try Price("40"), low: try Price("10"), close: try Price("40"),
                volume: try Quantity("1000000")))
        #expect(try run.position == Quantity("10"))
        #expect(run.latches == [.dataQuality])
    }

    // MARK: Splits

    /// Requests an order by hand; nothing fills it.
    private func request(
        _ side: Side, _ quantity: String, limit: String = "0", stop: String = "0",
        in run: WatchedRun
    ) throws {
        try run.append(
            OrderRequested(
                instrument: InstrumentID(1), strategy: StrategyID(1), side: side,
                orderType: limit == "0" ? .stop : .limit, quantity: try Quantity(quantity),
                limitPrice: try Price(limit), stopPrice: try Price(stop),
                timeInForce: .goodTillCancelled, clientOrder: "", actor: "kim"))
    }

    private func open(_ run: WatchedRun) -> [String] {
        run.engine.orders.open.map {
            "\($0.intended.side) \($0.remaining) of \($0.intended.quantity) "
                + "\(max($0.intended.limitPrice, $0.intended.stopPrice))"
        }
    }

    @Test func `a split rounds sizes down to the lot and levels to the tick`() throws {
        var run = try holding()
        try run.append(CashDeposited(amount: try Money("100000")))
        try request(.buy, "101", limit: "50.01", in: run)
        try request(.sell, "101", limit: "150.01", in: run)
        try request(.sell, "101", stop: "80.01", in: run)
        try request(.buy, "101", stop: "180.01", in: run)
        try run.append(split(3, 2))
        #expect(
            open(run) == [
                "buy 151 of 151 33.34", "sell 151 of 151 100.01", "sell 151 of 151 53.34",
                "buy 151 of 151 120.01",
            ])
        run.wait(seconds: 3600)
        try run.prices("66")
        try run.restart()
        try run.prices("33")
        let sizes = try run.run.events(OrderFilled.self).map { "\($0.quantity)" }
        #expect(sizes == ["1000", "151", "151"])
    }

    @Test func `a reverse split cancels entries and what is less than a lot, with the reason`()
        throws
    {
        var run = try holding()
        try run.append(CashDeposited(amount: try Money("100000")))
        try request(.buy, "900", limit: "50", in: run)
        try request(.sell, "9", limit: "150", in: run)
        try request(.sell, "250", stop: "80", in: run)
        try run.append(split(1, 100))
        #expect(open(run) == ["sell 2 of 2 8000"])
        #expect(try run.run.events(OrderCancelled.self).map(\.reason) == [.split, .split])
        try run.prices("7000")
        #expect(try run.position == Quantity("8"))
    }

    @Test func `a stop that a split takes away is told of`() throws {
        var run = try WatchedRun(
            WatchedRun.swinging + [("strategies.0.stop_loss", "1")], rules: .newest)
        try run.prices("10", "11", "11")
        #expect(open(run).count == 1)
        try run.append(split(1, 20))
        #expect(open(run).isEmpty)
        #expect(try run.alerts(.stopRefused).count == 1)
    }

    @Test func `under rules 1 a split leaves fractions`() throws {
        let run = try holding(rules: .first)
        try run.append(CashDeposited(amount: try Money("100000")))
        try request(.buy, "101", limit: "50", in: run)
        try run.append(split(3, 2))
        #expect(open(run) == ["buy 151.5 of 151.5 33.333333333"])
    }

    // MARK: Holding

    @Test func `buy and hold tries again until it holds`() throws {
        var run = try WatchedRun(WatchedRun.holding, cash: "60", rules: .newest)
        try run.prices("10", "10", "5.5", "5.5", "5.5")
        #expect(try run.refusals == [.insufficientCash])
        #expect(try run.run.events(RefusalRepeated.self).map(\.count) == [1])
        #expect(try run.position == Quantity("10"))
        #expect(try run.orders.count == 1)
        try run.command("flatten", "global")
        try run.prices("5.5", "5.5", "5.5")
        // It held: what a person sold stays sold.
        #expect(run.position == .zero)
    }

    @Test func `under rules 1 the first refusal is the last`() throws {
        var run = try WatchedRun(WatchedRun.holding, cash: "60")
        try run.prices("10", "10", "5.5", "5.5", "5.5")
        #expect(try run.refusals == [.insufficientCash])
        #expect(run.position == .zero)
    }

    // MARK: Versions

    @Test func `an older journal goes on under the rules that it declares later`() throws {
        var run = try WatchedRun(WatchedRun.holding, cash: "50")
        try run.prices("10")
        #expect(run.engine.rulesVersion == .first)
        try run.append(RulesDeclared(rules: RulesVersion.newest.number))
        #expect(run.engine.rulesVersion == .newest)
        try run.restart()
        #expect(run.engine.rulesVersion == .newest)
        // The next settings define the strategy in its newer version.
        try run.configure(WatchedRun.holding + [("account.kind", "simulated")])
        #expect(try run.run.events(StrategyDefined.self).map(\.codeVersion) == [1, 2])
        #expect(throws: EngineError.self) {
            try run.append(RulesDeclared(rules: RulesVersion.newest.number + 1))
        }
    }
}
