import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import TestSupport
import Testing

/// The settings of a desk, and what an account takes over when it is added.
extension DeskTests {
    static let refused: [(name: String, settings: [Pair], says: String)] = [
        (
            "an account without a venue",
            accounts + crossing + [("accounts.2.venue", "cheap")],
            "accounts.2.venue: 'cheap' is not in `venues`, which has dear"
        ),
        (
            "a venue without an account", accounts + crossing + [("venues.1.name", "alone")],
            "venues.1.name: 'alone' is the venue of no account"
        ),
        (
            "two accounts of one name", accounts + crossing + [("accounts.3.name", "first")],
            "accounts.3.name: 'first' is also the name of an earlier entry"
        ),
        (
            "both forms", accounts + crossing + [("account.cash", "5")],
            "account.cash: contradicts accounts.0; with `accounts`, give it in an entry"
        ),
        (
            "a strategy of no account",
            Array(accounts.dropLast(2)) + crossing + [("strategies.0.accounts", "first")],
            "strategies.1.accounts: is missing beside strategies.1.kind; name one or more of first"
        ),
        (
            "a strategy of an unknown account",
            Array(accounts.dropLast()) + crossing + [("strategies.1.accounts", "fourth")],
            "strategies.1.accounts: 'fourth' is not an account; there are first, second, third"
        ),
        (
            "an account's own rule", accounts + crossing + [("accounts.0.risk.atr_days", "x")],
            "accounts.0.risk.atr_days: 'x' is not a whole number"
        ),
        (
            "a name that begins with a space",
            accounts.filter { $0.key != "accounts.0.name" } + crossing + [
                ("accounts.0.name", " first")
            ],
            "accounts.0.name: ' first' is no name"
        ),
        (
            "a strategy that names an account twice",
            Array(accounts.dropLast()) + crossing + [("strategies.1.accounts", "first,first")],
            "strategies.1.accounts: names 'first' twice"
        ),
        (
            "venues alone", [("venues.0.name", "dear")] + crossing,
            "venues.0.name: has no account; list the accounts that trade there in `accounts`"
        ),
        (
            "a live account at the simulated venue",
            accounts + crossing + [("accounts.0.kind", "live")],
            "accounts.0.kind: a live account cannot trade at the simulated venue"
        ),
    ]

    @Test(arguments: refused.indices)
    func `settings that contradict each other are refused by their own names`(row: Int) throws {
        let (name, settings, says) = Self.refused[row]
        #expect(throws: EngineError.self, "\(name)") {
            try Self.open(Run(), settings, cash: 3)
        }
        do { try Self.open(Run(), settings, cash: 3) } catch {
            #expect("\(error)".contains(says), "\(name): \(error)")
        }
    }

    @Test func `accounts can be added, and none may leave or change its place`() throws {
        let run = try Self.desk(2)
        let before = run.engine.accounts.map(\.orders.signals)
        func loaded(_ settings: [Pair]) -> ConfigurationLoaded {
            ConfigurationLoaded(seed: 0, build: "", settings: Settings(settings).text)
        }
        let all = Self.accounts + Self.crossing + Self.rules
        let more = all + [("accounts.3.name", "fourth"), ("accounts.3.calendar", "crypto")]
        #expect(run.engine.problem(with: Settings(more)) == nil)
        try run.append(loaded(more), at: 3600 * 400)
        #expect(run.engine.accounts.count == 4)
        #expect(run.engine.accounts.prefix(3).map(\.orders.signals) == before)
        let less =
            all.filter { !$0.key.hasPrefix("accounts.2.") && $0.key != "strategies.1.accounts" }
            + [("strategies.1.accounts", "first")]
        #expect(
            run.engine.problem(with: Settings(less))?.contains(
                "accounts: lacks 'third': a journal keeps its accounts") == true)
        let swapped = more.map { pair in
            pair.key == "accounts.0.name"
                ? (key: pair.key, value: "second")
                : pair.key == "accounts.1.name" ? (key: pair.key, value: "first") : pair
        }
        #expect(
            run.engine.problem(with: Settings(swapped))
                == "setting accounts.0.name: 'second' cannot follow 'first': a journal keeps its account"
        )
    }

    @Test func `what an operator stopped everywhere is stopped in an account that is added`() throws
    {
        let run = try Self.desk(2, days: 5)
        try command(run, .engage(.blockEntries, .global), of: 0)
        try command(run, .mode(.halt, isHard: true), of: 0)
        let more = Self.accounts + Self.crossing + Self.rules + [("accounts.3.name", "fourth")]
        try run.append(
            ConfigurationLoaded(seed: 0, build: "", settings: Settings(more).text), at: 3600 * 500)
        let added = try #require(run.engine.accounts.last)
        #expect(added.gate.mode == .halt && added.gate.latch(.mode)?.effect == .blockAll)
        #expect(added.gate.latch(.killSwitch)?.reason == "a test")
        try command(run, .clear(.killSwitch, .global), of: 1, at: 550)
        let five = more + [("accounts.4.name", "fifth")]
        try run.append(
            ConfigurationLoaded(seed: 0, build: "", settings: Settings(five).text), at: 3600 * 600)
        #expect(run.engine.accounts.last?.gate.latch(.killSwitch) == nil)
    }

    @Test
    func `an account that is added takes over what stands in all others, however each was stopped`()
        throws
    {
        let all = Self.accounts + Self.crossing + Self.rules
        let more = all + [("accounts.3.name", "fourth")]
        func added(_ stop: (Run) throws -> Void) throws -> TradingGate {
            let run = try Self.desk(2, days: 5)
            try stop(run)
            try run.append(
                ConfigurationLoaded(seed: 0, build: "", settings: Settings(more).text),
                at: 3600 * 500)
            return try #require(run.engine.accounts.last).gate
        }
        let strategy = try added {
            try command($0, .engage(.blockEntries, .strategy("cross")), of: 0)
        }
        #expect(strategy.latch(.killSwitch, .strategy, strategy: StrategyID(1)) != nil)
        let symbol = try added { try command($0, .engage(.flatten, .symbol("A")), of: 0) }
        #expect(
            symbol.latch(.killSwitch, .symbol, instrument: InstrumentID(1))?.effect == .flatten)
        let mixed = try added {
            try command($0, .engage(.blockEntries, .global), of: 1)
            try command($0, .mode(.halt, isHard: false), of: 2)
            try command($0, .mode(.manual, isHard: false), of: 3)
        }
        #expect(mixed.latch(.killSwitch) != nil)
        let some = try added { try command($0, .engage(.blockEntries, .global), of: 1) }
        #expect(some.isOpen)
    }

    @Test func `an account that joins a strategy leaves the orders of the others alone`() throws {
        let run = Run()
        let base =
            Self.accounts.filter { $0.key != "strategies.0.accounts" } + Self.crossing + Self.rules
            + [("strategies.0.stop_loss", "50")]
        try Self.open(run, base + [("strategies.0.accounts", "first")], cash: 3)
        try Self.prices(run, 1, 300)
        let open = run.engine.openOrders
        #expect(!open.isEmpty)
        let before = run.batch.nextSequence
        try run.append(
            ConfigurationLoaded(
                seed: 0, build: "",
                settings: Settings(base + [("strategies.0.accounts", "first,second")]).text),
            at: 3600 * 400)
        #expect(run.engine.openOrders == open)
        run.batch.forEachRecord(from: before.next) { #expect($0.account == Self.number(2)) }
    }

    @Test func `what is stopped for all stays stopped in an account that says otherwise`() throws {
        let own: [Pair] = [
            ("accounts.0.gate.trading_disabled", "false"),
            ("accounts.1.gate.strategy_disabled_list", ""),
            ("gate.trading_disabled", "true"), ("gate.strategy_disabled_list", "cross"),
        ]
        let run = Run()
        try Self.open(run, Self.accounts + Self.crossing + Self.rules + own, cash: 3)
        for account in run.engine.accounts {
            #expect(account.gate.latch(.configuration) != nil)
        }
        #expect(
            run.engine.accounts[1].gate.latch(.strategyList, .strategy, strategy: StrategyID(1))
                != nil)
        try Self.prices(run, 1, 100)
        #expect(try run.events(OrderIntended.self).isEmpty)
    }

    @Test func `the invariants hold account by account`() throws {
        let run = try Self.desk(1, days: 3)
        try run.append(
            Run.Input(
                event: OperatorCommanded(
                    .engage(.blockEntries, .global), actor: "kim", reason: "a test"),
                seconds: 3600 * 4, account: Self.number(1)))
        for hour in 5..<40 {
            let price = hour < 20 ? 100.0 : 100 + Double(hour)
            try run.append(
                Run.bar(1, price, price, price, price, volume: 1_000_000), at: Int64(hour) * 3600)
        }
        var invariants = Invariants()
        var entries = 0
        try run.batch.forEachRecord(from: .first) { record in
            let found = try invariants.check(record)
            #expect(found == [])
            if record.type == .orderIntended, record.account == Self.number(2) { entries += 1 }
        }
        #expect(entries > 0)
        // An entry of the account that is blocked is a breach, whatever the others may do.
        var step = Step(next: run.batch.nextSequence)
        var terms = try #require(try run.events(OrderIntended.self).last)
        terms.purpose = .entry
        let sequence = try step.append(
            terms,
            Envelope(
                account: Self.number(1), time: Timestamp(nanoseconds: 3600 * 50 * 1_000_000_000)))
        let breach = step.batch.record(sequence)
        let record = try #require(breach)
        let found = try invariants.check(record)
        #expect(found.count == 1, "\(found)")
    }

    @Test func `a journal of one account becomes the first account of a desk`() throws {
        let run = Run()
        let short: [Pair] = [("account.name", "first"), ("account.calendar", "crypto")]
        try Self.open(run, short + Self.crossing + [("drawdown.enabled", "true")], cash: 1)
        try Self.prices(run, 4, 50)
        let held = run.engine.profit.positions.positions
        let desk = Self.accounts + Self.crossing + Self.rules
        #expect(run.engine.problem(with: Settings(desk)) == nil)
        try run.append(
            ConfigurationLoaded(seed: 0, build: "", settings: Settings(desk).text), at: 3600 * 60)
        #expect(
            run.engine.accounts.map { run.engine.names.name($0.account) } == [
                "first", "second", "third",
            ])
        #expect(run.engine.profit.positions.positions == held)
        #expect(run.engine.problem(with: Settings(short + Self.crossing)) != nil)
    }

    @Test func `a price reaches only the accounts that trade or hold its instrument`() throws {
        let run = try Self.desk(5, days: 40)
        // `third` trades B alone: a far price of A neither blocks it nor is told twice.
        try run.append(Run.bar(1, 900, 900, 900, 900, volume: 1000), at: 3600 * 50)
        #expect(try run.events(MarkHeld.self).count == 1)
        let blocked = run.engine.accounts.map {
            $0.gate.latch(.dataQuality, .symbol, instrument: InstrumentID(1)) != nil
        }
        #expect(blocked == [true, true, false])
    }
}
