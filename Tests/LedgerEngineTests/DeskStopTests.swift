import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import Testing

/// The drawdown stop over all accounts together.
@Suite struct DeskStopTests {
    private typealias Pair = DeskTests.Pair

    private static let rules: [Pair] = [
        ("drawdown.halt_threshold", "0.4"), ("drawdown.panic_threshold", "0.5"),
        ("drawdown.warning_threshold", "0"), ("drawdown.halt_cooldown_days", "2"),
        ("drawdown.rampup_days", "1"), ("quality.enabled", "false"), ("risk.enabled", "false"),
        ("accounts.0.calendar", "crypto"), ("accounts.1.calendar", "crypto"),
        ("accounts.0.name", "first"), ("accounts.1.name", "second"),
        ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A"),
        ("strategies.0.quantity", "500"), ("strategies.0.accounts", "first"),
    ]
    private static let stop: [Pair] = [
        ("desk.halt_threshold", "0.05"), ("desk.panic_threshold", "0.1"),
    ]

    /// Two accounts of 100,000. The first holds 500 A, bought at 100; the second has cash.
    private func desk(_ more: [Pair] = stop) throws -> Run {
        let run = Run()
        try DeskTests.open(run, Self.rules + more, cash: 2)
        try close(100, run, day: 0)
        try close(100, run, day: 0.1)
        try #require(run.engine.accounts[0].profit.positions.positions.first?.quantity.raw ?? 0 > 0)
        return run
    }

    private func close(_ price: Double, _ run: Run, day: Double) throws {
        try run.append(
            Run.bar(1, price, price, price, price, volume: 1_000_000_000),
            at: Int64(day * 86_400) + 60)
    }

    private func phases(_ run: Run) -> [DrawdownPhase] { run.engine.accounts.map(\.stop.phase) }

    @Test func `a fall of the sum halts every account, a deeper one sells`() throws {
        let run = try desk()
        try close(80.01, run, day: 0.2)
        #expect(phases(run) == [.normal, .normal])
        // 500 × 20 of 200,000.
        try close(80, run, day: 0.3)
        #expect(phases(run) == [.halt, .halt])
        let changes = try run.events(DrawdownChanged.self)
        #expect(changes.count == 2)
        let reason = "equity of all accounts is 0.05 below its peak, the threshold is 0.05"
        #expect(changes.map(\.reason) == [reason, reason])
        #expect(run.engine.accounts.allSatisfy { $0.gate.latch(.drawdown) != nil })
        try close(60, run, day: 0.4)
        #expect(phases(run) == [.panic, .panic])
        try close(60, run, day: 0.5)
        #expect(run.engine.accounts[0].profit.equity.exposure(DeskTests.number(1)).raw == 0)
    }

    @Test func `after the cooldown the accounts trade again, and the peak is the equity of then`()
        throws
    {
        let run = try desk()
        try close(80, run, day: 0.3)
        #expect(phases(run) == [.halt, .halt])
        for day in 1...6 { try close(80, run, day: Double(day)) }
        #expect(phases(run).first == .normal)
        try close(70, run, day: 6.1)
        #expect(phases(run).first == .normal)
        // 5 % of 190,000 are 500 × 19.
        try close(61, run, day: 6.2)
        #expect(phases(run).first == .halt)
    }

    @Test func `money that comes, goes or moves between accounts is no fall`() throws {
        let run = try desk()
        func move(_ event: some Event, of index: UInt16) throws {
            try run.append(
                Run.Input(event: event, seconds: 40_000, account: DeskTests.number(index)))
        }
        try move(CashWithdrawn(amount: try Money("90000")), of: 2)
        try move(CashWithdrawn(amount: try Money("20000")), of: 1)
        try move(CashDeposited(amount: try Money("20000")), of: 2)
        #expect(phases(run) == [.normal, .normal])
        // 5 % of 110,000 are 500 × 11.
        try close(89.01, run, day: 0.5)
        #expect(phases(run) == [.normal, .normal])
        try close(89, run, day: 0.6)
        #expect(phases(run) == [.halt, .halt])
    }

    /// What is off is forgotten: two engines, one of them restored meanwhile, must go on alike.
    @Test func `a stop that is switched on begins with the equity of then`() throws {
        let run = try desk()
        try close(85, run, day: 0.2)
        func apply(_ more: [Pair]) throws {
            try run.append(
                ConfigurationLoaded(seed: 0, build: "", settings: Settings(Self.rules + more).text),
                at: 30_000)
        }
        try apply([])
        let restored = try Engine(restoring: run.state)
        #expect(restored.digest == run.engine.digest)
        try apply(Self.stop)
        let state = run.state
        run.engine = restored
        try apply(Self.stop)
        #expect(run.state == state)
        #expect(phases(run) == [.normal, .normal])
        // 5 % of 192,500 are 500 × 19.25.
        try close(65.76, run, day: 0.5)
        #expect(phases(run) == [.normal, .normal])
        try close(65.75, run, day: 0.6)
        #expect(phases(run) == [.halt, .halt])
    }

    @Test func `an account that stopped by itself stays as it is`() throws {
        let run = try desk([
            ("desk.halt_threshold", "0.05"), ("accounts.0.drawdown.halt_threshold", "0.05"),
            ("accounts.0.drawdown.panic_threshold", "0.06"),
        ])
        try close(88, run, day: 0.2)
        #expect(phases(run) == [.panic, .normal])
        #expect(try run.events(DrawdownChanged.self).count == 1)
    }

    @Test func `an engine that is restored goes on alike`() throws {
        let run = try desk()
        try close(85, run, day: 0.2)
        let restored = try Engine(restoring: run.state)
        #expect(restored.digest == run.engine.digest)
        run.engine = restored
        try close(80, run, day: 0.3)
        #expect(phases(run) == [.halt, .halt])
    }

    @Test(arguments: [
        (
            [("desk.halt_threshold", "0.2"), ("desk.panic_threshold", "0.1")],
            "setting desk.halt_threshold: 0.2 must be below desk.panic_threshold 0.1"
        ),
        (
            [("desk.halt_threshold", "0.2"), ("accounts.1.currency", "EUR")],
            "setting desk.halt_threshold: needs accounts in one currency, or desk.currency; second is "
                + "not in USD"
        ),
        (
            [
                ("desk.halt_threshold", "0.2"), ("accounts.1.currency", "EUR"),
                ("desk.currency", "USD"),
            ], "setting desk.currency: no entry of rates leads from EUR to USD"
        ),
        (
            [("desk.panic_threshold", "0.2"), ("accounts.1.drawdown.enabled", "false")],
            "setting desk.panic_threshold: needs drawdown.enabled in every account; second is off"
        ),
    ])
    func `thresholds that the accounts cannot follow are refused`(
        settings: [(String, String)], problem: String
    ) {
        let pairs = Self.rules + settings.map { (key: $0.0, value: $0.1) }
        #expect(Engine().problem(with: Settings(pairs)) == problem)
    }

    private static let paper: [Pair] =
        stop + [("accounts.0.kind", "paper"), ("reconciliation.enabled", "false")]

    /// A paper account that holds 500 A, bought at 100, and a simulated one with cash.
    private func mixed(_ rules: RulesVersion) throws -> Run {
        let run = Run()
        try run.append(RulesDeclared(rules: rules.number), at: 0)
        try run.append(
            ConfigurationLoaded(
                seed: 0, build: "", settings: Settings(Self.rules + Self.paper).text), at: 0)
        try run.append(Run.define("A", 1), at: 0)
        for account in [AccountID(.paper, index: 1), AccountID(.simulated, index: 2)] {
            try run.append(
                Run.Input(
                    event: CashDeposited(amount: try Money("100000")), seconds: 0, account: account)
            )
        }
        try close(100, run, day: 0)
        try close(100, run, day: 0.1)
        return run
    }

    @Test func `a shadow's fall stops no other kind of account`() throws {
        let run = try mixed(.newest)
        // 500 × 10 are 5 % of the paper account's 100,000.
        try close(90.01, run, day: 0.2)
        #expect(phases(run) == [.normal, .normal])
        let restored = try Engine(restoring: run.state)
        #expect(restored.digest == run.engine.digest)
        run.engine = restored
        try close(90, run, day: 0.3)
        #expect(phases(run) == [.halt, .normal])
    }

    @Test func `under rules 4 all accounts have one sum, until newer rules are declared`() throws {
        let run = try mixed(try #require(RulesVersion(4)))
        try close(85, run, day: 0.2)
        #expect(phases(run) == [.normal, .normal])
        try run.append(RulesDeclared(rules: RulesVersion.newest.number), at: 30_000)
        let restored = try Engine(restoring: run.state)
        #expect(restored.digest == run.engine.digest)
        try close(84, run, day: 0.4)
        #expect(phases(run)[1] == .normal)
    }

    private static let euro: [Pair] =
        stop + [
            ("accounts.1.currency", "EUR"), ("desk.currency", "USD"), ("rates.0.from", "EUR"),
            ("rates.0.to", "USD"), ("rates.0.path", "rates.csv"),
        ]

    private func rate(_ rate: String, _ run: Run, day: Double) throws {
        try run.append(
            RateObserved(
                rate: try Price(rate), since: .zero, base: "EUR", quote: "USD", source: ""),
            at: Int64(day * 86_400) + 60)
    }

    @Test func `accounts of two currencies are counted in the desk's`() throws {
        let run = try desk(Self.euro)
        // Without a rate the sum is unknown.
        try close(70, run, day: 0.15)
        #expect(phases(run) == [.normal, .normal])
        try rate("1.2", run, day: 0.2)
        // The peak is 500 × 70 + 50,000 + 120,000; 5 % of it are 500 × 20.5.
        try close(49.51, run, day: 0.25)
        #expect(phases(run) == [.normal, .normal])
        try run.append(
            Run.Input(
                event: CashDeposited(amount: try Money("1000")), seconds: 22_000,
                account: DeskTests.number(2)))
        let restored = try Engine(restoring: run.state)
        #expect(restored.digest == run.engine.digest)
        run.engine = restored
        try close(49, run, day: 0.3)
        #expect(phases(run) == [.halt, .halt])
    }

    @Test func `a rate that falls is a fall of the sum`() throws {
        let run = try desk(Self.euro)
        try rate("1.2", run, day: 0.2)
        try rate("1.1", run, day: 0.25)
        #expect(phases(run) == [.normal, .normal])
        // 11,000 of 220,000.
        try rate("1.09", run, day: 0.3)
        #expect(phases(run) == [.halt, .halt])
    }

    @Test func `one account has its own stop alone`() {
        #expect(
            Engine().problem(with: Settings([("desk.halt_threshold", "0.2")]))
                == "setting desk.halt_threshold: needs several accounts; of one, set drawdown.halt_threshold"
        )
    }
}
