import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerSimulation
import Testing

/// The books set to what a venue says: whatever the two had, the next reconciliation passes.
@Suite struct SynchronisationTests {
    static let kinds: WatchedRun.Pairs = [("risk.enabled", "false"), ("quality.enabled", "false")]

    private static func report(
        _ run: WatchedRun, cash: Money, _ positions: [(number: UInt32, units: Int64, price: Price)],
        orders: [VenueOrderReported] = []
    ) throws {
        try run.append(
            VenueSnapshotBegan(kind: .reconciliation, snapshot: 9, cash: cash, origin: "test"))
        for position in positions {
            try run.append(
                VenuePositionReported(
                    instrument: InstrumentID(position.number), snapshot: 9,
                    quantity: Quantity(raw: Int128(position.units) * 1_000_000_000),
                    averagePrice: position.price, symbol: "X"))
        }
        for order in orders { try run.append(order) }
        try run.append(
            VenueSnapshotEnded(
                snapshot: 9, positions: UInt32(positions.count), orders: UInt32(orders.count)))
    }

    private static func last(_ run: WatchedRun) throws -> ReconciliationStatus? {
        try run.run.events(ReconciliationEnded.self).last?.status
    }

    @Test(arguments: UInt64(0)..<200)
    func `after a synchronisation the same snapshot agrees`(seed: UInt64) throws {
        var random = SplitMix64(seed: 0x5_1A9 + seed)
        func below(_ bound: UInt64) -> Int64 { Int64(random.next(upTo: bound - 1)) }
        var run = try WatchedRun(
            WatchedRun.swinging + Self.kinds, cash: "5000", kind: .paper)
        try Self.report(run, cash: Money("5000"), [])
        for _ in 0..<below(12) { try run.price("\(90 + below(20))") }
        let cash = Money(raw: Int128(below(10_000)) * 1_000_000_000)
        var positions: [(UInt32, Int64, Price)] = []
        for number: UInt32 in 1...2 where below(3) > 0 {
            positions.append(
                (number, below(40) - 20, Price(raw: (below(50) + 80) * 1_000_000_000)))
        }
        try Self.report(run, cash: cash, positions)
        let agreed = try Self.last(run) == .pass
        try run.command("sync", UInt64(9).hex)
        try Self.report(run, cash: cash, positions)
        #expect(try Self.last(run) == .pass, "seed \(seed)")
        #expect(run.engine.gate.latch(.reconciliation) == nil)
        #expect(run.engine.orders.open.isEmpty || agreed)
        for (number, units, _) in positions {
            #expect(
                run.engine.profit.equity.quantity(run.account, InstrumentID(number)).raw
                    == Int128(units) * 1_000_000_000)
        }
        if !agreed {
            #expect(run.engine.profit.equity[run.account]?.cash == cash || units(cash, run))
        }
    }

    @Test(arguments: [Int128.min, .max])
    func `cash that no event can move stays as it is`(raw: Int128) throws {
        let run = try WatchedRun(WatchedRun.holding + Self.kinds, cash: "5000", kind: .paper)
        try Self.report(run, cash: Money(raw: raw), [])
        #expect(try Self.last(run) == .fail)
        try run.command("sync", UInt64(9).hex)
        #expect(try run.run.events(CashAdjusted.self).isEmpty)
        #expect(try run.engine.profit.equity[run.account]?.cash == Money("5000"))
    }

    /// Within the tolerance cash is left alone.
    private func units(_ cash: Money, _ run: WatchedRun) -> Bool {
        let own = run.engine.profit.equity[run.account]?.cash ?? .zero
        return (own.raw - cash.raw).magnitude * 100 <= cash.raw.magnitude
    }

    /// Each finding blocks entries, and with that ends the order that waited.
    @Test func `orders are told of both ways, with what the venue filled`() throws {
        typealias Reported = (intent: IntentID?, filled: String)
        let stranger = IntentID(high: 1, low: 2)
        let cases: [(orders: [Reported], kinds: [DiscrepancyKind])] = [
            ([(nil, "0")], []), ([(nil, "4")], [.unrecordedFill]), ([], [.orderOnlyInLedger]),
            ([(nil, "0"), (stranger, "0")], [.orderOnlyAtVenue]),
            ([(stranger, "0")], [.orderOnlyInLedger, .orderOnlyAtVenue]),
        ]
        for (orders, kinds) in cases {
            var run = try WatchedRun(WatchedRun.holding + Self.kinds, kind: .paper)
            try Self.report(run, cash: Money("1000"), [])
            try run.price("50")
            let waiting = try #require(run.engine.orders.open.first).intended.intent
            try Self.report(
                run, cash: Money("1000"), [],
                orders: orders.map { order in
                    VenueOrderReported(
                        instrument: InstrumentID(1), side: .buy, snapshot: 9,
                        quantity: try Quantity("10"), filled: try Quantity(order.filled),
                        limitPrice: .zero, intent: order.intent ?? waiting, symbol: "A",
                        venueOrder: "v-1")
                })
            let found = try run.run.events(DiscrepancyFound.self).map(\.kind)
            #expect(found == kinds)
            #expect(try Self.last(run) == (kinds.isEmpty ? .pass : .fail))
            #expect(run.latches == (kinds.isEmpty ? [] : [.reconciliation]))
            #expect(run.engine.orders.open.isEmpty == !kinds.isEmpty)
        }
    }

    @Test func `a venue that cannot be asked blocks what trades money`() throws {
        for kind in [AccountKind.paper, .simulated] {
            let run = try WatchedRun(WatchedRun.holding, kind: kind)
            try run.append(
                VenueSnapshotBegan(
                    kind: .reconciliation, isReachable: false, snapshot: 9, cash: .zero,
                    origin: "test"))
            try run.append(VenueSnapshotEnded(snapshot: 9, positions: 0, orders: 0))
            #expect(try Self.last(run) == (kind == .simulated ? .skipped : .fail))
            #expect(run.latches == (kind == .simulated ? [] : [.reconciliation]))
        }
    }
}
