import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSettings
import Testing

/// What strategies see and how much they may decide at once.
@Suite struct StrategyViewTests {
    /// Watches A and B. Each bar of one buys two units of it in two orders, as long as the account can pay,
    /// and says in its signals what it sees: buying power beside equity, and the other's mark beside the
    /// strategy's position there.
    private struct Pair: Strategy {
        // The kind of a shipped one, because settings name no other.
        static let kind = "buy_and_hold"
        static let codeVersion: UInt16 = 1
        static let seesAccount = true
        private(set) var fills: UInt32 = 0

        init(_ settings: SettingsEntry) throws(SettingsError) {}

        mutating func bar(_ bar: Bar, _ view: StrategyView, _ decisions: inout Decisions) {
            guard let account = view.account, account.total(bar.instrument).raw < 8_000_000_000,
                let other = account.instrument(bar.instrument.number == 1 ? "B" : "A")
            else { return }
            decisions.append(
                decision(bar, account.buyingPower.double, threshold: account.equity.double))
            decisions.append(
                decision(
                    bar, account.mark(other.id).double,
                    threshold: account.position(other.id).double))
        }

        private func decision(_ bar: Bar, _ indicator: Double, threshold: Double) -> Decision {
            Decision(
                side: .buy, purpose: .entry, size: .units(Quantity(raw: 1_000_000_000)),
                price: bar.close, indicator: indicator, threshold: threshold)
        }

        mutating func fill(_ fill: OrderFilled, _ view: StrategyView) {
            fills += view.account?.openOrders.isEmpty == true ? 100 : 1
        }

        func encode(into writer: inout StateWriter) { writer.write(fills) }

        mutating func restore(from reader: inout StateReader) throws(StateError) {
            fills = try reader.read()
        }
    }

    private static let catalog = StrategyCatalog([Pair.self])
    private static let settings: [(key: String, value: String)] = [
        ("strategies.0.kind", Pair.kind), ("strategies.0.symbols", "A,B"),
        ("engine.digest_every", "3"),
    ]

    private static func run(savesEvery count: Int = .max) throws -> Run {
        let run = try Run(settings, strategies: catalog)
        for turn in 0..<12 {
            let price = Double(100 + turn)
            try run.append(
                Run.bar(UInt32(turn % 2 + 1), price, price, price, price, volume: 1000),
                at: Int64(turn + 1) * 60)
            guard turn % count == count - 1 else { continue }
            run.engine = try Engine(restoring: run.state, strategies: catalog)
        }
        return run
    }

    @Test func `one bar may be decided upon twice, and each decision is an intent of its own`()
        throws
    {
        let run = try Self.run()
        let intended = try run.events(OrderIntended.self)
        #expect(intended.count == 16)
        #expect(Set(intended.map(\.intent)).count == 16)
        #expect(try run.events(OrderFilled.self).count == 16)
        #expect(try run.events(LatchEngaged.self).isEmpty)
    }

    @Test func `a strategy sees the account and the other instrument`() throws {
        let signals = try Self.run().events(SignalGenerated.self)
        func numbers(_ place: Int) -> [Double] {
            [signals[place].indicator, signals[place].threshold]
        }
        #expect(signals.count == 16)
        // The first bar of A: nothing is reserved, and B has no mark.
        #expect(numbers(0) == [100_000, 100_000])
        #expect(numbers(1) == [0, 0])
        // The first bar of B: two orders of A wait at 100.
        #expect(numbers(2) == [99_800, 100_000])
        #expect(numbers(3) == [100, 0])
        // The second bar of A filled them at 102; those of B wait at 101.
        #expect(numbers(4) == [99_594, 100_000])
        #expect(numbers(5) == [101, 0])
        // The second bar of B filled its two at 103.
        #expect(numbers(6) == [99_386, 100_000])
        #expect(numbers(7) == [102, 2])
    }

    @Test func `a bar that comes again is decided upon no second time`() throws {
        let run = try Run(Self.settings, strategies: Self.catalog)
        let bar = Run.bar(1, 100, 100, 100, 100, volume: 1000)
        try run.append(bar, at: 60)
        try run.append(bar, at: 60)
        #expect(try run.events(SignalGenerated.self).count == 4)
        #expect(try run.events(OrderIntended.self).count == 2)
        #expect(try run.events(IntentRejected.self).map(\.refusal.reason) == [.duplicateIntent])
        // The latch of the first stops the second.
        #expect(try run.events(SignalRejected.self).count == 1)
    }

    @Test(arguments: 1...4)
    func `what a strategy sees is the same after a restart`(count: Int) throws {
        let (whole, restarted) = (try Self.run(), try Self.run(savesEvery: count))
        #expect(whole.journal == restarted.journal)
        #expect(whole.state == restarted.state)
        #expect(try whole.events(StateDigested.self).count > 3)
    }
}
