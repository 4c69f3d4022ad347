import Foundation
import TestSupport
import Testing

/// A paper account at a venue with a simulated shadow that takes the same prices, in one journal and one
/// daemon.
@Suite struct ShadowTests {
    private func configure(_ desk: Desk, _ name: String = "desk.yaml", second: String = "") throws {
        try desk.programs.write(
            """
            mode: paper
            run: {name: desk}
            accounts:
              - {name: main, kind: paper, venue: outside}
              - {name: shadow, kind: simulated, cash: 5000, venue: inside}
            \(second)
            venues:
              - {name: outside, kind: alpaca}
              - {name: inside, kind: simulated, fee_fixed: 1}
            quality: {min_history_days: 0}
            live: {tick_ms: 50, acknowledgement_ms: 300, poll_s: 1, reconcile_s: 0}
            data:
              - {path: venue, symbol: A, tick: 0.01, lot: 1}
            strategies:
              - {kind: sma_crossover, name: cross, symbols: A, fast: 2, slow: 4, quantity: 3, stop_loss: 5, accounts: [main, shadow]}
            alpaca: {trading_url: "\(desk.address)", data_url: "\(desk.address)", \
            stream_url: "ws://127.0.0.1:\(desk.port)/v2/iex"}

            """, name)
    }

    /// `account quantity` of each open position.
    private func held(_ desk: Desk) throws -> [String] {
        let (text, code) = try desk.ledger(
            "project", "positions", "--journal", "./desk", "--format", "csv")
        try #require(code == 0, "\(text)")
        let rows = text.split(separator: "\n").map { $0.split(separator: ",") }
        return rows.filter { ["main", "shadow"].contains($0.first) }.map { "\($0[0]) \($0[3])" }
            .sorted()
    }

    @Test func `a shadow trades beside its account, and each keeps what it has over a kill`() throws
    {
        let desk = try Desk()
        try configure(desk)
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("both entries") { try held(desk) == ["main 3", "shadow 3"] }
        // The shadow's orders never leave.
        try daemon.wait("the entry and its stop") { try desk.orders().count == 2 }
        daemon.signal(SIGKILL)
        _ = daemon.end()
        let again = try desk.trade()
        #expect(try held(desk) == ["main 3", "shadow 3"])
        #expect(try desk.orders().count == 2)
        // Without its account a command halts both; with it, the other goes on.
        let halted = try desk.ledger(
            "mode", "halt", "--account", "main", "--reason", "test", "--journal", "./desk")
        #expect(halted.code == 0, "\(halted.text)")
        let gate = try desk.ledger("gate", "status", "--journal", "./desk")
        #expect(gate.text.contains("main: mode halt") && gate.text.contains("shadow: mode auto"))
        let flat = try desk.ledger(
            "kill-switch", "engage", "--effect", "flatten", "--venue", "inside", "--reason", "test",
            "--journal", "./desk")
        #expect(flat.code == 0, "\(flat.text)")
        try desk.quote(103)
        try again.wait("the shadow to be flat") { try held(desk) == ["main 3"] }
        #expect(try desk.position() == "3")
        again.interrupt()
        try desk.expectWhole()
    }

    @Test func `a dry run sends nothing of any account`() throws {
        let desk = try Desk()
        try configure(desk)
        let daemon = try desk.start(
            ["ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk", "--dry-run"])
        try daemon.waits(for: "LinkChanged", times: 2)
        try desk.rise()
        try daemon.waits(for: "OrderFilled", times: 2)
        daemon.interrupt()
        #expect(try desk.orders().isEmpty)
    }
}
