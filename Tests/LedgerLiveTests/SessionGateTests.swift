import Foundation
import Testing

/// What happened at the exchange while the daemon was down: it is found at the start, and nothing is entered
/// until somebody has explained it.
@Suite(.serialized) struct SessionGateTests {
    /// A desk whose daemon holds 3 with a stop at the venue, and is down.
    private func down() throws -> Desk {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("a stop at the venue") { try desk.orders() == ["filled", "new"] }
        daemon.interrupt()
        return desk
    }

    private func trade(_ desk: Desk, _ side: String, _ quantity: Int) throws {
        try desk.ask(
            "POST", "/v2/orders",
            [
                """
                {"symbol": "A", "qty": "\(quantity)", "side": "\(side)", "type": "market", \
                "time_in_force": "day"}
                """
            ])
        try desk.quote(103)
    }

    /// The account as the exchange has it, in the form of `ledger reconcile`.
    private func snapshot(_ desk: Desk) throws {
        let fetched = try desk.programs.run("ledgerd", "snapshot", "--config", "desk.yaml")
        try #require(fetched.code == 0, "\(fetched.text)")
    }

    /// What an operator sees of the gate.
    private func expectBlocked(_ desk: Desk) throws {
        let gate = try desk.ledger("gate", "status", "--check", "--journal", "./desk")
        #expect(gate.code == 1 && gate.text.contains("reconciliation"), "\(gate.text)")
    }

    @Test func `a position closed by hand is a discrepancy until somebody syncs`() throws {
        let desk = try down()
        try desk.ask("DELETE", "/v2/orders")
        try trade(desk, "sell", 3)
        #expect(try desk.position() == "0")
        let daemon = try desk.trade()
        try daemon.waits(for: "DiscrepancyFound")
        try expectBlocked(desk)
        daemon.interrupt()
        try snapshot(desk)
        let seen = try desk.ledger("sync", "--snapshot", "venue.json", "--journal", "./desk")
        #expect(seen.code == 1 && seen.text.contains("A"), "\(seen.text)")
        let mended = try desk.ledger(
            "sync", "--snapshot", "venue.json", "--force", "--reason", "sold by hand", "--journal",
            "./desk")
        #expect(mended.code == 0, "\(mended.text)")
        let again = try desk.trade()
        #expect(!again.text.contains("DiscrepancyFound"), "\(again.text)")
        let sent = try desk.orders().count
        try desk.quote(90, 90, 90, 90)
        try desk.rise()
        try again.wait("an entry and its stop") { try desk.orders().count == sent + 2 }
        again.interrupt()
        try desk.expectWhole()
    }

    @Test func `an order filled while the daemon was down is booked and no discrepancy`() throws {
        let desk = try down()
        try desk.quote(90)
        #expect(try desk.orders() == ["filled", "filled"])
        let daemon = try desk.trade()
        #expect(!daemon.text.contains("DiscrepancyFound"), "\(daemon.text)")
        #expect(try desk.count("OrderFilled") == 2)
        try desk.rise()
        try daemon.wait("an entry and its stop") { try desk.orders().count == 4 }
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `a stop cancelled by hand is booked as cancelled`() throws {
        let desk = try down()
        try desk.ask("DELETE", "/v2/orders")
        let daemon = try desk.trade()
        #expect(try desk.count("OrderCancelled") == 1)
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `a difference is mended beside the daemon, and entries are free again`() throws {
        let desk = try down()
        try trade(desk, "buy", 1)
        let daemon = try desk.trade()
        try daemon.waits(for: "DiscrepancyFound")
        try expectBlocked(desk)
        try snapshot(desk)
        let compared = try desk.ledger(
            "reconcile", "--snapshot", "venue.json", "--journal", "./desk")
        #expect(compared.code == 1 && compared.text.contains("FAIL"), "\(compared.text)")
        let mended = try desk.ledger(
            "sync", "--snapshot", "venue.json", "--force", "--reason", "one bought by hand",
            "--journal", "./desk")
        #expect(mended.code == 0 && mended.text.contains("PASS"), "\(mended.text)")
        let gate = try desk.ledger("gate", "status", "--check", "--journal", "./desk")
        #expect(gate.code == 0, "\(gate.text)")
        daemon.interrupt()
        let again = try desk.trade()
        let later = try desk.ledger("gate", "status", "--check", "--journal", "./desk")
        #expect(later.code == 0, "\(later.text)")
        again.interrupt()
        try desk.expectWhole()
    }

    @Test func `the fetched account agrees with the books, and a failed query leaves no file`()
        throws
    {
        let desk = try down()
        for _ in 1...2 {
            try snapshot(desk)
            let compared = try desk.ledger(
                "reconcile", "--snapshot", "venue.json", "--journal", "./desk")
            #expect(
                compared.code == 0 || compared.text.contains("PASS"), "\(compared.text)")
        }
        let file = try desk.ledger("project", "reconciliation", "--wide", "--journal", "./desk")
        #expect(file.text.contains("venue.json"), "\(file.text)")
        let text = try String(
            contentsOf: desk.programs.folder.appendingPathComponent("venue.json"), encoding: .utf8)
        #expect(text.contains(#""symbol": "A", "qty": "3""#), "\(text)")
        #expect(text.contains(#""side": "sell", "qty": "3""#), "\(text)")
        let taken = try #require(
            text.range(of: #"20\d\d-[0-9T:.-]*Z"#, options: .regularExpression))
        for (other, told) in [
            (
                text.replacingCharacters(in: taken, with: "2020-01-01T00:00:00Z"),
                "fetch the account again"
            ),
            (text.replacingCharacters(in: taken, with: "2090-01-01T00:00:00Z"), "in the future"),
            (text.replacingCharacters(in: taken, with: "noon"), "not a UTC time"),
            (text.replacingOccurrences(of: #""alpaca""#, with: #""binance""#), "is of binance"),
        ] {
            try desk.programs.write(other, "other.json")
            for command in [["reconcile"], ["sync", "--force", "--reason", "test"]] {
                let refused = try desk.programs.run(
                    ["ledger"] + command + ["--snapshot", "other.json", "--journal", "./desk"])
                #expect(refused.code == 2 && refused.text.contains(told), "\(refused.text)")
            }
        }
        desk.exchange.signal(SIGKILL)
        let failed = try desk.programs.run(
            "ledgerd", "snapshot", "--config", "desk.yaml", "--out", "none.json", "--set",
            "backoff_base_s=0.01")
        #expect(failed.code == 2 && failed.text.contains("cannot be reached"), "\(failed.text)")
        let none = desk.programs.folder.appendingPathComponent("none.json").path
        #expect(!FileManager.default.fileExists(atPath: none))
        let simulated = try desk.programs.run(
            "ledgerd", "snapshot", "--set", "venue.kind=simulated")
        #expect(simulated.code == 2 && simulated.text.contains("venue.kind"), "\(simulated.text)")
    }

    @Test func `a fill of no known order is shown before the next comparison`() throws {
        let desk = try Desk()
        try desk.configure()
        let daemon = try desk.trade()
        try desk.quote(100)
        try trade(desk, "buy", 1)
        try daemon.waits(for: "DiscrepancyFound")
        try expectBlocked(desk)
        let shown = try desk.ledger(
            "project", "reconciliation", "--failures", "--journal", "./desk", "--format", "csv")
        #expect(shown.text.contains("unrecordedFill,A,"), "\(shown.text)")
        let latest = try desk.ledger("project", "reconciliation", "--journal", "./desk")
        #expect(latest.text.contains("since"), "\(latest.text)")
        daemon.interrupt()
        try desk.expectWhole()
    }
}
