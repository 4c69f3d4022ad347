import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// The drawdown stop in a whole engine: an account of 1,000 that holds ten units bought at 100.
@Suite struct DrawdownRunTests {
    static func holding(
        _ settings: WatchedRun.Pairs = [], calendar: String = "crypto"
    ) throws -> WatchedRun {
        var run = try WatchedRun(WatchedRun.holding + settings, calendar: calendar)
        try run.prices("100", "100")
        #expect(try run.position == Quantity("10") && run.equity == Money("1000"))
        return run
    }

    @Test(arguments: [
        ("92.001", DrawdownPhase.normal), ("92", .halt), ("91.999", .halt), ("90.001", .halt),
        ("90", .panic), ("89.999", .panic),
    ])
    func `a thousand dollars that fall to this stop so`(
        _ price: String, _ phase: DrawdownPhase
    ) throws {
        var run = try Self.holding()
        try run.price(price)
        #expect(run.phase == phase)
        #expect(run.latches == (phase == .normal ? [] : [.drawdown]))
    }

    @Test func `a warning is raised once a fall, and anew after a new peak`() throws {
        var run = try Self.holding()
        try run.prices("95", "94.9", "94", "96", "94", "100", "94")
        #expect(try run.alerts(.drawdownWarning).count == 1, "the old peak was not passed")
        try run.prices("101", "95.9")
        #expect(try run.alerts(.drawdownWarning).count == 2)
        #expect(try run.alerts(.drawdownWarning).allSatisfy { $0.severity == .warning })
    }

    @Test func `a stop tells of itself once, however long the fall`() throws {
        var run = try Self.holding([("drawdown.flatten_on_panic", "false")])
        try run.prices("92", "91", "91.5", "92", "91", "90", "80", "70", "50", "60", "50")
        #expect(try run.changes == ["normal halt 10", "halt panic 20"])
        #expect(try run.alerts(.drawdownHalt).count == 1)
        #expect(try run.alerts(.drawdownPanic).count == 1)
        #expect(try run.alerts(.drawdownWarning).isEmpty)
        #expect(try run.count(LatchEngaged.self) == 1, "a panic without selling blocks the same")
    }

    @Test func `from halt to panic the twenty days begin on the day of the panic`() throws {
        var run = try Self.holding()
        run.go(to: 1)
        try run.price("92")
        #expect(run.engine.stop.until == .startOfDay(19_723 + 11))
        run.go(to: 6)
        try run.price("90")
        #expect(run.engine.stop.until == .startOfDay(19_723 + 26))
        #expect(run.engine.stop.triggeredAt.nanoseconds / 1_000_000_000 == run.seconds)
        run.go(to: 12)
        try run.price("90")
        #expect(run.phase == .panic, "the halt's ten days end nothing")
        #expect(try run.changes == ["normal halt 10", "halt panic 20"])
    }

    @Test func `a cooldown is over at the open of the last day, not before`() throws {
        var run = try Self.holding()
        run.go(to: 0, 23)
        try run.price("92")
        #expect(run.engine.stop.until == .startOfDay(19_723 + 10), "midnight ends day 0")
        run.go(to: 9, 22, 59)
        try run.price("92")
        #expect(run.phase == .halt)
        run.wait(seconds: 59)
        try run.bar("92")
        #expect(run.phase == .halt)
        run.wait(seconds: 1)
        try run.bar("92")
        #expect(run.phase == .rampup)
    }
}
