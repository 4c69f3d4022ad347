import Foundation
import Testing

/// Exits of the daemon at a venue that takes nothing for a while.
@Suite(.serialized) struct RetryTests {
    @Test func `flatten goes on through a rate limit and a kill`() throws {
        let desk = try Desk()
        try desk.configure(stopLoss: 0)
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a position") { try desk.position() == "3" }
        try daemon.waits(for: "OrderFilled buy 3 A")
        try desk.faults("rate-limit=1,retry-after-s=1")
        let flatten = try desk.ledger("flatten", "--journal", "./desk", "--reason", "out")
        #expect(flatten.code == 0, "\(flatten.text)")
        try daemon.waits(for: "RetryScheduled")
        let status = try desk.ledger("gate", "status", "--journal", "./desk")
        #expect(
            status.text.contains("A: exit sell 3 is not at the venue (rateLimit"), "\(status.text)")
        let listed = try desk.ledger("project", "unprotected", "--journal", "./desk")
        #expect(listed.text.contains("rateLimit"), "\(listed.text)")
        daemon.signal(SIGKILL)
        _ = daemon.end()
        try desk.faults("")
        let again = try desk.trade()
        try again.waits(for: "OrderFilled sell 3 A")
        #expect(try desk.orders() == ["filled", "filled"])
        #expect(try desk.position() == "0")
        again.interrupt()
        #expect(try desk.count("OrderRejected") == 0)
        #expect(try desk.count("AlertRaised") > 0)
        try desk.expectWhole()
    }

    @Test func `flatten gets past a stop whose cancel was refused for now`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        try desk.faults("rate-limit=1,retry-after-s=1")
        _ = try desk.ledger("flatten", "--journal", "./desk", "--reason", "out")
        try daemon.waits(for: "rate limit")
        try desk.faults("")
        try daemon.waits(for: "OrderFilled sell 3 A")
        #expect(try desk.orders() == ["filled", "canceled", "filled"])
        daemon.interrupt()
        try desk.expectWhole()
    }

    private static let quick = "backoff_base_s: 0.05\nmax_backoff_s: 0.1"

    @Test
    func
        `while requests get 503 and streams stay up, entries stop, and an exit leaves once it can`()
        throws
    {
        let desk = try Desk()
        try desk.configure(stopLoss: 0, Self.quick)
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.waits(for: "OrderFilled buy 3 A")
        try desk.faults("rest-outage=1")
        let flatten = try desk.ledger("flatten", "--journal", "./desk", "--reason", "out")
        #expect(flatten.code == 0, "\(flatten.text)")
        try daemon.waits(for: "LatchEngaged metrics")
        try daemon.waits(for: "AlertRaised severity=critical")
        // Nobody knows whether the order arrived, and status says so.
        let status = try desk.ledger("status", "--journal", "./desk", "--format", "json")
        #expect(status.text.contains(#""unanswered_orders": 1"#), "\(status.text)")
        // Prices still come.
        let prices = try desk.count("Quote")
        try desk.quote(104)
        try daemon.wait("the next price") { try desk.count("Quote") > prices }
        #expect(!daemon.text.contains("link=orders, state=down"))
        #expect(!daemon.text.contains("link=marketData, state=down"))
        try desk.faults("")
        try daemon.waits(for: "OrderFilled sell 3 A")
        #expect(try desk.position() == "0")
        // The latch waits for a person.
        let decided = try desk.count("OrderIntended")
        try desk.quote(90, 90, 90, 90)
        try desk.rise()
        try daemon.wait("a refused entry") { try desk.count("SignalRejected") > 0 }
        #expect(try desk.count("OrderIntended") == decided)
        let clear = try desk.ledger(
            "kill-switch", "clear", "metrics", "--journal", "./desk", "--reason",
            "the venue answers")
        #expect(clear.code == 0, "\(clear.text)")
        daemon.interrupt()
        #expect(try desk.orders() == ["filled", "filled"])
        try desk.expectWhole()
    }

    @Test func `a stop at the venue protects while requests get 503, and its fill is booked`()
        throws
    {
        let (desk, daemon) = try Desk.holding()
        try desk.faults("rest-outage=1")
        try desk.quote(97, 97)
        try daemon.waits(for: "OrderFilled sell 3 A")
        try desk.faults("")
        #expect(try desk.orders() == ["filled", "filled"])
        #expect(try desk.position() == "0")
        daemon.interrupt()
        try desk.expectWhole()
    }
}
