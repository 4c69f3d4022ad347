import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import Testing

/// Exits that an external venue refuses, lets expire or does not answer.
@Suite struct UnprotectedTests {
    private func alerts(_ desk: RemoteDesk) throws -> Int {
        try desk.watched.alerts(.unprotected).count
    }

    private func flattening(_ rules: RulesVersion = .newest) throws -> RemoteDesk {
        var desk = try RemoteDesk(rules: rules)
        try desk.enter()
        try desk.watched.command("engage", "flatten global")
        return desk
    }

    @Test(arguments: [VenueStatus.rejected, .expired])
    func `flatten tries again after 1, 2, 4 … 60 s`(status: VenueStatus) throws {
        var desk = try flattening()
        var (elapsed, last) = (Int64(0), Int64(0))
        var pauses: [Int64] = []
        for _ in 0..<200 {
            if let exit = desk.open.last {
                if elapsed > 0 { pauses.append(elapsed - last) }
                try desk.say(status, of: exit, reason: "not at this time")
                last = elapsed
            }
            if elapsed == 20 { try desk.watched.restart() }
            try desk.tick(after: 1)
            elapsed += 1
        }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(try alerts(desk) == 1)
        desk.watched.wait(seconds: 60)
        try desk.tick(after: 1)
        try desk.fill("0.01234", at: "59000", fee: "0", "")
        #expect(desk.held(3) == .zero && desk.watched.engine.unprotected.isEmpty)
    }

    @Test func `rules 4 try again each minute`() throws {
        var desk = try flattening(try #require(RulesVersion(4)))
        try desk.watched.append(ClockTicked())
        try desk.say(.rejected, of: try #require(desk.open.last))
        try desk.tick(after: 58)
        #expect(desk.open.isEmpty)
        try desk.tick(after: 2)
        #expect(desk.open.count == 1)
        #expect(try alerts(desk) == 1)
    }

    @Test func `an exit that is decided again and taken raises no alert`() throws {
        var desk = try flattening()
        try desk.say(.rejected, of: try #require(desk.open.last), reason: "insufficient balance")
        #expect(try alerts(desk) == 0)
        #expect(desk.watched.engine.unprotected.map(\.causeText) == ["refused"])
        try desk.tick(after: 1)
        try desk.fill("0.01234", at: "59000", fee: "0", "")
        try desk.tick(after: 60)
        #expect(try alerts(desk) == 0)
    }

    @Test func `an exit that is refused once and not decided again raises an alert`() throws {
        var desk = try RemoteDesk(rules: .newest)
        try desk.enter()
        try desk.watched.price("59500", of: 3)
        try desk.say(.rejected, of: try #require(desk.open.last), reason: "market is closed")
        try desk.tick(after: 9)
        #expect(try alerts(desk) == 0)
        try desk.watched.restart()
        try desk.tick(after: 1)
        #expect(try alerts(desk) == 1)
        try desk.watched.restart()
        try desk.tick(after: 60)
        // The second refusal is told no more.
        try desk.watched.price("59400", of: 3)
        try desk.say(.rejected, of: try #require(desk.open.last), reason: "market is closed")
        try desk.tick(after: 10)
        #expect(try alerts(desk) == 1)
    }

    @Test func `an exit without an answer for a minute raises one alert`() throws {
        var desk = try flattening()
        try desk.tick(after: 59)
        #expect(try alerts(desk) == 0)
        #expect(desk.watched.engine.unprotected.isEmpty)
        try desk.tick(after: 1)
        #expect(try alerts(desk) == 1)
        try desk.watched.restart()
        try desk.tick(after: 100)
        #expect(try alerts(desk) == 1)
        #expect(desk.watched.engine.unprotected.map(\.causeText) == ["no answer"])
        try desk.say(.accepted, of: try #require(desk.open.last))
        #expect(desk.watched.engine.unprotected.isEmpty)
    }

    @Test func `a stop without an answer raises an alert, an entry does not`() throws {
        var desk = try RemoteDesk([("strategies.0.stop_loss", "1000")], rules: .newest)
        try desk.watched.price("59000", of: 3)
        try desk.watched.price("60000", of: 3)
        try desk.tick(after: 61)
        #expect(try alerts(desk) == 0)
        try desk.fill("0.01234", at: "60000", fee: "0", "")
        try desk.tick(after: 61)
        #expect(try alerts(desk) == 1)
        try desk.fill("0.01234", at: "59000", fee: "0", "")
        #expect(desk.watched.engine.unprotected.isEmpty)
    }
}
