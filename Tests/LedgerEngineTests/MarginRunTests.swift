import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSettings
import TestSupport
import Testing

/// Entries, exits and deficits of an account that borrows.
@Suite struct MarginRunTests {
    private typealias Pairs = [(key: String, value: String)]
    private static let account = AccountID(.simulated, index: 1)
    private static let usual: [(key: String, value: String)] = [
        ("account.margin.type", "margin"), ("drawdown.enabled", "false"),
        ("account.allow_short", "true"),
    ]

    private func settings(_ more: [(key: String, value: String)]) -> [(key: String, value: String)]
    {
        Self.usual.filter { pair in !more.contains { $0.key == pair.key } } + more
    }

    /// An account with 100,000 USD and A at a price.
    private func run(
        at price: Double, _ more: [(key: String, value: String)] = []
    ) throws -> Run {
        let run = try Run(settings(more))
        try run.bar(price, price, price, price, at: 60)
        return run
    }

    private func order(_ side: Side, _ quantity: String, _ run: Run, at seconds: Int64) throws {
        try run.append(
            OrderRequested(
                instrument: InstrumentID(1), side: side, orderType: .market,
                quantity: try Quantity(quantity), timeInForce: .goodTillCancelled,
                clientOrder: "\(seconds)", actor: "kim"), at: seconds)
    }

    private func bars(_ prices: [Double], _ run: Run, from seconds: Int64) throws {
        for (place, price) in prices.enumerated() {
            try run.bar(price, price, price, price, at: seconds + Int64(60 * place))
        }
    }

    private func refusal(_ run: Run) throws -> String? {
        try run.events(IntentRejected.self).last.map {
            "\($0.refusal.reason) \($0.refusal.limit) \($0.refusal.value)"
        }
    }

    private static let entries: [(Side, String, Double, String?)] = [
        // Twice the equity, and not a unit more.
        (.buy, "2000", 100, nil), (.buy, "2001", 100, "buyingPower 200000 200100"),
        (.sell, "2000", 100, nil), (.sell, "2001", 100, "buyingPower 200000 200100"),
        // Cheap shares in full; short ones with at least 2.50 a share.
        (.buy, "50000", 2, nil), (.buy, "50001", 2, "buyingPower 200000 100002"),
        (.sell, "40000", 1, nil), (.sell, "40001", 1, "buyingPower 200000 40001"),
    ]

    @Test(arguments: entries.indices)
    func `an entry beyond buying power is refused with its figures`(row: Int) throws {
        let (side, quantity, price, wanted) = Self.entries[row]
        let run = try run(at: price)
        try order(side, quantity, run, at: 70)
        #expect(try refusal(run) == wanted)
        #expect(try run.events(OrderIntended.self).count == (wanted == nil ? 1 : 0))
    }

    @Test func `what waits counts, and what closes a position passes`() throws {
        let run = try run(at: 100)
        try order(.buy, "1500", run, at: 70)
        try order(.buy, "501", run, at: 71)
        #expect(try refusal(run) == "buyingPower 50000 50100")
        try order(.buy, "500", run, at: 72)
        try bars([100], run, from: 120)
        #expect(run.position == (try Quantity("2000")))
        try order(.sell, "2000", run, at: 130)
        try bars([100], run, from: 180)
        #expect(run.position == .zero)
        #expect(try run.events(IntentRejected.self).count == 1)
    }

    @Test func `an entry beyond the limit of leverage is refused with both`() throws {
        let run = try run(at: 100, [("account.margin.max_leverage", "1.2")])
        try order(.buy, "1201", run, at: 70)
        #expect(try refusal(run) == "leverage 1.2 1.201")
        try order(.buy, "1200", run, at: 80)
        try bars([100], run, from: 120)
        #expect(run.position == (try Quantity("1200")))
        #expect(run.engine.main.marginStanding?.buyingPower == .zero)
    }

    @Test func `a cash account pays in full and sells nothing short`() throws {
        let run = try run(
            at: 100, [("account.margin.type", "cash"), ("account.allow_short", "false")])
        try order(.buy, "1001", run, at: 70)
        #expect(try refusal(run) == "buyingPower 100000 100100")
        try order(.sell, "10", run, at: 71)
        #expect(try refusal(run) == "noPosition 0 10")
        try order(.buy, "1000", run, at: 72)
        #expect(try run.events(IntentRejected.self).count == 2)
    }

    @Test func `below the minimum equity nothing is lent`() throws {
        let run = try run(at: 100, [("account.margin.minimum_equity", "100001")])
        try order(.buy, "1001", run, at: 70)
        #expect(try refusal(run) == "buyingPower 100000 100100")
        try order(.sell, "1", run, at: 71)
        #expect(try refusal(run) == "buyingPower 100001 100000")
    }

    @Test func `a deficit is one latch and one alert until it is gone, and exits pass`() throws {
        let run = try run(at: 100)
        try order(.buy, "2000", run, at: 70)
        // 100,000 − 200,000 + 2000 × price is below 0.3 × 2000 × price under 71.43.
        try bars([100, 72, 71, 70.5, 71, 72, 90, 70], run, from: 120)
        let engaged = try run.events(LatchEngaged.self).filter { $0.source == .margin }
        #expect(engaged.count == 2)
        #expect(engaged.first?.value == .money(try Money("42000")))
        #expect(engaged.first?.limit == .money(try Money("42600")))
        let alerts = try run.events(AlertRaised.self).filter { $0.kind == .marginDeficit }
        #expect(alerts.count == 2)
        #expect(try run.events(LatchCleared.self).filter { $0.source == .margin }.count == 1)
        #expect(run.engine.main.gate.latch(.margin) != nil)
        try order(.buy, "1", run, at: 700)
        #expect(try refusal(run)?.hasPrefix("marginDeficit 42000 40000") == true)
        try order(.sell, "2000", run, at: 710)
        try bars([70], run, from: 760)
        #expect(run.position == .zero)
        #expect(run.engine.main.gate.latch(.margin) == nil)
    }

    @Test func `a deposit ends a deficit`() throws {
        let run = try run(at: 100)
        try order(.sell, "2000", run, at: 70)
        try bars([100, 120], run, from: 120)
        // 300,000 − 240,000 is below 0.3 × 240,000.
        #expect(run.engine.main.gate.latch(.margin)?.value == .money(try Money("60000")))
        try run.append(
            Run.Input(
                event: CashDeposited(amount: try Money("12000")), seconds: 300,
                account: Self.account))
        #expect(run.engine.main.gate.latch(.margin) == nil)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `no entry exceeds what the account may borrow, and a restored engine goes on alike`(
        seed: UInt64
    ) throws {
        var random = Seeded(seed: seed)
        let strategies: Pairs = (0..<3).flatMap { place -> Pairs in
            [
                ("strategies.\(place).kind", "sma_crossover"),
                ("strategies.\(place).name", "s\(place)"),
                ("strategies.\(place).symbols", place == 1 ? "B" : "A"),
                ("strategies.\(place).fast", "\(1 + place)"),
                ("strategies.\(place).slow", "\(3 + place)"),
                ("strategies.\(place).quantity", "\(200 + random.below(2500))"),
            ]
        }
        let settings =
            Self.usual + strategies + [
                ("account.financing.debit_rate", "0.07"), ("account.margin.max_leverage", "1.8"),
            ]
        let run = try Run(settings)
        var level = [60.0, 30.0]
        for step in 0..<300 {
            let place = Int(random.below(2))
            level[place] *= 1 + (Double(random.below(2001)) - 1000) / 15_000
            let price = (level[place] * 100).rounded() / 100
            let before = try run.events(OrderIntended.self).count
            let standing = run.engine.main.marginStanding
            try run.append(
                Run.bar(UInt32(place + 1), price, price, price, price, volume: 1_000_000),
                at: Int64(step + 1) * 7200)
            let orders = try run.events(OrderIntended.self)
            let now = try #require(run.engine.main.marginStanding)
            for order in orders[before...] where order.purpose == .entry {
                let value = try Money.notional(order.referencePrice, order.quantity)
                #expect(now.equity.raw > 0, "seed \(seed), step \(step)")
                // All of it is new at most, and the account owned its half before the order.
                #expect(
                    value.raw <= 18 * max(now.equity, standing?.equity ?? .zero).raw / 5,
                    "seed \(seed), step \(step)")
            }
            guard step % 60 == 59 else { continue }
            #expect(try Engine(restoring: run.state).digest == run.engine.digest)
            run.engine = try Engine(restoring: run.state)
        }
        let refused = try run.events(IntentRejected.self).map(\.refusal.reason)
        #expect(refused.allSatisfy { [.buyingPower, .leverage].contains($0) }, "\(refused)")
    }

    static let refused: [([(key: String, value: String)], String)] = [
        (
            [("account.margin.max_leverage", "1")],
            "account.margin.max_leverage needs account.margin.type"
        ),
        ([("account.margin.type", "portfolio")], "account.margin.type 'portfolio'"),
        (
            [("account.margin.type", "cash"), ("account.allow_short", "true")],
            "account.allow_short needs account.margin.type margin"
        ),
        (
            [("account.margin.type", "cash"), ("account.margin.initial_long", "0.5")],
            "account.margin.initial_long contradicts account.margin.type cash"
        ),
        (
            [("account.margin.type", "margin"), ("account.margin.maintenance_long", "0.6")],
            "account.margin.maintenance_long 0.6 must be at most account.margin.initial_long 0.5"
        ),
        (
            [("account.margin.type", "margin"), ("account.margin.max_leverage", "2.1")],
            "account.margin.max_leverage 2.1 is above what an initial share of 0.5 allows: 2"
        ),
        (
            [("account.margin.type", "margin"), ("account.margin.initial_short", "0")],
            "account.margin.initial_short '0'"
        ),
    ]

    @Test(arguments: refused.indices)
    func `settings that contradict each other are refused by name`(row: Int) throws {
        let (settings, says) = Self.refused[row]
        do {
            _ = try Run(settings)
            Issue.record("\(says)")
        } catch let error as EngineError {
            #expect(
                error.description.replacing(": ", with: " ").contains(
                    says.replacing(": ", with: " ")), "\(error)")
        }
    }

    @Test func `terms may change and may not go`() throws {
        let run = try run(at: 100)
        let text = run.engine.settings.text
        let without = text.split(separator: "\n").filter { !$0.hasPrefix("account.margin") }
        let problem = run.engine.problem(
            with: Settings(text: without.joined(separator: "\n") + "\n"))
        #expect(problem?.contains("account.margin.type") == true, "\(problem ?? "nothing")")
        let other = text + "account.margin.max_leverage = 1.5\n"
        #expect(run.engine.problem(with: Settings(text: other)) == nil)
        try run.append(
            ConfigurationLoaded(seed: 0, build: "", settings: Settings(text: other).text), at: 300)
        #expect(try run.events(MarginDefined.self).count == 2)
    }
}
