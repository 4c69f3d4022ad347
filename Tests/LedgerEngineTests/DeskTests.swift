import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import TestSupport
import Testing

/// Several accounts in one journal.
@Suite struct DeskTests {
    private typealias Pair = (key: String, value: String)

    private static let rules: [Pair] = [
        ("engine.digest_every", "50"), ("drawdown.enabled", "true"),
        ("accounts.0.calendar", "crypto"), ("accounts.1.calendar", "crypto"),
        ("accounts.2.calendar", "crypto"),
    ]
    private static let crossing: [Pair] = [
        ("strategies.0.kind", "sma_crossover"), ("strategies.0.name", "cross"),
        ("strategies.0.symbols", "A"), ("strategies.0.fast", "2"), ("strategies.0.slow", "5"),
        ("strategies.0.quantity", "10"),
        ("strategies.1.kind", "buy_and_hold"), ("strategies.1.symbols", "B"),
        ("strategies.1.quantity", "7"),
    ]
    /// `first` trades A and B without costs, `second` trades A with a fee, `third` only B.
    private static let accounts: [Pair] = [
        ("accounts.0.name", "first"), ("accounts.1.name", "second"), ("accounts.1.venue", "dear"),
        ("accounts.1.drawdown.halt_threshold", "0.001"),
        ("accounts.1.drawdown.warning_threshold", "0"),
        ("accounts.2.name", "third"), ("venues.0.name", "dear"), ("venues.0.fee_fixed", "3"),
        ("strategies.0.accounts", "first,second"), ("strategies.1.accounts", "first,third"),
    ]
    private static let cash = Money(raw: 100_000_000_000_000)

    private static func number(_ index: UInt16) -> AccountID { AccountID(.simulated, index: index) }

    private static func desk(_ seed: UInt64, days: Int = 300) throws -> Run {
        let run = Run()
        try open(run, accounts + crossing + rules, cash: 3)
        try prices(run, seed, days)
        return run
    }

    private static func open(_ run: Run, _ settings: [Pair], cash accounts: Int) throws {
        try run.append(RulesDeclared(rules: RulesVersion.newest.number), at: 0)
        try run.append(
            ConfigurationLoaded(seed: 0, build: "", settings: Settings(settings).text), at: 0)
        try run.append(Run.define("A", 1), at: 0)
        try run.append(Run.define("B", 2), at: 0)
        for index in 1...accounts {
            try run.append(
                Run.Input(
                    event: CashDeposited(amount: cash), seconds: 0,
                    account: number(UInt16(index))))
        }
    }

    /// A bar of A or B each hour, a dividend and a split.
    ///
    /// - Parameter only: the instrument whose bars are given; nil for both.
    private static func prices(_ run: Run, _ seed: UInt64, _ days: Int, only: Int? = nil) throws {
        var random = SplitMix64(seed: seed)
        var level = [100.0, 40.0]
        for hour in 0..<days {
            let place = Int(random.next() % 2)
            level[place] *= 1 + (Double(random.next() % 2001) - 1000) / 20_000
            let price = (level[place] * 100).rounded() / 100
            if only == nil || only == place {
                try run.append(
                    Run.bar(UInt32(place + 1), price, price, price, price, volume: 1_000_000),
                    at: Int64(hour + 1) * 3600)
            }
            if hour == 120 {
                try run.append(
                    DividendDeclared(instrument: InstrumentID(2), perUnit: Price("0.5")),
                    at: Int64(hour + 1) * 3600)
            }
            if hour == 200 {
                try run.append(
                    SplitApplied(instrument: InstrumentID(1), numerator: 2, denominator: 1),
                    at: Int64(hour + 1) * 3600)
                level[0] /= 2
            }
        }
    }

    /// The events of one account, without their places in the journal.
    private static func story(_ run: Run, _ account: AccountID) throws -> [String] {
        var story: [String] = []
        try run.batch.forEachRecord(from: .first) { record in
            guard record.account == account else { return }
            switch record.type {
            case .signalGenerated:
                let event = try SignalGenerated(record)
                story.append("\(record.time) signal \(event.side) \(event.quantity)")
            case .orderFilled:
                let event = try OrderFilled(record)
                story.append(
                    "\(record.time) fill \(event.side) \(event.quantity) at \(event.price) for "
                        + "\(event.fee)")
            case .dividendPaid:
                story.append("\(record.time) dividend \(try DividendPaid(record).amount)")
            case .drawdownChanged:
                story.append("\(record.time) drawdown \(try DrawdownChanged(record).to)")
            case .latchEngaged: story.append("\(record.time) \(try LatchEngaged(record).source)")
            default: break
            }
        }
        return story
    }

    @Test(arguments: 1...10)
    func `an account does the same in a desk as alone`(seed: UInt64) throws {
        let desk = try Self.desk(seed)
        let settings: [[Pair]] = [
            [("account.name", "first")],
            [
                ("account.name", "second"), ("venue.fee_fixed", "3"),
                ("drawdown.halt_threshold", "0.001"), ("drawdown.warning_threshold", "0"),
            ],
            [("account.name", "third")],
        ]
        for (place, own) in settings.enumerated() {
            // A strategy that the account does not trade waits for a symbol that never comes.
            var strategies = Self.crossing
            if place == 1 { strategies[7].value = "X" }
            if place == 2 { strategies[2].value = "X" }
            let alone = Run()
            let calendar: [Pair] = [("drawdown.enabled", "true"), ("account.calendar", "crypto")]
            try Self.open(alone, own + strategies + calendar, cash: 1)
            // What the end of a day or of a cooldown brings comes with the next price that concerns it.
            try Self.prices(alone, seed, 300, only: [nil, 0, 1][place])
            let story = try Self.story(desk, Self.number(UInt16(place + 1)))
            #expect(story == (try Self.story(alone, Self.number(1))), "account \(place + 1)")
            #expect(!story.isEmpty)
            #expect(
                desk.engine.profit.total(Self.number(UInt16(place + 1)))?.net
                    == alone.engine.profit.total(Self.number(1))?.net)
        }
        #expect(try desk.events(StateDigested.self).count > 4)
    }

    @Test(arguments: 1...5)
    func `a saved desk goes on as if it had not been saved`(seed: UInt64) throws {
        let whole = try Self.desk(seed)
        let first = try Self.desk(seed, days: 150)
        var random = SplitMix64(seed: seed)
        let restored = try Engine(restoring: first.state)
        #expect(restored.digest == first.engine.digest)
        var writer = StateWriter()
        restored.encode(into: &writer)
        #expect(writer.bytes == first.state)
        // Steps the recorded inputs again, saving the engine at random places.
        var engine = Engine()
        var step = Step(next: .first)
        var derived: [[UInt8]] = []
        try whole.batch.forEachRecord(from: .first) { record in
            guard record.isInput else { return }
            if random.next() % 20 == 0 {
                var writer = StateWriter()
                engine.encode(into: &writer)
                engine = try Engine(restoring: writer.bytes)
            }
            step.removeAll(after: record.sequence)
            try engine.step(record, in: &step)
            step.batch.forEachRecord(from: .first) { derived.append(Array($0.bytes)) }
        }
        var journaled: [[UInt8]] = []
        whole.batch.forEachRecord(from: .first) {
            if !$0.isInput { journaled.append(Array($0.bytes)) }
        }
        #expect(derived == journaled)
        #expect(engine.digest == whole.engine.digest)
    }

    @Test func `what a desk has by account is what folds of its journal have`() throws {
        let run = try Self.desk(3)
        try command(run, .engage(.blockEntries, .global), of: 2)
        var gates = ByAccount<TradingGate>()
        var stops = ByAccount<DrawdownStop>()
        var register = OrderRegister()
        var profit = ProfitAndLoss()
        try run.batch.forEachRecord(from: .first) { record in
            try gates.apply(record)
            try stops.apply(record)
            try register.apply(record)
            try profit.apply(record)
        }
        let accounts = run.engine.accounts
        #expect(gates == ByAccount(accounts.map { ($0.account, $0.gate) }))
        #expect(gates.bytes == ByAccount(accounts.map { ($0.account, $0.gate) }).bytes)
        #expect(stops.bytes == ByAccount(accounts.map { ($0.account, $0.stop) }).bytes)
        #expect(register.bytes == OrderRegister(merging: accounts.map(\.orders)).bytes)
        #expect(profit.bytes == run.engine.profit.bytes)
        #expect(!gates[Self.number(2)].isOpen && gates[Self.number(1)].isOpen)
    }

    // MARK: Commands

    private func command(
        _ run: Run, _ command: OperatorCommand, of account: UInt16, at hour: Int64 = 450
    ) throws {
        let number = account == 0 ? AccountID.none : Self.number(account)
        let event = OperatorCommanded(command, actor: "kim", reason: "a test")
        #expect(run.engine.problem(with: event, of: number) == nil)
        try run.append(Run.Input(event: event, seconds: 3600 * hour, account: number))
    }

    @Test func `a command reaches its account, or all where it names none`() throws {
        let run = try Self.desk(1)
        try command(run, .engage(.blockEntries, .global), of: 3)
        #expect(run.engine.accounts.map(\.gate.isOpen).last == false)
        #expect(run.engine.accounts[0].gate.latch(.killSwitch) == nil)
        try command(run, .mode(.halt, isHard: false), of: 0)
        #expect(run.engine.accounts.allSatisfy { $0.gate.mode == .halt })
        try command(run, .clear(.killSwitch, .global), of: 0)
        #expect(run.engine.accounts.allSatisfy { $0.gate.latch(.killSwitch) == nil })
        let before = run.batch.nextSequence
        try command(run, .flatten(.global), of: 1)
        run.batch.forEachRecord(from: before) { #expect($0.account == Self.number(1)) }
    }

    @Test func `a command of one account must name it`() throws {
        let run = try Self.desk(1)
        for command in [OperatorCommand.deposit(try OperatorAmount("5")), .sync(snapshot: 1)] {
            let problem = run.engine.problem(with: command, of: .none)
            #expect(problem?.contains("--account: first, second, third") == true)
        }
        let unknown = run.engine.problem(with: .mode(.halt, isHard: false), of: Self.number(9))
        #expect(unknown == "the journal has no account 9; it has first, second, third")
        let before = run.engine.profit.total(Self.number(2))?.netDeposits
        try command(run, .deposit(try OperatorAmount("5")), of: 2)
        #expect(
            run.engine.profit.total(Self.number(2))?.netDeposits.raw == (before?.raw ?? 0)
                + 5_000_000_000)
    }

    @Test func `an input of an account that is not there is refused`() throws {
        let run = try Self.desk(1, days: 5)
        for account in [AccountID.none, AccountID(.paper, index: 1), Self.number(4)] {
            #expect(throws: EngineError.self) {
                try run.append(
                    Run.Input(
                        event: CashDeposited(amount: Self.cash), seconds: 3600 * 9,
                        account: account))
            }
        }
    }

    // MARK: Settings

    private static let refused: [(name: String, settings: [Pair], says: String)] = [
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
            "strategies.1.accounts: is missing; name one or more of first, second, third"
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
