import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSettings
import TestSupport
import Testing

/// Dividends that are paid on a later day than the ex-date.
@Suite struct PayDateTests {
    private static let account = AccountID(.simulated, index: 1)
    private static let holding: [(key: String, value: String)] = [
        ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "A"),
        ("strategies.0.quantity", "1000"),
    ]
    private static let stopped: [(key: String, value: String)] = [
        ("drawdown.enabled", "true"), ("drawdown.halt_threshold", "0.01"),
        ("drawdown.panic_threshold", "0.02"), ("drawdown.warning_threshold", "0"),
    ]

    private func scheduled(_ perUnit: String, paid seconds: Int64) throws -> DividendScheduled {
        DividendScheduled(
            instrument: InstrumentID(1), perUnit: try Price(perUnit), payable: Self.time(seconds))
    }

    private static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(nanoseconds: seconds * 1_000_000_000)
    }

    private func close(_ price: Double, _ run: Run, at seconds: Int64) throws {
        try run.bar(price, price, price, price, at: seconds)
    }

    private func worth(_ run: Run) throws -> AccountEquity {
        try #require(run.engine.profit.equity[Self.account])
    }

    private func run(
        _ settings: [(key: String, value: String)] = holding, rules: RulesVersion = .newest
    ) throws -> Run {
        let run = try Run(settings)
        try run.append(RulesDeclared(rules: rules.number), at: 0)
        return run
    }

    /// A thousand units bought at 100 for all of the cash.
    private func held(_ more: [(key: String, value: String)] = []) throws -> Run {
        let run = try run(Self.holding + more)
        try close(100, run, at: 60)
        try close(100, run, at: 120)
        #expect(try run.position == Quantity("1000"))
        return run
    }

    @Test func `a claim is equity at once and cash on the pay date`() throws {
        let run = try held(Self.stopped)
        try run.append(try scheduled("12", paid: 1000), at: 150)
        var worth = try worth(run)
        #expect(try worth.cash == .zero && worth.receivable == Money("12000"))
        #expect(try worth.equity == Money("100000") && worth.drawdown == 0)
        #expect(try worth.dividends == Money("12000"))
        try close(88, run, at: 180)
        worth = try self.worth(run)
        #expect(try worth.equity == Money("100000") && worth.maximumDrawdown == 0)
        #expect(worth.cash == .zero)
        try run.append(ClockTicked(), at: 999)
        #expect(try self.worth(run) == worth)
        try run.append(ClockTicked(), at: 1000)
        let paid = try self.worth(run)
        #expect(try paid.cash == Money("12000") && paid.receivable == .zero)
        #expect(paid.equity == worth.equity && paid.peakAt == worth.peakAt)
        #expect(run.engine.profit.equity.actions.isEmpty)
        #expect(try run.events(DrawdownChanged.self).isEmpty)
        let accrued = try #require(try run.events(DividendAccrued.self).first)
        #expect(try accrued.quantity == Quantity("1000"))
        #expect(try run.events(DividendSettled.self).map(\.amount) == [accrued.amount])
        #expect(try run.events(DividendPaid.self).isEmpty)
    }

    @Test(arguments: [
        ("a bar", 0), ("a quote", 1), ("a trade", 2), ("a deposit", 3), ("settings", 4),
    ])
    func `whatever input comes first at the pay date makes a claim cash`(
        _ name: String, kind: Int
    ) throws {
        let run = try held()
        try run.append(try scheduled("0.5", paid: 200), at: 150)
        let price = try Price("99.5")
        let size = try Quantity("1")
        let event: any Event =
            switch kind {
            case 0: Run.bar(2, 1, 1, 1, 1, volume: 1)
            case 1:
                Quote(
                    instrument: InstrumentID(1), bid: price, ask: price, bidSize: size,
                    askSize: size)
            case 2:
                Trade(
                    instrument: InstrumentID(2), aggressor: nil, price: price, size: size,
                    tradeId: 1)
            case 3: CashDeposited(amount: try Money("1"))
            default:
                ConfigurationLoaded(
                    seed: 0, build: "",
                    settings: Settings(Self.holding + [("account.calendar", "crypto")]).text)
            }
        try run.append(Run.Input(event: event, seconds: 300, account: Self.account))
        #expect(try run.events(DividendSettled.self).map(\.amount) == [Money("500")], "\(name)")
        let books = try fold(run)
        #expect(books.bytes == run.engine.profit.bytes, "\(name)")
    }

    private func fold(_ run: Run) throws -> ProfitAndLoss {
        var books = ProfitAndLoss()
        try run.batch.forEachRecord(from: .first) { try books.apply($0) }
        return books
    }

    @Test func `claims of one day are paid in the order in which they were entered`() throws {
        let run = try held()
        try run.append(try scheduled("3", paid: 500), at: 150)
        try run.append(try scheduled("1", paid: 400), at: 160)
        try run.append(try scheduled("2", paid: 500), at: 170)
        try run.append(ClockTicked(), at: 500)
        let paid = try run.events(DividendSettled.self).map(\.amount)
        #expect(paid == [try Money("1000"), try Money("3000"), try Money("2000")])
    }

    @Test func `a claim outlives the position that had it`() throws {
        let run = try held()
        try run.append(try scheduled("0.5", paid: 1000), at: 150)
        try run.append(
            OperatorCommanded(
                try OperatorCommand(verb: "flatten", argument: "global"), actor: "kim", reason: ""),
            at: 170)
        try close(99.5, run, at: 180)
        #expect(run.position == .zero)
        let before = try worth(run)
        try run.append(ClockTicked(), at: 1000)
        let after = try worth(run)
        #expect(try after.cash == before.cash + Money("500") && after.equity == before.equity)
    }

    @Test func `a short owes the dividend until the pay date`() throws {
        let run = try run([
            ("account.allow_short", "true"), ("strategies.0.kind", "threshold"),
            ("strategies.0.symbols", "A"), ("strategies.0.atr_period", "3"),
            ("strategies.0.k_atr", "0.1"), ("strategies.0.k_sigma", "0.5"),
            ("strategies.0.reward_risk", "1.5"),
        ])
        for place in 1...5 { try run.bar(100, 101, 99, 100, at: Int64(place) * 40) }
        try run.append(
            PredictionRecorded(
                instrument: InstrumentID(1), predicted: try Price("90"), error: try Price("0.5"),
                horizon: .day), at: 210)
        try close(100, run, at: 240)
        try #require(run.position.raw < 0)
        let before = try worth(run)
        try run.append(try scheduled("1", paid: 1000), at: 250)
        var worth = try worth(run)
        #expect(worth.receivable == Money(raw: run.position.raw))
        #expect(worth.equity == before.equity && worth.cash == before.cash)
        try run.append(ClockTicked(), at: 1000)
        worth = try self.worth(run)
        #expect(worth.receivable == .zero && worth.equity == before.equity)
        #expect(worth.cash == before.cash + Money(raw: run.position.raw))
    }

    @Test func `a pay date before the ex-date books nothing`() throws {
        let run = try held()
        let (state, count) = (run.state, run.journal.count)
        let early = try run.attempt(
            Run.Input(event: try scheduled("1", paid: 149), seconds: 150))
        #expect("\(try #require(early))".contains("is before the ex-date"))
        let none = try run.attempt(
            Run.Input(event: try scheduled("-1", paid: 200), seconds: 150))
        #expect("\(try #require(none))".contains("a dividend of -1"))
        #expect(run.state == state && run.journal.count == count)
    }

    @Test func `a pay date at the ex-date is cash at once`() throws {
        let run = try held()
        try run.append(try scheduled("0.5", paid: 150), at: 150)
        #expect(try run.events(DividendPaid.self).map(\.amount) == [Money("500")])
        #expect(try run.events(DividendAccrued.self).isEmpty)
        #expect(try worth(run).equity == Money("100000"))
    }

    private func command(
        _ run: Run, _ verb: String, _ argument: String, at seconds: Int64,
        account: AccountID = .none
    ) throws {
        let command = try OperatorCommand(verb: verb, argument: argument)
        try run.append(
            Run.Input(
                event: OperatorCommanded(command, actor: "kim", reason: "letter"),
                seconds: seconds, account: account))
    }

    @Test func `an operator tells a dividend and corrects it, before and after its pay date`()
        throws
    {
        let run = try held()
        let told = "dividend A perUnit=0.5 payable=\(Self.time(1000))"
        try command(run, "action", told, at: 150)
        let accrual = try #require(run.engine.profit.equity.actions.claims.first).accrual.number
        try command(
            run, "correction",
            "\(accrual) A quantity=1000 booked=0.5 perUnit=0.75 strategy=buy_and_hold", at: 160)
        var worth = try worth(run)
        #expect(try worth.receivable == Money("750") && worth.cash == .zero)
        #expect(try worth.equity == Money("100250") && worth.dividends == Money("750"))
        try run.append(ClockTicked(), at: 1000)
        #expect(try self.worth(run).cash == Money("750"))
        try command(
            run, "correction",
            "\(accrual) A quantity=1000 booked=0.75 perUnit=0.25 strategy=buy_and_hold", at: 1010)
        worth = try self.worth(run)
        #expect(try worth.cash == Money("250") && worth.receivable == .zero)
        #expect(try worth.equity == Money("99750") && worth.dividends == Money("250"))
        let position = run.engine.profit.positions.positions[0]
        #expect(try position.dividends == Money("250"))
        #expect(try fold(run).bytes == run.engine.profit.bytes)
        let later = "\(accrual) A quantity=1000 booked=0.25 perUnit=1 payable=\(Self.time(3000)) "
        try command(run, "correction", later + "strategy=buy_and_hold", at: 1020)
        #expect(try self.worth(run).receivable == Money("750"))
        try run.append(ClockTicked(), at: 3000)
        #expect(try self.worth(run).cash == Money("1000"))
        #expect(try fold(run).bytes == run.engine.profit.bytes)
    }

    @Test(arguments: [
        ("action", "dividend Z perUnit=1", "there is no instrument 'Z'"),
        (
            "action", "dividend A perUnit=1 payable=1970-01-01T00:00:10Z",
            "the pay date 1970-01-01T00:00:10Z is before the ex-date"
        ),
        (
            "correction", "7 Z quantity=1 booked=1 perUnit=2 strategy=buy_and_hold",
            "there is no instrument 'Z'"
        ),
        (
            "correction", "7 A quantity=1 booked=1 perUnit=2 strategy=other",
            "there is no strategy 'other'"
        ),
        (
            "correction", "7 B quantity=1 booked=1 perUnit=2 strategy=buy_and_hold",
            "the account never held B by this strategy"
        ),
        (
            "correction",
            "7 A quantity=1 booked=1 perUnit=2 payable=1970-01-01T00:00:10Z strategy=buy_and_hold",
            "the pay date 1970-01-01T00:00:10Z has passed"
        ),
    ])
    func `an impossible action is refused and books nothing`(
        _ verb: String, _ argument: String, _ problem: String
    ) throws {
        let run = try held()
        let command = try OperatorCommand(verb: verb, argument: argument)
        let said = run.engine.problem(with: command, of: .none)
        #expect(said?.hasPrefix(problem) == true, "\(said ?? "accepted")")
        let before = run.engine.profit
        try self.command(run, verb, argument, at: 150)
        #expect(run.engine.profit.equity[Self.account] == before.equity[Self.account])
        #expect(run.engine.profit.positions == before.positions)
    }

    @Test func `a dividend concerns the holders in all accounts`() throws {
        let desk = try DeskTests.desk(3)
        let engine = desk.engine
        let command = OperatorCommand.action(
            OperatorAction(symbol: "B", perUnit: try Price("0.25"), payable: Self.time(9_000_000)))
        #expect(
            engine.problem(with: command, of: DeskTests.number(1))
                == "a corporate action concerns all holders; leave --account and --venue out")
        #expect(engine.problem(with: command, of: .none) == nil)
        let before = engine.profit.equity.accounts.compactMap { $0 }
        try desk.append(OperatorCommanded(command, actor: "kim", reason: ""), at: 2_000_000)
        let accrued = try desk.events(DividendAccrued.self)
        let holders = desk.engine.profit.positions.positions(in: InstrumentID(2)).filter {
            $0.quantity.raw != 0
        }
        #expect(accrued.count == holders.count && holders.count == 2)
        let saved = desk.state
        desk.engine = try Engine(restoring: saved)
        #expect(desk.state == saved)
        try desk.append(ClockTicked(), at: 9_000_000)
        for worth in before {
            let after = try #require(desk.engine.profit.equity[worth.account])
            #expect(after.equity == worth.equity && after.receivable == .zero)
        }
        #expect(try fold(desk).bytes == desk.engine.profit.bytes)
    }

    @Test func `a claim in another currency is converted with the money of that currency`() throws {
        let run = try run([
            ("rates.0.from", "EUR"), ("rates.0.to", "USD"), ("rates.0.path", "eurusd.csv"),
            ("strategies.0.kind", "buy_and_hold"), ("strategies.0.symbols", "E"),
            ("strategies.0.quantity", "7"),
        ])
        try run.append(Run.define("E", 3, currency: "EUR"), at: 1)
        func rate(_ rate: String, at seconds: Int64) throws {
            try run.append(
                RateObserved(
                    rate: try Price(rate), since: .zero, base: "EUR", quote: "USD", source: "t"),
                at: seconds)
        }
        try rate("1.083333333", at: 2)
        try run.append(
            Run.Input(
                event: BalanceDeposited(amount: try Money("1000"), currency: "EUR"), seconds: 3,
                account: Self.account))
        for seconds in [60, 120] {
            try run.append(Run.bar(3, 10, 10, 10, 10, volume: 1_000), at: Int64(seconds))
        }
        let before = try worth(run)
        try run.append(
            DividendScheduled(
                instrument: InstrumentID(3), perUnit: try Price("0.333333333"),
                payable: Self.time(1000)), at: 150)
        // The dividend is off the mark and in the claim; each of the two worths is rounded.
        let claimed = try worth(run)
        #expect((claimed.equity - before.equity).raw.magnitude <= 1)
        let balance = try #require(run.engine.profit.equity.currencies.balances(Self.account).first)
        #expect(try balance.receivable == Money("2.333333331"))
        try rate("1.171717171", at: 160)
        let equity = try worth(run).equity
        let saved = run.state
        run.engine = try Engine(restoring: saved)
        #expect(run.state == saved)
        try run.append(ClockTicked(), at: 1000)
        #expect(try worth(run).equity == equity)
        let paid = try #require(run.engine.profit.equity.currencies.balances(Self.account).first)
        #expect(try paid.amount == balance.amount + Money("2.333333331"))
        #expect(paid.receivable == .zero)
        #expect(try fold(run).bytes == run.engine.profit.bytes)
    }

    /// Half of the dividends of random inputs get a pay date.
    private static func inputs(seed: UInt64) -> [Run.Input] {
        var random = Seeded(seed: seed)
        return RandomInputs.inputs(seed: seed, count: 600).map { input in
            guard let dividend = input.event as? DividendDeclared, random.below(2) == 0 else {
                return input
            }
            var input = input
            let days = Int64(random.below(90_000))
            input.event = DividendScheduled(
                instrument: dividend.instrument, perUnit: dividend.perUnit,
                payable: time(input.seconds + days))
            return input
        }
    }

    @Test(arguments: RandomInputs.seeds)
    func `equity stays at each pay date, and any prefix continues as the whole`(
        seed: UInt64
    ) throws {
        let inputs = Self.inputs(seed: seed)
        let settings = RandomInputs.settings(seed: seed)
        let (whole, again) = (try Run(settings), try Run(settings))
        for run in [whole, again] {
            try run.append(RulesDeclared(rules: RulesVersion.newest.number), at: 0)
        }
        for (index, input) in inputs.enumerated() {
            let comment: Comment = "seed \(seed.hex), input \(index)"
            let before = whole.engine.profit.equity[Self.account]
            try whole.append(input)
            if input.event is ClockTicked || input.event is DividendScheduled {
                #expect(whole.engine.profit.equity[Self.account]?.equity == before?.equity, comment)
            }
            if index % 7 == 0 {
                let saved = again.state
                again.engine = try Engine(restoring: saved)
                #expect(again.state == saved, comment)
            }
            try again.append(input)
        }
        #expect(again.journal == whole.journal, "seed \(seed.hex)")
        #expect(again.engine.digest == whole.engine.digest, "seed \(seed.hex)")
        var books = ProfitAndLoss()
        try whole.batch.forEachRecord(from: .first) { record in
            try books.apply(record)
            if record.sequence.number % 41 == 0 {
                var reader = StateReader(books.bytes)
                books = try ProfitAndLoss(from: &reader)
            }
        }
        #expect(books.bytes == whole.engine.profit.bytes, "seed \(seed.hex)")
    }
}
