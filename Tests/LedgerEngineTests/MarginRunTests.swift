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
        ("account.allow_short", "true"), ("strategies.0.kind", "sma_crossover"),
        ("strategies.0.symbols", "A"), ("strategies.0.fast", "1"), ("strategies.0.slow", "2"),
    ]

    /// An account with 100,000 USD, whose strategy trades so many units of A at these closes.
    private func run(
        _ quantity: String, _ closes: [Double], _ more: [(key: String, value: String)] = []
    ) throws -> Run {
        let own = Self.usual.filter { pair in !more.contains { $0.key == pair.key } }
        let run = try Run(own + more + [("strategies.0.quantity", quantity)])
        for (place, price) in closes.enumerated() {
            try run.bar(price, price, price, price, at: Int64(60 * (place + 1)))
        }
        return run
    }

    private func refusal(_ run: Run) throws -> String? {
        try run.events(IntentRejected.self).last.map {
            "\($0.refusal.reason) \($0.refusal.limit) \($0.refusal.value)"
        }
    }

    private static let entries: [(String, [Double], String?)] = [
        // Twice the equity, and not a unit more.
        ("2000", [99, 100, 100], nil), ("2001", [99, 100, 100], "buyingPower 200000 200100"),
        ("2000", [101, 100, 100], nil), ("2001", [101, 100, 100], "buyingPower 200000 200100"),
        // Cheap shares in full; short ones with at least 2.50 a share.
        ("50001", [1.99, 2, 2], "buyingPower 200000 100002"),
        ("40001", [1.01, 1, 1], "buyingPower 200000 40001"), ("40000", [1.01, 1, 1], nil),
    ]

    @Test(arguments: entries.indices)
    func `an entry beyond buying power is refused with its figures`(
        row: Int
    ) throws {
        let (quantity, closes, wanted) = Self.entries[row]
        let run = try run(quantity, closes)
        #expect(try refusal(run) == wanted)
        #expect(try run.events(OrderIntended.self).count == (wanted == nil ? 1 : 0))
    }

    @Test func `an entry beyond the limit of leverage is refused with both`() throws {
        let run = try run("1201", [99, 100, 100], [("account.margin.max_leverage", "1.2")])
        #expect(try refusal(run) == "leverage 1.2 1.201")
        let within = try self.run(
            "1200", [99, 100, 100], [("account.margin.max_leverage", "1.2")])
        #expect(try within.events(OrderFilled.self).count == 1)
    }

    @Test func `a cash account pays in full and sells nothing short`() throws {
        let cash: Pairs = [("account.margin.type", "cash"), ("account.allow_short", "false")]
        #expect(try refusal(run("1001", [99, 100, 100], cash)) == "buyingPower 100000 100100")
        #expect(try refusal(run("1000", [99, 100, 100], cash)) == nil)
        #expect(try refusal(run("10", [101, 100, 100], cash)) == "noPosition 0 10")
    }

    @Test func `a deficit is one latch and one alert until it is gone, and exits pass`() throws {
        let run = try run("2000", [99, 100, 100, 72, 71, 70.5, 71, 72, 90, 70])
        // 100,000 − 200,000 + 2000 × price is below 0.3 × 2000 × price under 71.43.
        let engaged = try run.events(LatchEngaged.self).filter { $0.source == .margin }
        #expect(engaged.count == 2)
        #expect(engaged.first?.value == .money(try Money("42000")))
        #expect(engaged.first?.limit == .money(try Money("42600")))
        let alerts = try run.events(AlertRaised.self).filter { $0.kind == .marginDeficit }
        #expect(alerts.count == 2)
        #expect(try run.events(LatchCleared.self).filter { $0.source == .margin }.count == 1)
        #expect(run.position.raw > 0)
        #expect(run.engine.main.gate.latch(.margin) != nil)
        try run.append(
            OperatorCommanded(actor: "kim", command: "flatten", argument: "global", reason: ""),
            at: 700)
        try run.bar(70, 70, 70, 70, at: 760)
        #expect(run.position.raw <= 0)
        #expect(run.engine.main.gate.latch(.margin) == nil)
    }

    @Test func `while in deficit, an entry is refused`() throws {
        let closes: [Double] = [99, 100, 100, 75, 74, 73]
        let run = try run(
            "1900", closes,
            [
                ("strategies.1.kind", "sma_crossover"), ("strategies.1.name", "b"),
                ("strategies.1.symbols", "B"), ("strategies.1.fast", "1"),
                ("strategies.1.slow", "2"), ("strategies.1.quantity", "1"),
                ("strategies.0.slow", "2"), ("account.margin.maintenance_long", "0.45"),
            ])
        #expect(run.engine.main.gate.latch(.margin) != nil || run.position.raw == 0)
        for (place, price) in [20.0, 21].enumerated() {
            try run.append(
                Run.bar(2, price, price, price, price, volume: 1_000_000),
                at: Int64(500 + place * 60))
        }
        guard run.engine.main.gate.latch(.margin) != nil else { return }
        #expect(try run.events(SignalRejected.self).last?.refusal.reason == .marginDeficit)
    }

    @Test func `of an order that reverses a position the closing part passes`() throws {
        // Bought 1900, which fell; selling twice as much short is too much.
        let run = try run("1900", [99, 100, 100, 90, 89, 89])
        let orders = try run.events(OrderIntended.self)
        #expect(orders.map(\.side) == [.buy, .sell])
        #expect(run.position.raw <= 0)
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
            Self.usual.filter { !$0.key.hasPrefix("strategies") } + strategies + [
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
        ([("account.margin.max_leverage", "1")], "account.margin.type is missing"),
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
        let run = try run("10", [99, 100])
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
