import Foundation
import Testing

/// The streams of a venue: two of market data in one run, and outages.
@Suite(.serialized) struct StreamTests {
    @Test func `one run trades shares and coins, and one stream down pauses only its symbols`()
        throws
    {
        let desk = try Desk(symbols: "A=100,BTC/USD=200")
        try desk.configureBoth(
            "faults: {websocket_limit: 4}\nbackoff_base_s: 0.01\nmax_backoff_s: 0.02")
        let daemon = try desk.trade()
        try daemon.waits(for: "LinkChanged link=coinData, state=up")
        try daemon.waits(for: "LinkChanged link=marketData, state=up")
        try desk.quote("BTC/USD", at: 200)
        try daemon.wait("the coins") { try desk.orders() == ["filled"] }
        try desk.refuse("/v1beta3/crypto/us", status: 503)
        try daemon.waits(for: "LinkChanged link=coinData, state=down")
        try daemon.waits(for: "LatchEngaged feed")
        try daemon.wait("attempts") { try desk.refusals() > 20 }
        let gate = try desk.ledger("gate", "status", "--journal", "./desk", "--format", "csv")
        #expect(gate.text.contains("BTC/USD") && !gate.text.contains("websocket"), "\(gate.text)")
        try desk.quote("A", at: 100)
        try daemon.wait("the shares") { try desk.orders() == ["filled", "filled"] }
        try desk.refuse("/v1beta3/crypto/us", status: 0)
        try daemon.waits(for: "LinkChanged link=coinData, state=up", times: 2)
        // The first price is late, as it ends a gap.
        try daemon.wait("data in time") {
            try desk.quote("BTC/USD", at: 201)
            return daemon.text.contains("FeedResumed")
        }
        daemon.interrupt()
        #expect(!daemon.text.contains("websocketFaults"), "\(daemon.text)")
        let positions = try desk.ledger(
            "project", "positions", "--journal", "./desk", "--format", "csv")
        #expect(positions.text.contains("0.1") && positions.text.contains("BTC/USD"))
        let status = try desk.ledger("status", "--journal", "./desk", "--format", "json")
        #expect(status.text.contains("coinData"), "\(status.text)")
        try desk.expectWhole()
    }

    /// Hundreds of attempts, as an outage of minutes has them.
    @Test func `an outage of the order stream is one fault, and its end needs nobody`() throws {
        let desk = try Desk()
        try desk.configure(
            venue: "",
            "faults: {websocket_limit: 3, websocket_failures: 3}\nbackoff_base_s: 0.005\n"
                + "max_backoff_s: 0.01")
        let daemon = try desk.trade()
        try desk.refuse("/stream", status: 503)
        try daemon.waits(for: "LatchEngaged orderStream")
        try daemon.wait("attempts") { try desk.refusals() > 300 }
        try desk.refuse("/stream", status: 0)
        try daemon.waits(for: "LatchCleared orderStream")
        #expect(try desk.count("FaultReported") == 1)
        let gate = try desk.ledger("gate", "status", "--check", "--journal", "./desk")
        #expect(gate.code == 0, "\(gate.text)")
        try desk.rise()
        try daemon.wait("an entry and its stop") { try desk.orders().count == 2 }
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `a stream that is lost again and again trips its switch`() throws {
        let desk = try Desk()
        try desk.configure(
            venue: "",
            "faults: {websocket_limit: 3}\nbackoff_base_s: 0.005\nmax_backoff_s: 0.01")
        let daemon = try desk.trade()
        for times in 1...3 {
            try desk.ask("POST", "/control/disconnect", ["{}"])
            try daemon.waits(for: "LatchCleared orderStream", times: times)
        }
        try daemon.waits(for: "LatchEngaged websocketFaults")
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `a wait that a refused stream is told is kept`() throws {
        let desk = try Desk()
        try desk.configure(venue: "", "backoff_base_s: 0.005\nmax_backoff_s: 0.01")
        let daemon = try desk.trade()
        try desk.refuse("/stream", status: 429, retryAfter: 3600)
        try daemon.wait("a refusal") { try desk.refusals() == 1 }
        try desk.refuse("/v2/iex", status: 503, retryAfter: 3600)
        try daemon.wait("the other") { try desk.refusals() == 2 }
        // Hundreds of attempts would fit into the time that these take.
        for _ in 0..<10 { try desk.quote(100) }
        #expect(try desk.refusals() == 2)
        daemon.interrupt()
        try desk.expectWhole()
    }
}
