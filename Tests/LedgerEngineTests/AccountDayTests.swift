import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import Testing

/// Days of a strategy's health: those of the account's calendar.
@Suite struct AccountDayTests {
    private static func health(calendar: String) throws -> StrategyHealth {
        var watched = try WatchedRun(WatchedRun.holding, calendar: calendar, rules: .newest)
        // Friday evening in New York is Saturday in UTC.
        watched.go(to: 5, 1)
        try watched.price("10")
        var health = StrategyHealth()
        try watched.run.batch.forEachRecord(from: .first) { try health.apply($0) }
        return health
    }

    @Test func `a strategy's day is its account's, not UTC's`() throws {
        let friday = Int64(19_723 + 4)
        let exchange = try Self.health(calendar: "nyse")
        #expect(exchange.today == friday)
        #expect(exchange.report(StrategyID(1), on: friday).long.signals == 1)
        #expect(try Self.health(calendar: "auto").today == friday, "A and B are shares")
        #expect(try Self.health(calendar: "crypto").today == friday + 1)
    }

    @Test func `a saved calendar counts on`() throws {
        let health = try Self.health(calendar: "auto")
        var writer = StateWriter()
        health.encode(into: &writer)
        var reader = StateReader(writer.bytes)
        let restored = try StrategyHealth(from: &reader)
        #expect(restored == health)
        #expect(restored.accountCalendar == .nyse)
    }

    @Test func `a state of UTC days is taken up where nothing else is left`() throws {
        var writer = StateWriter()
        StrategyHealth().encode(into: &writer)
        var calendar = StateWriter()
        AccountCalendar().encode(into: &calendar)
        let old = Array(writer.bytes.dropLast(calendar.bytes.count))
        let present = try #require(StrategyHealth.present(old, version: 1))
        var reader = StateReader(present)
        #expect(try StrategyHealth(from: &reader) == StrategyHealth())
        #expect(StrategyHealth.present(old, version: 0) == nil)
    }
}
