import LedgerExchange
import LedgerVenues
import Testing

@Suite struct AlpacaTests {
    @Test func `a market order is taken, filled at the standing quote, and told in order`() throws {
        let exchange = try TestExchange(.alpaca)
        let stream = try exchange.openOrderStream()
        try exchange.quote("AAPL", "189.99", "190.01")
        let answer = try exchange.order("one", [])
        #expect(answer.status == 200)
        #expect(answer.value["status"] == "accepted")
        #expect(answer.value["filled_qty"] == "0")
        let new = try stream.value()["data"]
        #expect(new?["event"] == "new")
        #expect(new?["order"]?["status"] == "new")
        let fill = try stream.value()["data"]
        #expect(fill?["event"] == "fill")
        #expect(fill?["price"] == "190.01")
        #expect(fill?["qty"] == "10")
        #expect(fill?["position_qty"] == "10")
        #expect(fill?["order"]?["client_order_id"] == "one")
        let position = try exchange.ask("GET", "/v2/positions/AAPL").value
        #expect(position["qty"] == "10")
        #expect(position["avg_entry_price"] == "190.01")
        #expect(try exchange.ask("GET", "/v2/account").value["cash"] == "98099.9")
        let activity = try exchange.ask("GET", "/v2/account/activities/FILL").value.elements
        #expect(activity.count == 1)
        let execution = try #require(activity.first?["id"]?.string).split(separator: "::")
        #expect(String(execution[1]) == fill?["execution_id"]?.string)
    }

    @Test func `a name is used once`() throws {
        let exchange = try TestExchange(.alpaca)
        try exchange.quote("AAPL", "189.99", "190.01")
        #expect(try exchange.order("one", []).status == 200)
        let again = try exchange.order("one", [])
        #expect(again.status == 422)
        #expect(again.value["code"] == 40_010_001)
        #expect(try exchange.ask("GET", "/v2/orders?status=all").value.elements.count == 1)
    }

    /// Rows: what is asked for, the status, Alpaca's code.
    @Test func `what cannot be is refused with Alpaca's codes`() throws {
        let exchange = try TestExchange(.alpaca)
        try exchange.quote("AAPL", "189.99", "190.01")
        let rows: [([(String, WireValue)], Int, Int64)] = [
            ([("symbol", "NOPE")], 422, 42_210_000),
            ([("side", "hold")], 422, 42_210_000),
            ([("type", "trailing_stop")], 422, 42_210_000),
            ([("type", "limit")], 422, 42_210_000),
            ([("type", "limit"), ("limit_price", "1.001")], 422, 42_210_000),
            ([("qty", "0")], 422, 42_210_000),
            ([("qty", "-1")], 422, 42_210_000),
            ([("time_in_force", "opg")], 422, 42_210_000),
            ([("order_class", "bracket")], 422, 42_210_000),
            ([("qty", "1000000")], 403, 40_310_000),
            ([("side", "sell")], 403, 40_310_000),
        ]
        for (index, (body, status, code)) in rows.enumerated() {
            let answer = try exchange.order("row-\(index)", body)
            #expect(answer.status == status, "row \(index): \(answer.value)")
            #expect(answer.value["code"] == .integer(code), "row \(index)")
        }
        #expect(try exchange.ask("GET", "/v2/orders?status=all").value.elements.isEmpty)
        let bad = try exchange.ask("POST", "/v2/orders", "no object")
        #expect(bad.status == 422)
    }

    @Test func `a replacement is another order, which the old one names`() throws {
        let exchange = try TestExchange(.alpaca)
        let stream = try exchange.openOrderStream()
        try exchange.quote("AAPL", "189.99", "190.01")
        let old = try exchange.order("old", [("type", "limit"), ("limit_price", "180")]).value
        let id = try #require(old["id"]?.string)
        let answer = try exchange.ask(
            "PATCH", "/v2/orders/\(id)",
            ["qty": "7", "limit_price": "181", "client_order_id": "new"])
        #expect(answer.status == 200)
        let new = try #require(answer.value["id"]?.string)
        #expect(answer.value["replaces"] == .text(id))
        let replaced = try exchange.ask("GET", "/v2/orders/\(id)").value
        #expect(replaced["status"] == "replaced")
        #expect(replaced["replaced_by"] == .text(new))
        #expect(replaced["qty"] == "10")
        let current = try exchange.ask(
            "GET", "/v2/orders:by_client_order_id?client_order_id=new"
        ).value
        #expect(current["id"] == .text(new))
        #expect(current["qty"] == "7")
        #expect(try exchange.ask("DELETE", "/v2/orders/\(id)").status == 422)
        #expect(try exchange.ask("DELETE", "/v2/orders/\(new)").status == 204)
        var events: [String] = []
        for _ in 0..<4 { events.append(try stream.value()["data"]?["event"]?.string ?? "") }
        #expect(events == ["new", "replaced", "new", "canceled"])
    }

    @Test func `a replacement of a partly filled order counts from nothing`() throws {
        let exchange = try TestExchange(
            .alpaca, ["venue.participation_basis_points": "10000"])
        try exchange.quote("AAPL", "189.99", "190.01", size: "4")
        let old = try exchange.order("old", [("type", "limit"), ("limit_price", "190.01")]).value
        let id = try #require(old["id"]?.string)
        let stream = try exchange.openOrderStream()
        let new = try exchange.ask(
            "PATCH", "/v2/orders/\(id)", ["limit_price": "190.02", "client_order_id": "new"]
        ).value
        #expect(new["qty"] == "10" && new["filled_qty"] == "0", "what the old one was made with")
        let replaced = try exchange.ask("GET", "/v2/orders/\(id)").value
        #expect(replaced["status"] == "replaced" && replaced["filled_qty"] == "4")
        try exchange.quote("AAPL", "189.99", "190.02", size: "50")
        let filled = try exchange.ask(
            "GET", "/v2/orders:by_client_order_id?client_order_id=new"
        ).value
        #expect(filled["status"] == "filled" && filled["filled_qty"] == "10")
        #expect(filled["filled_avg_price"] == "190.02")
        #expect(try exchange.ask("GET", "/v2/positions/AAPL").value["qty"] == "14")
        let events = try (0..<3).map { _ in try stream.value()["data"] }
        #expect(events.map { $0?["event"] } == ["replaced", "new", "fill"])
        #expect(events[0]?["order"]?["filled_qty"] == "4")
        #expect(events[2]?["order"]?["filled_qty"] == "10" && events[2]?["qty"] == "10")
        let activities = try exchange.ask("GET", "/v2/account/activities/FILL").value.elements
        #expect(activities.map { $0["cum_qty"] } == ["10", "4"], "the newest first")
    }

    /// Rows: what is asked for, the start of the refusal.
    @Test func `parts of a share, extended hours and amounts have rules of their own`() throws {
        let exchange = try TestExchange(.alpaca)
        try exchange.quote("AAPL", "189.99", "190.01")
        try exchange.quote("BTC/USD", "59999", "60001")
        let limit: [(String, WireValue)] = [("type", "limit"), ("limit_price", "180")]
        let rows: [([(String, WireValue)], String)] = [
            ([("qty", "1.5")], "fractional orders must be DAY orders"),
            ([("qty", nil), ("notional", "500")], "fractional orders must be DAY orders"),
            (limit + [("extended_hours", true)], "extended hours order must be DAY limit"),
            (
                [
                    ("type", "stop"), ("stop_price", "150"), ("side", "sell"),
                    ("time_in_force", "ioc"),
                ],
                "time_in_force ioc"
            ),
            (
                [("symbol", "BTC/USD"), ("qty", "0.1"), ("type", "stop"), ("stop_price", "70000")],
                "invalid order type for crypto"
            ),
            ([("type", "stop"), ("stop_price", "195.001")], "invalid stop_price 195.001"),
        ]
        for (index, (body, message)) in rows.enumerated() {
            let answer = try exchange.order("row-\(index)", body)
            #expect(answer.status == 422, "row \(index): \(answer.value)")
            #expect(answer.value["message"]?.string?.hasPrefix(message) == true, "\(answer.value)")
        }
        let part = try exchange.order("part", limit + [("qty", "1.5"), ("time_in_force", "day")])
        let id = try #require(part.value["id"]?.string)
        #expect(try exchange.ask("PATCH", "/v2/orders/\(id)", ["qty": "2"]).status == 422)
        let moved = try exchange.ask("PATCH", "/v2/orders/\(id)", ["limit_price": "181"]).value
        #expect(moved["qty"] == "1.5" && moved["limit_price"] == "181")
        let late = try exchange.order(
            "late", limit + [("extended_hours", true), ("time_in_force", "day")])
        #expect(late.status == 200 && late.value["extended_hours"] == true)
    }

    @Test func `a partial fill takes what the quote offers and the rest waits`() throws {
        let exchange = try TestExchange(
            .alpaca, ["venue.participation_basis_points": "10000"])
        try exchange.quote("AAPL", "189.99", "190.01", size: "4")
        try exchange.order("part", [("type", "limit"), ("limit_price", "190.01")])
        var order = try exchange.ask("GET", "/v2/orders").value.elements[0]
        #expect(order["status"] == "partially_filled")
        #expect(order["filled_qty"] == "4")
        try exchange.quote("AAPL", "189.99", "190.01", size: "50")
        order = try exchange.ask("GET", "/v2/orders?status=closed").value.elements[0]
        #expect(order["status"] == "filled")
        #expect(try exchange.ask("GET", "/v2/account/activities").value.elements.count == 2)
    }

    @Test func `a standing quote gives what it has once`() throws {
        let exchange = try TestExchange(
            .alpaca, ["venue.participation_basis_points": "5000"])
        try exchange.quote("AAPL", "189.99", "190.01", size: "20")
        for name in ["first", "second", "third"] {
            try exchange.order(name, [("qty", "4"), ("time_in_force", "ioc")])
        }
        let orders = try exchange.ask("GET", "/v2/orders?status=all&direction=asc").value.elements
        #expect(orders.map { $0["filled_qty"] } == ["4", "4", "2"])
        #expect(orders.last?["status"] == "canceled")
    }

    @Test func `keys that are missing and wrong are refused`() throws {
        let exchange = try TestExchange(.alpaca)
        #expect(try exchange.ask("GET", "/v2/account", headers: []).status == 401)
        let wrong = ["APCA-API-KEY-ID: local-key", "APCA-API-SECRET-KEY: other"]
        #expect(try exchange.ask("GET", "/v2/account", headers: wrong).status == 403)
        let stream = try WebSocketClient(port: exchange.port, "/stream")
        try stream.send([
            "action": "authenticate", "data": ["key_id": "local-key", "secret_key": "no"],
        ])
        #expect(try stream.value()["data"]?["status"] == "unauthorized")
        #expect(throws: SocketClient.Failure.self) { try stream.value() }
    }

    @Test func `the data stream says the same in JSON and in MessagePack`() throws {
        let exchange = try TestExchange(.alpaca)
        let plain = try WebSocketClient(port: exchange.port, "/v2/iex")
        let packed = try WebSocketClient(
            port: exchange.port, "/v2/iex", headers: ["Content-Type: application/msgpack"])
        let auth: WireValue = ["action": "auth", "key": "local-key", "secret": "local-secret"]
        let subscribe: WireValue = ["action": "subscribe", "quotes": ["AAPL"], "trades": ["*"]]
        for message in [auth, subscribe] {
            try plain.send(message)
            try packed.send(MessagePack.encode(message), opcode: 2)
        }
        for expected in ["success", "success", "subscription"] {
            #expect(try plain.value().elements[0]["T"] == .text(expected))
            #expect(
                try MessagePack.decode(packed.receive().bytes).elements[0]["T"] == .text(expected))
        }
        try exchange.quote("AAPL", "189.99", "190.01")
        try exchange.ask("POST", "/control/trade", ["symbol": "AAPL", "price": "190", "size": "3"])
        for type in ["q", "t"] {
            let one = try plain.value().elements[0]
            let other = try MessagePack.decode(packed.receive().bytes).elements[0]
            #expect(one["T"] == .text(type))
            #expect(one.members.map(\.name) == other.members.map(\.name))
            #expect(one["t"]?.string == other["t"]?.string)
            // A number has no fraction in one and a double in the other.
            for name in ["bp", "ap", "p", "s"] {
                #expect(one[name]?.string == other[name]?.string, "\(name)")
            }
        }
    }

    @Test func `pages of history hold each row once`() throws {
        let exchange = try TestExchange(.alpaca)
        for step in 0..<7 {
            try exchange.quote("AAPL", "18\(step)", "19\(step)")
        }
        var prices: [String] = []
        var token = ""
        repeat {
            let page = try exchange.ask(
                "GET", "/v2/stocks/quotes?symbols=AAPL&limit=3\(token)"
            ).value
            prices += page["quotes"]?["AAPL"]?.elements.compactMap { $0["bp"]?.string } ?? []
            token = (page["next_page_token"]?.string).map { "&page_token=\($0)" } ?? ""
        } while !token.isEmpty
        #expect(prices == (0..<7).map { "18\($0)" })
    }
}
