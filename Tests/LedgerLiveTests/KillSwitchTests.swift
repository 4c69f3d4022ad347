import Foundation
import Testing

/// Each kill switch of docs/RISK.md that a venue can trip, by its real cause at the local exchange.
@Suite(.serialized) struct KillSwitchTests {
    private func desk(_ settings: String, venue: String = "") throws -> Desk {
        let desk = try Desk()
        try desk.configure(venue: venue, settings)
        return desk
    }

    private func faults(_ desk: Desk, _ plan: String) throws {
        try desk.ask("POST", "/control/faults", [plan])
    }

    /// Ends the daemon in whatever state its exchange is, and checks its journal.
    private func end(_ daemon: Running, _ desk: Desk) throws {
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test(arguments: [
        ("faults: {websocket_limit: 2}", "LatchEngaged websocketFaults"),
        ("faults: {websocket_failures: 1}", "websocketFailures is 2, the limit 1"),
    ])
    func `a venue that is gone trips the switches of its sockets`(
        _ settings: String, _ latch: String
    ) throws {
        let desk = try desk(settings)
        let daemon = try desk.trade()
        desk.exchange.signal(SIGKILL)
        try daemon.waits(for: latch)
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `a key that was refused before a crash is accepted by the next process`() throws {
        let desk = try desk("")
        let daemon = try desk.trade()
        try faults(desk, #"{"unauthorized": "1"}"#)
        try desk.rise()
        try daemon.waits(for: "LatchEngaged authentication")
        daemon.signal(SIGKILL)
        _ = daemon.end()
        try faults(desk, "")
        let again = try desk.trade()
        try again.waits(for: "LatchCleared authentication")
        let gate = try desk.ledger("gate", "status", "--journal", "./desk")
        #expect(!gate.text.contains("authentication"), "\(gate.text)")
        try end(again, desk)
    }

    @Test func `requests that fail trip the switch of the error rate`() throws {
        let desk = try desk("faults: {error_rate: 0.2}\nbackoff_base_s: 0.01\nmax_backoff_s: 0.02")
        let daemon = try desk.trade()
        try desk.rise()
        // The stop at the venue is asked about every second.
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        try faults(desk, #"{"lost-request": "1"}"#)
        try daemon.waits(for: "LatchEngaged metrics")
        #expect(daemon.text.contains("errorRate is "), "\(daemon.text)")
        try end(daemon, desk)
    }

    @Test func `an execution that the stream repeats trips the switch of duplicates`() throws {
        let desk = try desk("faults: {duplicate_limit: 1}")
        let daemon = try desk.trade()
        try faults(desk, #"{"duplicate": "1"}"#)
        try desk.rise()
        try daemon.waits(for: "LatchEngaged duplicateReports")
        #expect(try desk.count("OrderFilled") == 1)
        try end(daemon, desk)
    }

    @Test func `queries that repeat what the stream brought trip nothing`() throws {
        let desk = try desk("faults: {duplicate_limit: 1}")
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        daemon.interrupt()
        // A start asks for every fill again.
        let again = try desk.trade()
        again.interrupt()
        #expect(try desk.count("LatchEngaged") == desk.count("LatchCleared"))
        try desk.expectWhole()
    }

    @Test func `prices that go back in time trip the switch of stale reports`() throws {
        let desk = try desk("faults: {stale_limit: 2}")
        let daemon = try desk.trade()
        let ahead = ISO8601DateFormatter().string(from: Date().addingTimeInterval(3600))
        try desk.ask(
            "POST", "/control/quote",
            [
                #"{"symbol": "A", "bid": "100", "ask": "100", "time": "\#(ahead)"}"#,
                #"{"symbol": "A", "bid": "100", "ask": "100"}"#,
                #"{"symbol": "A", "bid": "100", "ask": "100"}"#,
            ])
        try daemon.waits(for: "LatchEngaged staleReports")
        try end(daemon, desk)
    }

    @Test func `prices that come late trip the switch of feed lag`() throws {
        let desk = try desk("faults: {feed_lag_ms: 1000}")
        let daemon = try desk.trade()
        let ago = ISO8601DateFormatter().string(from: Date().addingTimeInterval(-60))
        try desk.ask(
            "POST", "/control/quote",
            [#"{"symbol": "A", "bid": "100", "ask": "100", "time": "\#(ago)"}"#])
        try daemon.waits(for: "LatchEngaged metrics")
        #expect(daemon.text.contains("feedLag is "), "\(daemon.text)")
        try end(daemon, desk)
    }

    @Test func `a feed that falls silent pauses its symbol`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade([
            "--set", "quality.feed_timeout_s=1", "--set", "account.calendar=crypto",
        ])
        try desk.quote(100)
        try daemon.waits(for: "LatchEngaged feed")
        try end(daemon, desk)
    }

    @Test func `daemons that are killed count as failed runs`() throws {
        let desk = try desk("gate: {max_run_failures: 3}")
        for _ in 1...3 {
            let daemon = try desk.trade()
            daemon.signal(SIGKILL)
            _ = daemon.end()
        }
        let daemon = try desk.trade()
        try daemon.waits(for: "LatchEngaged runFailures")
        #expect(daemon.text.contains("3 runs in a row failed"), "\(daemon.text)")
        #expect(try desk.count("RunFailed") == 3)
        try end(daemon, desk)
    }

    @Test func `orders that the venue refuses trip the switch of rejections`() throws {
        let desk = try desk("gate: {min_rejections: 1, max_rejection_rate: 0.5}")
        let daemon = try desk.trade()
        try faults(desk, #"{"reject": "1"}"#)
        try desk.rise()
        try daemon.waits(for: "LatchEngaged orderRejections")
        try end(daemon, desk)
    }

    @Test func `answers that never come trip the switch of requests`() throws {
        let desk = try desk("faults: {rest_limit: 1}")
        let daemon = try desk.trade()
        try faults(desk, #"{"timeout-after-accept": "1"}"#)
        try desk.rise()
        try daemon.waits(for: "LatchEngaged restFaults")
        try end(daemon, desk)
    }

    @Test func `a venue whose clock is far ahead trips the switch of the clock`() throws {
        let desk = try desk("clock_sync: {refresh_sec: 1}")
        let daemon = try desk.trade()
        try faults(desk, #"{"clock-skew-ms": "60000"}"#)
        try daemon.waits(for: "LatchEngaged clock")
        try end(daemon, desk)
    }

    @Test(arguments: [
        ("risk: {daily_loss_limit: 10}", "lossPause"),
        ("risk: {max_daily_loss_pct: 0.0001}", "dailyLoss"),
        ("risk: {max_daily_loss_pct: 0, max_daily_drawdown: 0.0001}", "dailyDrawdown"),
        (
            "drawdown: {warning_threshold: 0, halt_threshold: 0.0001, panic_threshold: 0.5}",
            "drawdown"
        ),
        (
            "drawdown: {warning_threshold: 0, halt_threshold: 0.00005, panic_threshold: 0.0001}",
            "drawdown"
        ),
    ])
    func `prices that fall trip the switches of losses`(
        _ settings: String, _ latch: String
    ) throws {
        let desk = try Desk()
        try desk.configure(stopLoss: 0, settings)
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.waits(for: "OrderFilled")
        try desk.quote(97)
        try daemon.waits(for: "LatchEngaged \(latch)")
        try end(daemon, desk)
    }

    @Test func `a price that cannot be believed pauses its symbol until the next one`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.quote(100, 100, 40)
        try daemon.waits(for: "LatchEngaged dataQuality")
        try desk.quote(41)
        try daemon.waits(for: "LatchCleared dataQuality")
        try end(daemon, desk)
    }

    @Test func `a key that the venue takes back trips the switch of the key`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.rise()
        // The stop at the venue is asked about every second.
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        try faults(desk, #"{"unauthorized": "1"}"#)
        try daemon.waits(for: "LatchEngaged authentication")
        try faults(desk, "{}")
        try daemon.waits(for: "LatchCleared authentication")
        try end(daemon, desk)
    }
}
