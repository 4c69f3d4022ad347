import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// Levels that the engine watches itself at a venue outside, and positions that have to go.
@Suite struct TargetTests {
    private static let stop: WatchedRun.Pairs = [("strategies.0.stop_loss", "1000")]
    private static let profit: WatchedRun.Pairs = [("strategies.0.take_profit", "1000")]

    private func quote(_ desk: RemoteDesk, _ bid: String, _ ask: String) throws {
        try desk.watched.append(
            Quote(
                instrument: InstrumentID(3), bid: try Price(bid), ask: try Price(ask),
                bidSize: try Quantity("1"), askSize: try Quantity("1")))
    }

    /// The venue has money and nothing else.
    private func empty(_ desk: RemoteDesk, _ snapshot: UInt64) throws {
        try desk.watched.append(
            VenueSnapshotBegan(
                kind: .reconciliation, snapshot: snapshot, cash: try Money("20000"), origin: ""))
        try desk.watched.append(VenueSnapshotEnded(snapshot: snapshot, positions: 0, orders: 0))
    }

    @Test(arguments: [VenueStatus.rejected, .unknown, .expired])
    func `a stop that the venue did not take is watched here`(status: VenueStatus) throws {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        try desk.say(status, of: try #require(desk.open.last), reason: "would trigger at once")
        #expect(try desk.watched.alerts(.stopRefused).count == 1)
        #expect(desk.open.isEmpty)
        // The strategy sees no cross in a quote without a side; the bid alone decides.
        try quote(desk, "59001", "0")
        #expect(desk.open.isEmpty)
        try desk.watched.restart()
        try quote(desk, "59000", "0")
        #expect(try desk.decided.last == "stopLoss sell 0.01234 market")
        try quote(desk, "58000", "0")
        #expect(desk.open.count == 1)
        try desk.fill("0.01234", at: "58000", fee: "0", "")
        #expect(desk.held(3) == .zero)
    }

    @Test func `stops that a venue never takes are told once, until it takes one`() throws {
        var desk = try RemoteDesk(Self.stop, rules: .newest)
        for (round, status) in [VenueStatus.rejected, .rejected, .accepted, .rejected].enumerated()
        {
            try desk.enter()
            try desk.say(status, of: try #require(desk.open.last), reason: "no stops here")
            if status == .accepted { try desk.fill("0.01234", at: "59000", fee: "0", "") }
            if status == .rejected {
                try quote(desk, "59000", "0")
                try desk.fill("0.01234", at: "59000", fee: "0", "")
            }
            #expect(desk.held(3) == .zero)
            #expect(try desk.watched.alerts(.stopRefused).count == (round < 3 ? 1 : 2))
            desk.watched.wait(seconds: 60)
            if round == 1 { try desk.watched.restart() }
        }
    }

    @Test func `an exit that the venue refuses is decided again after a while, not at every price`()
        throws
    {
        var desk = try RemoteDesk(rules: .newest)
        try desk.enter()
        try desk.watched.price("59500", of: 3)
        var refusals = 0
        // A falling price in every second of two minutes: each asks for the exit.
        for second in 0..<120 {
            if let exit = desk.open.last {
                #expect(exit.intended.purpose == .exit)
                try desk.say(.rejected, of: exit, reason: "insufficient qty available")
                refusals += 1
            }
            if second == 60 { try desk.watched.restart() }
            desk.watched.wait(seconds: 1)
            try quote(desk, "\(59400 - second)", "\(59401 - second)")
        }
        // After 1, 2, 4, 8, 16 and 32 s, and after a minute.
        #expect((5...8).contains(refusals), "\(refusals)")
        let shown = try #require(desk.watched.engine.unprotected.first)
        #expect(shown.causeText == "refused" && shown.attempt == UInt32(refusals))
        #expect(try shown.remaining == Quantity("0.01234"))
        #expect(try desk.watched.alerts(.unprotected).count == 1)
        desk.watched.wait(seconds: 60)
        try quote(desk, "59000", "59001")
        try desk.fill("0.01234", at: "59000", fee: "0", "")
        #expect(desk.held(3) == .zero && desk.watched.engine.unprotected.isEmpty)
    }

    @Test func `a watched stop whose order the venue refuses stays watched`() throws {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        try desk.say(.rejected, of: try #require(desk.open.last))
        try quote(desk, "59000", "0")
        try desk.say(.rejected, of: try #require(desk.open.last), reason: "market is closed")
        try desk.watched.restart()
        #expect(desk.open.isEmpty)
        // Too early for another attempt.
        try quote(desk, "58990", "0")
        #expect(desk.open.isEmpty)
        desk.watched.wait(seconds: 2)
        try quote(desk, "58980", "0")
        #expect(try desk.decided.last == "stopLoss sell 0.01234 market")
        try desk.fill("0.01234", at: "58980", fee: "0", "")
        #expect(desk.held(3) == .zero)
    }

    @Test func `a price that nothing confirms sells nothing`() throws {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        try desk.say(.rejected, of: try #require(desk.open.last))
        try quote(desk, "1", "0")
        #expect(desk.open.isEmpty)
        try quote(desk, "59900", "0")
        #expect(desk.open.isEmpty)
    }

    @Test func `a stop cancelled at the venue by hand is not watched`() throws {
        var desk = try RemoteDesk(Self.stop)
        try desk.enter()
        try desk.say(.cancelled, of: try #require(desk.open.last))
        try quote(desk, "50000", "0")
        #expect(desk.open.isEmpty)
    }

    @Test func `a take profit is not sent beside an order that closes`() throws {
        var desk = try RemoteDesk(Self.profit)
        try desk.enter()
        try desk.watched.price("59000", of: 3)
        #expect(try desk.decided.last == "exit sell 0.01234 market")
        try quote(desk, "62000", "0")
        #expect(desk.open.count == 1)
        // The exit failed: the level counts again, in a while.
        try desk.say(.rejected, of: try #require(desk.open.last))
        desk.watched.wait(seconds: 1)
        try quote(desk, "62000", "0")
        #expect(try desk.decided.last == "takeProfit sell 0.01234 market")
    }

    @Test func `a position is not flattened beside an order that closes it`() throws {
        var desk = try RemoteDesk(Self.profit)
        try desk.enter()
        try quote(desk, "61000", "0")
        #expect(try desk.decided.last == "takeProfit sell 0.01234 market")
        try desk.watched.command("engage", "flatten global")
        try desk.watched.command("flatten", "global")
        #expect(desk.open.map(\.intended.purpose) == [.takeProfit])
    }

    @Test func `a level survives a split, and goes with the position`() throws {
        var desk = try RemoteDesk(Self.profit)
        try desk.enter()
        try desk.watched.append(
            SplitApplied(instrument: InstrumentID(3), numerator: 1, denominator: 10))
        try quote(desk, "600000", "0")
        #expect(desk.open.isEmpty)
        // Closed by hand, and taken over: a position of later is not sold at a level of before.
        try empty(desk, 9)
        try desk.watched.command("sync", UInt64(9).hex)
        try empty(desk, 10)
        #expect(desk.held(3) == .zero)
        try desk.watched.price("610000", of: 3)
        try desk.watched.price("620000", of: 3)
        try desk.fill("0.01234", at: "620000", fee: "0", "")
        try quote(desk, "620001", "0")
        #expect(desk.open.isEmpty)
    }

    @Test func `what a latch wants sold is sold whatever the venue refuses`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        try desk.watched.command("engage", "flatten global")
        #expect(try desk.decided.last == "exit sell 0.01234 market")
        try desk.say(.rejected, of: try #require(desk.open.last))
        #expect(desk.open.isEmpty)
        // Not at once, and not for ever.
        try desk.watched.append(ClockTicked())
        let first = desk.open.count
        desk.watched.wait(seconds: 30)
        try desk.watched.append(ClockTicked())
        desk.watched.wait(seconds: 31)
        try desk.watched.append(ClockTicked())
        #expect(first == 1)
        #expect(desk.open.count == 1)
        try desk.fill("0.01234", at: "60000", fee: "0", "")
        #expect(desk.held(3) == .zero)
        desk.watched.wait(seconds: 61)
        try desk.watched.append(ClockTicked())
        #expect(desk.open.isEmpty)
    }

    @Test func `a venue that takes less at once is sold the rest`() throws {
        var desk = try RemoteDesk()
        try desk.enter()
        var filters = VenueFiltersLoaded(instrument: InstrumentID(3), origin: "test")
        filters.lot = try Quantity("0.001")
        filters.marketMaximumQuantity = try Quantity("0.01")
        try desk.watched.append(filters)
        try desk.watched.command("engage", "flatten global")
        #expect(desk.open.map(\.remaining) == [try Quantity("0.01")])
        try desk.watched.append(ClockTicked())
        #expect(desk.open.count == 1)
        try desk.fill("0.01", at: "60000", fee: "0", "")
        #expect(desk.open.map(\.remaining) == [try Quantity("0.002")])
        try desk.fill("0.002", at: "60000", fee: "0", "")
        #expect(desk.open.isEmpty)
        #expect(try desk.watched.refusals == [])
    }
}
