import LedgerExchange
import LedgerVenues
import Testing

@Suite struct FaultTests {
    private func places(_ exchange: TestExchange) throws -> Int {
        try exchange.ask("GET", "/v2/orders?status=all").value.elements.count
    }

    /// Rows: the fault, what a client hears, and whether the order exists all the same.
    @Test func `what is done stays done, whatever the client hears`() throws {
        let rows: [(String, Int?, Bool)] = [
            ("reject=1", 403, false), ("rate-limit=1,retry-after-s=7", 429, false),
            ("ban=1", 403, false), ("error-before-accept=1", 503, false),
            ("maintenance=1", 503, false), ("rest-outage=1", 503, false),
            ("lost-request=1", nil, false),
            ("error-after-accept=1", 500, true), ("timeout-after-accept=1", 504, true),
            ("silence-after-accept=1", nil, true),
        ]
        for (fault, status, exists) in rows {
            let exchange = try TestExchange(.alpaca)
            try exchange.quote("AAPL", "189.99", "190.01")
            try exchange.faults(fault)
            if let status {
                let answer = try exchange.order("one", [])
                #expect(answer.status == status, "\(fault)")
                if status == 429 { #expect(answer.headers["retry-after"] == "7") }
            } else {
                #expect(throws: SocketClient.Failure.self) { try exchange.order("one", []) }
            }
            try exchange.faults("")
            #expect(try places(exchange) == (exists ? 1 : 0), "\(fault)")
        }
    }

    @Test func `Binance says -1007 of an outcome that is not known`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        try exchange.faults("timeout-after-accept=1")
        let order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=lost"
        let answer = try exchange.signed("POST", "/api/v3/order", order)
        #expect(answer.value["code"] == -1007)
        let found = try exchange.signed(
            "GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=lost")
        #expect(found.value["status"] == "FILLED")
        try exchange.faults("ban=1,retry-after-s=30")
        let banned = try exchange.ask("GET", "/api/v3/time")
        #expect(banned.status == 418)
        #expect(banned.headers["retry-after"] == "30")
    }

    /// Rows: the fault, and which of the events `new`, `fill` arrive before the stream ends.
    @Test func `order updates are dropped, doubled, swapped and cut`() throws {
        let rows: [(String, [String], Bool)] = [
            ("duplicate=1", ["new", "new", "fill", "fill"], false),
            ("reorder=1", ["fill", "new"], false), ("disconnect=1", [], true),
            ("half-frame=1", [], true), ("drop=1", [], false),
        ]
        for (fault, events, ends) in rows {
            let exchange = try TestExchange(.alpaca)
            try exchange.quote("AAPL", "189.99", "190.01")
            let stream = try exchange.openOrderStream()
            try exchange.faults(fault)
            #expect(try exchange.order("one", []).status == 200)
            var heard: [String] = []
            for _ in events { heard.append(try stream.value()["data"]?["event"]?.string ?? "") }
            #expect(heard == events, "\(fault)")
            if ends {
                #expect(throws: SocketClient.Failure.self, "\(fault)") { try stream.value() }
            }
            if fault == "drop=1" {
                // The next one that is not lost is the first that arrives.
                try exchange.faults("")
                try exchange.order("two", [("type", "limit"), ("limit_price", "1")])
                #expect(try stream.value()["data"]?["order"]?["client_order_id"] == "two")
            }
        }
    }

    @Test func `the same seed draws the same faults`() throws {
        func statuses(_ seed: Int) throws -> [Int] {
            let exchange = try TestExchange(
                .alpaca, ["exchange.faults": "error-before-accept=0.4,seed=\(seed)"])
            return try (0..<40).map { _ in try exchange.ask("GET", "/v2/clock").status }
        }
        let first = try statuses(7)
        #expect(try statuses(7) == first)
        #expect(try statuses(8) != first)
        #expect(Set(first) == [200, 503])
    }

    @Test func `plans that cannot be are refused`() throws {
        for text in ["drop=2", "drop=-1", "nothing=1", "drop", "delay=x"] {
            #expect(throws: (any Error).self, "\(text)") { try FaultPlan(text) }
        }
        #expect(try FaultPlan("drop=0.1, clock-skew-ms=-1272").text.contains("clock-skew-ms=-1272"))
    }
}
