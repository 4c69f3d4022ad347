import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// Holdings of the account that nobody bought here, in the books.
@Suite struct AdoptionTests {
    private static let settings: WatchedRun.Pairs =
        WatchedRun.holding + [("risk.enabled", "false"), ("quality.enabled", "false")]

    /// The account holds 5 of B, which no strategy trades.
    private func report(_ run: WatchedRun, held: String, of number: UInt32) throws {
        try run.append(
            VenueSnapshotBegan(kind: .reconciliation, snapshot: 9, cash: .zero, origin: "test"))
        try run.append(
            VenuePositionReported(
                instrument: InstrumentID(number), snapshot: 9, quantity: Quantity(held),
                averagePrice: Price("20"), symbol: number == 1 ? "A" : "B"))
        try run.append(VenueSnapshotEnded(snapshot: 9, positions: 1, orders: 0))
    }

    @Test func `an adopted holding is sold only where it is named`() throws {
        var run = try WatchedRun(Self.settings)
        try run.prices("10", "10")
        #expect(run.position.raw == 10_000_000_000)
        try report(run, held: "5", of: 2)
        try run.command("adopt", "B")
        let held = run.engine.profit.equity.quantity(run.account, InstrumentID(2))
        #expect(held.raw == 5_000_000_000 && run.engine.holdings.hasAdopted(InstrumentID(2)))
        try run.price("20", of: 2)
        try run.command("flatten", "global")
        try run.price("10")
        try run.price("20", of: 2)
        #expect(run.position.raw == 0)
        #expect(run.engine.profit.equity.quantity(run.account, InstrumentID(2)) == held)
        try run.command("flatten", "symbol:B")
        try run.price("20", of: 2)
        #expect(run.engine.profit.equity.quantity(run.account, InstrumentID(2)).raw == 0)
    }

    @Test func `what was bought by hand of a traded instrument is not the strategy's`() throws {
        var run = try WatchedRun(Self.settings)
        try run.prices("10", "10")
        try report(run, held: "15", of: 1)
        let equity = run.equity
        let drawdown = run.engine.stop.phase
        try run.command("adopt", "A 10")
        #expect(run.position.raw == 15_000_000_000 && run.engine.stop.phase == drawdown)
        #expect(run.equity.raw == equity.raw + 50_000_000_000)
        try run.command("flatten", "global")
        try run.price("10")
        #expect(run.position.raw == 5_000_000_000)
    }

    @Test func `a restart in the middle of a snapshot remembers what could not be read`() throws {
        let run = try WatchedRun(Self.settings)
        try run.append(
            VenueSnapshotBegan(
                kind: .reconciliation, snapshot: 9, cash: Money("1000"), origin: "test"))
        try run.append(
            VenueItemUnread(item: .order, snapshot: 9, id: "m1", detail: "missing at byte 9"))
        try run.append(
            VenueHoldingReported(
                reason: .foreign, kind: .crypto, snapshot: 9, quantity: Quantity("2"),
                symbol: "BNBUSD"))
        var writer = StateWriter()
        run.engine.encode(into: &writer)
        let restored = try Engine(restoring: writer.bytes)
        #expect(restored.digest == run.engine.digest)
        #expect(restored.holdings == run.engine.holdings)
        try run.append(VenueSnapshotEnded(snapshot: 9, positions: 0, orders: 0))
        let found = try run.run.events(DiscrepancyFound.self)
        #expect(found.map(\.kind) == [.unreadable])
        #expect(found.first?.detail.contains("order m1: missing at byte 9") == true)
    }
}
