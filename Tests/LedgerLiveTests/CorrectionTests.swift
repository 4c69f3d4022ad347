import Foundation
import Testing

/// Fills that the venue takes back or gives another price, and exits that it refuses for good.
@Suite(.serialized) struct CorrectionTests {
    /// The client order id of the first order.
    private func entry(_ desk: Desk) throws -> String {
        let text = try desk.ask("GET", "/v2/orders?status=all&direction=asc")
        let orders = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        return try #require(orders?.first?["client_order_id"] as? String)
    }

    private func correct(_ desk: Desk, _ terms: String) throws {
        let body = #"{"client_order_id": "\#(try entry(desk))", \#(terms)}"#
        try desk.ask("POST", "/control/correct", [body])
    }

    private func cash(_ desk: Desk) throws -> Double {
        let text = try desk.ledger("project", "equity", "--journal", "./desk", "--format", "json")
            .text
        let found = text.components(separatedBy: #""cash":"#).last?.drop { " \"".contains($0) }
        return try #require(Double(found?.prefix { $0.isNumber || $0 == "." } ?? ""))
    }

    private func fill(_ desk: Desk) throws -> String {
        let (text, _) = try desk.ledger(
            "tail", "--journal", "./desk", "--type", "OrderFilled", "--all", "--format", "jsonl")
        let digits = text.components(separatedBy: #""seq":"#).dropFirst().first
        return String(try #require(digits).drop { $0 == " " }.prefix { $0.isNumber })
    }

    @Test func `a fill that the venue corrects is booked anew, and the account agrees`() throws {
        let (desk, daemon) = try Desk.holding()
        let passes = try desk.count("ReconciliationEnded")
        try correct(desk, #""price": "104""#)
        try daemon.wait("the correction") { try desk.count("FillCorrected") == 1 }
        try daemon.wait("a comparison") { try desk.count("ReconciliationEnded") > passes }
        #expect(try desk.count("DiscrepancyFound") == 0, "\(daemon.text)")
        #expect(daemon.text.contains("kind=fillCorrected"), "\(daemon.text)")
        let why = try desk.ledger("explain", try fill(desk), "--journal", "./desk")
        #expect(why.text.contains("FillCorrected"), "\(why.text)")
        daemon.interrupt()
        #expect(try cash(desk) == 100_000 - 3 * 104)
        try desk.expectWhole()
    }

    @Test func `a fill that the venue takes back leaves no position and no stop`() throws {
        let (desk, daemon) = try Desk.holding()
        try correct(desk, #""qty": "0""#)
        try daemon.wait("the correction") { try desk.count("FillCorrected") == 1 }
        try daemon.wait("no stop") { try desk.orders() == ["filled", "canceled"] }
        // The stream may bring it twice, and the history tells it again at the next start.
        daemon.interrupt()
        let again = try desk.trade()
        again.interrupt()
        #expect(try desk.count("FillCorrected") == 1)
        #expect(try desk.count("DiscrepancyFound") == 0, "\(again.text)")
        #expect(try cash(desk) == 100_000)
        try desk.expectWhole()
    }

    @Test func `a fill that is taken back while no process runs is found at the start`() throws {
        let (desk, daemon) = try Desk.holding()
        daemon.interrupt()
        try correct(desk, #""qty": "0""#)
        let again = try desk.trade()
        try again.wait("the correction") { try desk.count("FillCorrected") == 1 }
        #expect(!again.text.contains("DiscrepancyFound"), "\(again.text)")
        try again.wait("no stop") { try desk.orders() == ["filled", "canceled"] }
        again.interrupt()
        try desk.expectWhole()
    }

    /// Nothing tells what a pruned fill was, so nothing is booked until a person takes the venue's account.
    @Test func `a fill that was pruned and is taken back blocks entries until a synchronisation`()
        throws
    {
        let (desk, daemon) = try Desk.holding()
        daemon.interrupt()
        // Later events, so that what holds the fill can be sealed.
        let later = try desk.trade()
        later.interrupt()
        let first = try fill(desk)
        for words in [
            ["seal", "--keep", "0"], ["prune", "--keep-days", "0", "--force", "--reason", "old"],
        ] {
            let (text, code) = try desk.programs.run(["ledger"] + words + ["--journal", "./desk"])
            try #require(code == 0, "\(words): \(text)")
        }
        let gone = try desk.ledger("show", first, "--journal", "./desk")
        #expect(gone.text.contains("pruned"), "\(gone.text)")
        try correct(desk, #""qty": "0""#)
        let again = try desk.trade()
        try again.waits(for: "which is not in the journal")
        #expect(try desk.count("FillCorrected") == 0)
        again.interrupt()
        let fetched = try desk.programs.run("ledgerd", "snapshot", "--config", "desk.yaml")
        #expect(fetched.code == 0, "\(fetched.text)")
        let sync = try desk.ledger(
            "sync", "--snapshot", "venue.json", "--force", "--reason", "a fill was taken back",
            "--journal", "./desk")
        #expect(sync.code == 0, "\(sync.text)")
        let positions = try held(desk)
        #expect(!positions.contains(#""quantity": "3""#), "\(positions)")
        let (text, code) = try desk.ledger("verify", "--journal", "./desk")
        #expect(code == 0, "\(text)")
    }

    /// An update of the stop that rests at the venue, for 3, as the order stream brings it.
    private func tell(
        _ desk: Desk, _ event: String, _ id: String, of fill: String = "", quantity: Int,
        filled: Int, status: String
    ) throws {
        let text = try desk.ask("GET", "/v2/orders?status=open")
        let orders = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]]
        let stop = try #require(orders?.first)
        let (name, venueName) = (stop["client_order_id"] ?? "", stop["id"] ?? "")
        try desk.ask(
            "POST", "/control/message",
            [
                """
                {"stream": "trade_updates", "data": {"event": "\(event)", "execution_id": "\(id)",
                "previous_execution_id": "\(fill)", "timestamp": "2026-01-02T15:00:00Z",
                "price": "98", "qty": "\(quantity)", "order": {"id": "\(venueName)",
                "client_order_id": "\(name)", "symbol": "A", "side": "sell", "status": "\(status)",
                "qty": "3", "filled_qty": "\(filled)", "stop_price": "98", "type": "stop",
                "time_in_force": "gtc"}}}
                """
            ])
    }

    private func held(_ desk: Desk) throws -> String {
        let (text, _) = try desk.ledger(
            "project", "positions", "--journal", "./desk", "--format", "json")
        return text
    }

    @Test func `a fill that arrives after it was taken back is booked and taken back`() throws {
        let (desk, daemon) = try Desk.holding()
        try tell(desk, "trade_bust", "e2", of: "e1", quantity: 3, filled: 3, status: "filled")
        try daemon.waits(for: "which is not in the journal")
        try tell(desk, "fill", "e1", quantity: 3, filled: 3, status: "filled")
        try daemon.wait("the correction") { try desk.count("FillCorrected") == 1 }
        // It is repeated, and stays booked once.
        try tell(desk, "trade_bust", "e2", of: "e1", quantity: 3, filled: 3, status: "filled")
        daemon.interrupt()
        #expect(try desk.count("FillCorrected") == 1)
        let held = try held(desk)
        #expect(held.contains(#""quantity":"3""#), "\(held)")
        try desk.expectWhole()
    }

    @Test func `a correction of an open order is booked once the order has ended`() throws {
        let (desk, daemon) = try Desk.holding()
        try tell(desk, "partial_fill", "e1", quantity: 1, filled: 1, status: "partially_filled")
        try daemon.wait("the fill") { try desk.count("OrderFilled") == 2 }
        try tell(
            desk, "trade_bust", "e2", of: "e1", quantity: 1, filled: 1, status: "partially_filled")
        try daemon.waits(for: "which belongs to an open order")
        daemon.signal(SIGKILL)
        _ = daemon.end()
        // Killed meanwhile, it still knows what waits.
        let again = try desk.start([
            "ledgerd", "paper", "--config", "desk.yaml", "--journal", "./desk",
        ])
        try again.waits(for: "link=marketData, state=up")
        try tell(desk, "canceled", "", quantity: 0, filled: 1, status: "canceled")
        try again.wait("the correction") { try desk.count("FillCorrected") == 1 }
        again.interrupt()
        let held = try held(desk)
        #expect(held.contains(#""quantity":"3""#), "\(held)")
        try desk.expectWhole()
    }

    @Test func `a correction that no fill matches blocks entries and is told`() throws {
        let (desk, daemon) = try Desk.holding()
        let order = try entry(desk)
        try desk.ask(
            "POST", "/control/message",
            [
                """
                {"stream": "trade_updates", "data": {"event": "trade_bust", "execution_id": "e9",
                "previous_execution_id": "nobody-knows", "timestamp": "2026-01-02T15:00:00Z",
                "price": "103", "qty": "3", "order": {"id": "o9", "client_order_id": "\(order)",
                "symbol": "A", "side": "buy", "status": "filled", "qty": "3", "filled_qty": "3",
                "type": "market", "time_in_force": "day"}}}
                """
            ])
        try daemon.waits(for: "DiscrepancyFound")
        #expect(daemon.text.contains("severity=critical, kind=fillCorrected"), "\(daemon.text)")
        #expect(try desk.count("FillCorrected") == 0)
        daemon.interrupt()
        try desk.expectWhole()
    }

    @Test func `an exit that is refused for good is not hammered, and a person is told`() throws {
        let desk = try Desk()
        try desk.configure(stopLoss: 0, "gate: {min_rejections: 0}")
        let daemon = try desk.trade()
        try desk.rise()
        try daemon.wait("an entry") { try desk.orders() == ["filled"] }
        try desk.faults(#"{"refuse-exit": "1"}"#)
        let flatten = try desk.ledger("flatten", "--reason", "test", "--journal", "./desk")
        #expect(flatten.code == 0, "\(flatten.text)")
        try daemon.waits(for: "kind=unprotected")
        let shown = try desk.ledger(
            "project", "unprotected", "--journal", "./desk", "--format", "csv")
        #expect(shown.text.contains("refused"), "\(shown.text)")
        let gate = try desk.ledger("gate", "status", "--journal", "./desk")
        #expect(gate.text.contains("unprotected since"), "\(gate.text)")
        // Prices that ask for an exit do not make it be sent with each.
        for price in 1...30 { try desk.quote(100 - price) }
        #expect(try desk.count("OrderRejected") <= 6)
        #expect(
            daemon.text.components(separatedBy: "kind=unprotected").count == 2, "one alert")
        try desk.faults("")
        daemon.interrupt()
        try desk.expectWhole()
    }
}
