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
}
