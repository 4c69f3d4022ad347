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
    typealias Pair = (key: String, value: String)

    static let rules: [Pair] = [
        ("engine.digest_every", "50"), ("drawdown.enabled", "true"),
        ("accounts.0.calendar", "crypto"), ("accounts.1.calendar", "crypto"),
        ("accounts.2.calendar", "crypto"),
    ]
    static let crossing: [Pair] = [
        ("strategies.0.kind", "sma_crossover"), ("strategies.0.name", "cross"),
        ("strategies.0.symbols", "A"), ("strategies.0.fast", "2"), ("strategies.0.slow", "5"),
        ("strategies.0.quantity", "10"),
        ("strategies.1.kind", "buy_and_hold"), ("strategies.1.symbols", "B"),
        ("strategies.1.quantity", "7"),
    ]
    /// `first` trades A and B without costs, `second` trades A with a fee, `third` only B.
    static let accounts: [Pair] = [
        ("accounts.0.name", "first"), ("accounts.1.name", "second"), ("accounts.1.venue", "dear"),
        ("accounts.1.drawdown.halt_threshold", "0.001"),
        ("accounts.1.drawdown.warning_threshold", "0"),
        ("accounts.2.name", "third"), ("venues.0.name", "dear"), ("venues.0.fee_fixed", "3"),
        ("strategies.0.accounts", "first,second"), ("strategies.1.accounts", "first,third"),
    ]
    static let cash = Money(raw: 100_000_000_000_000)

    static func number(_ index: UInt16) -> AccountID { AccountID(.simulated, index: index) }

    static func desk(_ seed: UInt64, days: Int = 300) throws -> Run {
        let run = Run()
        try open(run, accounts + crossing + rules, cash: 3)
        try prices(run, seed, days)
        return run
    }

    static func open(_ run: Run, _ settings: [Pair], cash accounts: Int) throws {
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
    static func prices(_ run: Run, _ seed: UInt64, _ days: Int, only: Int? = nil) throws {
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
    static func story(_ run: Run, _ account: AccountID) throws -> [String] {
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

    func command(
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
}
