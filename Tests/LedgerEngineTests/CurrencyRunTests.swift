import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import Testing

/// Trading in another currency than the account's.
@Suite struct CurrencyRunTests {
    private static let account = AccountID(.simulated, index: 1)

    /// Buys E, which is quoted in EUR, with 1000 EUR beside 100,000 USD.
    private func run(
        _ more: [(key: String, value: String)] = [], maxAge: String = "0"
    ) throws -> Run {
        let usual: [(key: String, value: String)] = [
            ("rates.0.from", "EUR"), ("rates.0.to", "USD"), ("rates.0.path", "eurusd.csv"),
            ("rates.0.max_age", maxAge), ("strategies.0.kind", "sma_crossover"),
            ("strategies.0.symbols", "E"), ("strategies.0.fast", "1"),
            ("strategies.0.slow", "2"), ("strategies.0.quantity", "10"),
        ]
        let run = try Run(
            usual.filter { pair in !more.contains { $0.key == pair.key } } + more)
        try run.append(Run.define("E", 3, currency: "EUR"), at: 1)
        return run
    }

    private func deposit(_ amount: String, _ run: Run, at seconds: Int64) throws {
        try run.append(
            Run.Input(
                event: BalanceDeposited(amount: try Money(amount), currency: "EUR"),
                seconds: seconds, account: Self.account))
    }

    private func rate(_ rate: String, _ run: Run, at seconds: Int64) throws {
        try run.append(
            RateObserved(
                rate: try Price(rate), since: .zero, base: "EUR", quote: "USD", source: "test"),
            at: seconds)
    }

    private func close(_ price: Double, _ run: Run, at seconds: Int64) throws {
        try run.append(Run.bar(3, price, price, price, price, volume: 1_000_000), at: seconds)
    }

    @Test func `with a rate it trades and pays in the instrument's currency`() throws {
        let run = try run()
        try rate("1.1", run, at: 2)
        try deposit("1000", run, at: 3)
        try close(10, run, at: 60)
        try close(12, run, at: 120)
        try close(12, run, at: 180)
        #expect(run.story == ["signal buy 10", "entry buy 10", "filled buy 10 at 12"])
        let balance = try #require(
            run.engine.profit.equity.currencies.balances(Self.account).first)
        #expect(balance.amount == (try Money("880")))
        let worth = try #require(run.engine.profit.equity[Self.account])
        #expect(worth.cash == (try Money("100000")))
        #expect(worth.equity == (try Money("101100")))
        #expect(run.engine.profit.equity.exposure(Self.account) == (try Money("132")))
    }

    @Test func `more than the balance of the currency is refused`() throws {
        let run = try run()
        try rate("1.1", run, at: 2)
        try deposit("100", run, at: 3)
        try close(10, run, at: 60)
        try close(12, run, at: 120)
        #expect(run.story == ["signal buy 10", "refused insufficientCash"])
        let refused = try #require(try run.events(IntentRejected.self).first)
        #expect(refused.refusal.limit == .money(try Money("100")))
        #expect(refused.refusal.value == .money(try Money("120")))
    }

    @Test func `without a rate an entry is refused by name`() throws {
        let run = try run()
        try close(10, run, at: 60)
        try close(12, run, at: 120)
        #expect(run.story == ["signal buy 10", "refused rateUnknown"])
    }

    @Test func `a currency that no entry leads from is refused as before`() throws {
        let run = try run([("strategies.0.symbols", "G")])
        try run.append(Run.define("G", 4, currency: "GBP"), at: 1)
        for (price, seconds) in [(10.0, 60), (12, 120)] as [(Double, Int64)] {
            try run.append(
                Run.bar(4, price, price, price, price, volume: 1_000_000), at: seconds)
        }
        #expect(run.story == ["signal buy 10", "refused currencyMismatch"])
    }

    @Test func `an unknown equity blocks entries, names the rate and clears by itself`() throws {
        let run = try run(
            [
                ("drawdown.enabled", "true"), ("drawdown.warning_threshold", "0"),
                ("drawdown.halt_threshold", "0.005"),
            ], maxAge: "1000")
        try deposit("1000", run, at: 3)
        let missing = try #require(run.engine.gate.latch(.rates))
        #expect(missing.reason == "equity is unknown: the rate EUR/USD is missing")
        #expect(!run.engine.isEquityKnown)
        #expect(run.engine.equityText == "unknown")
        try rate("1.1", run, at: 10)
        #expect(run.engine.gate.latch(.rates) == nil)
        try close(10, run, at: 60)
        try close(12, run, at: 120)
        try close(12, run, at: 180)
        // Too old, and the position falls: the stop waits, the exit goes.
        try close(1000, run, at: 1005)
        try close(1000, run, at: 1010)
        try close(11, run, at: 1011)
        try close(11, run, at: 1012)
        try close(10, run, at: 1013)
        let stale = try #require(run.engine.gate.latch(.rates))
        #expect(
            stale.reason
                == "equity is unknown: the rate EUR/USD is too old since 1970-01-01T00:16:50Z")
        #expect(run.engine.stop.phase == .normal)
        #expect(
            run.engine.limitUsage.first { $0.setting == "risk.max_total_notional" }?.used == nil)
        #expect(run.story.suffix(2) == ["exit sell 10", "filled sell 10 at 11"].suffix(2))
        try rate("0.2", run, at: 1100)
        #expect(run.engine.gate.latch(.rates) == nil)
        #expect(run.engine.stop.phase == .halt || run.engine.stop.phase == .panic)
    }

    @Test func `a stop is not left while equity is unknown`() throws {
        let run = try run(
            [
                ("drawdown.enabled", "true"), ("drawdown.warning_threshold", "0"),
                ("drawdown.halt_threshold", "0.005"), ("drawdown.panic_threshold", "0.5"),
            ], maxAge: "1000")
        try rate("1", run, at: 2)
        try deposit("10000", run, at: 3)
        try rate("0.8", run, at: 4)
        #expect(run.engine.stop.phase == .halt)
        try close(10, run, at: 2000)
        let why =
            "equity is unknown: the rate EUR/USD is too old since 1970-01-01T00:16:44Z; give the "
            + "rate first, for example with ledger record rate"
        for command in [OperatorCommand.override, .healthCheck] {
            #expect(run.engine.main.problem(with: command) == why)
        }
        try rate("0.8", run, at: 2001)
        #expect(run.engine.main.problem(with: .override) == nil)
    }

    @Test func `a day that begins with an unknown equity has no loss before it is known`() throws {
        let run = try run(
            [
                ("risk.enabled", "true"), ("risk.max_daily_loss_pct", "0.01"),
                ("risk.max_daily_drawdown", "0.02"), ("risk.daily_loss_limit", "1"),
                ("drawdown.enabled", "false"), ("account.calendar", "crypto"),
            ], maxAge: "1000")
        try rate("1", run, at: 2)
        try deposit("100000", run, at: 3)
        for day in 1...3 as ClosedRange<Int64> { try close(10, run, at: day * 86_400 + 100) }
        #expect(!run.engine.isEquityKnown)
        try rate("0.5", run, at: 3 * 86_400 + 200)
        #expect(run.engine.gate.latches.map(\.source) == [])
        try rate("0.45", run, at: 3 * 86_400 + 300)
        #expect(run.engine.gate.latch(.dailyLoss) != nil)
    }

    @Test func `another max_age cancels no order`() throws {
        let run = try run(maxAge: "1000")
        #expect(
            !run.engine.cancelsOrders(
                taking: Settings(
                    run.engine.settings.pairs.map {
                        ($0.key, $0.key == "rates.0.max_age" ? "2000" : $0.value)
                    })))
    }

    @Test func `a rate of an instrument follows its price, direct or inverse`() throws {
        for (isInverse, worth) in [("false", "100200"), ("true", "100050")] {
            let run = try run([
                ("rates.0.path", ""), ("rates.0.instrument", "F"), ("rates.0.inverse", isInverse),
            ])
            try run.append(Run.define("F", 4), at: 1)
            try deposit("100", run, at: 2)
            #expect(run.engine.gate.latch(.rates) != nil)
            try run.append(Run.bar(4, 2, 2, 2, 2, volume: 1), at: 60)
            #expect(run.engine.gate.latch(.rates) == nil)
            #expect(run.engine.profit.equity[Self.account]?.equity == (try Money(worth)))
        }
    }

    @Test func `limits are in the account's currency`() throws {
        let run = try run([
            ("risk.enabled", "true"), ("risk.max_order_notional", "60"),
            ("risk.min_trade_value", "0"),
        ])
        try rate("2", run, at: 2)
        try deposit("1000", run, at: 3)
        try close(10, run, at: 60)
        try close(12, run, at: 120)
        #expect(run.story == ["signal buy 10", "entry buy 2"])
    }

    @Test func `an engine that is restored goes on alike`() throws {
        let run = try run(maxAge: "1000")
        try rate("1.1", run, at: 2)
        try deposit("1000", run, at: 3)
        try close(10, run, at: 60)
        let restored = try Engine(restoring: run.state)
        #expect(restored.digest == run.engine.digest)
        #expect(restored.profit == run.engine.profit)
        run.engine = restored
        try close(12, run, at: 120)
        try close(12, run, at: 180)
        #expect(run.story.last == "filled buy 10 at 12")
    }

    @Test func `a rate of zero is refused, and nothing is booked`() throws {
        let run = try run()
        let before = run.state
        let error = try run.attempt(
            Run.Input(
                event: RateObserved(
                    rate: .zero, since: .zero, base: "EUR", quote: "USD", source: "x"),
                seconds: 2))
        #expect("\(error.map { "\($0)" } ?? "")".hasSuffix("a rate of 0 for EUR/USD"))
        #expect(run.state == before)
    }

    /// The venue names a balance by its currency, or as a pair with the account's.
    @Test(arguments: ["EUR", "EURUSD", "EUR/USD"])
    func `a reconciliation compares each balance, and a synchronisation sets it`(
        symbol: String
    ) throws {
        let run = try run()
        try rate("1.1", run, at: 2)
        try deposit("1000", run, at: 3)
        func report(_ euros: Int128, at seconds: Int64 = 4) throws -> ReconciliationStatus? {
            let events: [any Event] =
                [
                    VenueSnapshotBegan(
                        kind: .reconciliation, snapshot: 9, cash: try Money("100000"), origin: "t"),
                    VenuePositionReported(
                        instrument: .none, snapshot: 9,
                        quantity: Quantity(raw: euros * 1_000_000_000), averagePrice: .zero,
                        symbol: symbol),
                ] + [VenueSnapshotEnded(snapshot: 9, positions: 1, orders: 0)]
            for event in events {
                try run.append(Run.Input(event: event, seconds: seconds, account: Self.account))
            }
            return try run.events(ReconciliationEnded.self).last?.status
        }
        #expect(try report(1000) == .pass)
        #expect(try report(1500) == .fail)
        let found = try #require(try run.events(DiscrepancyFound.self).last)
        #expect(found.kind == .cash && found.symbol == "EUR")
        #expect(found.ledger == .money(try Money("1000")))
        #expect(found.venue == .money(try Money("1500")))
        try run.append(
            Run.Input(
                event: OperatorCommanded(.sync(snapshot: 9), actor: "kim", reason: "r"),
                seconds: 5, account: Self.account))
        #expect(run.engine.profit.equity.balance(Self.account, in: "EUR") == (try Money("1500")))
        #expect(run.engine.profit.total(Self.account)?.net == .zero)
        #expect(try report(1500, at: 6) == .pass)
    }

    @Test func `contradictory settings are refused by name`() throws {
        let pair = [("rates.0.from", "EUR"), ("rates.0.to", "USD"), ("rates.0.path", "x.csv")]
        let second = [("rates.1.from", "USD"), ("rates.1.to", "EUR"), ("rates.1.path", "y.csv")]
        let cases: [([(key: String, value: String)], String)] = [
            (
                pair + second,
                "rates.1.from USD/EUR contradicts rates.0, which gives EUR/USD"
            ),
            (
                pair + [("rates.0.instrument", "F")],
                "rates.0.path give exactly one of path, instrument and via for EUR/USD; there are 2"
            ),
            (
                [("rates.0.from", "EUR"), ("rates.0.to", "EUR"), ("rates.0.path", "x.csv")],
                "rates.0.from 'EUR' and to 'EUR' must be two currencies"
            ),
            (
                pair + [("rates.1.from", "GBP"), ("rates.1.to", "USD"), ("rates.1.via", "EUR")],
                "rates.1.via 'EUR' needs an entry of rates between GBP and EUR"
            ),
            (
                pair + [("account.balances", "GBP=5")],
                "account.balances no entry of rates leads from GBP to the account's currency USD; "
                    + "add one"
            ),
            (
                pair + [("account.balances", "EUR=0")],
                "account.balances 'EUR=0' is not CURRENCY=AMOUNT above 0"
            ),
            (
                pair + [("account.balances", "EUR=1, EUR=2")],
                "account.balances EUR is given twice"
            ),
        ]
        for (settings, problem) in cases {
            let found = Engine().problem(with: Settings(settings)) ?? ""
            #expect(found.replacing(":", with: "").contains(problem.replacing(":", with: "")))
        }
    }
}
