import Foundation
import LedgerExchange
import LedgerVenues
import Testing

@Suite struct BinanceTests {
    private static let limit = "side=BUY&type=LIMIT&timeInForce=GTC"

    @Test func `a market order answers with its fills, which the trades repeat`() throws {
        let exchange = try TestExchange(.binance, ["venue.fee_basis_points": "10"])
        try exchange.quote("BTCUSDT", "59999", "60001")
        let answer = try exchange.signed(
            "POST", "/api/v3/order",
            "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.5&newClientOrderId=m1")
        #expect(answer.status == 200)
        #expect(answer.value["status"] == "FILLED")
        #expect(answer.value["cummulativeQuoteQty"] == "30000.50000000")
        let fill = answer.value["fills"]?.elements.first
        #expect(fill?["price"] == "60001.00000000")
        #expect(fill?["commission"] == "30.00050000")
        #expect(fill?["commissionAsset"] == "USDT")
        let trades = try exchange.signed("GET", "/api/v3/myTrades", "symbol=BTCUSDT").value
        #expect(trades.elements.first?["id"] == fill?["tradeId"])
        let balances = try exchange.signed("GET", "/api/v3/account", "").value["balances"]
        let coins = balances?.elements.first { $0["asset"] == "BTC" }
        #expect(coins?["free"] == "0.50000000")
        let cash = balances?.elements.first { $0["asset"] == "USDT" }
        #expect(cash?["free"] == "69969.49950000")
    }

    @Test func `signature, key, window and clock are checked`() throws {
        let exchange = try TestExchange(.binance)
        func code(_ answer: HTTPAnswer) -> WireValue? { answer.value["code"] }
        #expect(code(try exchange.signed("GET", "/api/v3/account", "", secret: "no")) == -1022)
        #expect(code(try exchange.ask("GET", "/api/v3/account?timestamp=1")) == -1102)
        let noKey = try exchange.ask("GET", "/api/v3/account", headers: [])
        #expect(noKey.status == 401 && code(noKey) == -2014)
        let badKey = try exchange.ask("GET", "/api/v3/account", headers: ["X-MBX-APIKEY: no"])
        #expect(badKey.status == 401 && code(badKey) == -2015)
        let late = try exchange.signed("GET", "/api/v3/account", "", time: 1)
        #expect(late.status == 400 && code(late) == -1021)
        try exchange.ask("POST", "/control/time", ["skew_ms": -5000])
        let early = try exchange.signed("GET", "/api/v3/account", "")
        #expect(code(early) == -1021)
        #expect(early.value["msg"]?.string?.hasSuffix("ahead of the server's time.") == true)
        try exchange.ask("POST", "/control/time", ["skew_ms": 0])
        #expect(try exchange.signed("GET", "/api/v3/account", "").status == 200)
    }

    /// Rows: what is asked for, Binance's code, the start of its message.
    @Test func `filters and funds refuse with Binance's codes`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        let rows: [(String, Int64, String)] = [
            ("symbol=NOPE&\(Self.limit)&quantity=1&price=1", -1121, "Invalid symbol"),
            (
                "symbol=BTCUSDT&\(Self.limit)&quantity=0.0000001&price=50000", -1013,
                "Filter failure: LOT_SIZE"
            ),
            (
                "symbol=BTCUSDT&\(Self.limit)&quantity=0.000000001&price=50000", -1111,
                "Parameter 'quantity'"
            ),
            (
                "symbol=BTCUSDT&\(Self.limit)&quantity=0.01&price=50000.001", -1013,
                "Filter failure: PRICE_FILTER"
            ),
            (
                "symbol=BTCUSDT&\(Self.limit)&quantity=0.0001&price=40000", -1013,
                "Filter failure: NOTIONAL"
            ),
            (
                "symbol=BTCUSDT&\(Self.limit)&quantity=3&price=50000", -2010,
                "Account has insufficient"
            ),
            ("symbol=BTCUSDT&side=SELL&type=MARKET&quantity=1", -2010, "Account has insufficient"),
            (
                "symbol=BTCUSDT&side=BUY&type=LIMIT_MAKER&quantity=0.01&price=60001", -2010,
                "Order would immediately"
            ),
            ("symbol=BTCUSDT&\(Self.limit)&quantity=0.01", -1102, "Mandatory parameter 'price'"),
            (
                "symbol=BTCUSDT&side=BUY&type=TAKE_PROFIT&quantity=0.01&stopPrice=1", -1116,
                "Invalid orderType"
            ),
        ]
        for (parameters, code, message) in rows {
            let answer = try exchange.signed("POST", "/api/v3/order", parameters)
            #expect(answer.status == 400, "\(parameters)")
            #expect(answer.value["code"] == .integer(code), "\(parameters): \(answer.value)")
            #expect(answer.value["msg"]?.string?.hasPrefix(message) == true, "\(answer.value)")
        }
        let unknown = try exchange.signed(
            "DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=nobody")
        #expect(unknown.value["code"] == -2011)
        let missing = try exchange.signed(
            "GET", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=nobody")
        #expect(missing.value["code"] == -2013)
    }

    @Test func `a name may come again once its order has ended`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        let order = "symbol=BTCUSDT&\(Self.limit)&quantity=0.01&price=50000&newClientOrderId=again"
        let first = try exchange.signed("POST", "/api/v3/order", order)
        #expect(first.value["status"] == "NEW")
        let second = try exchange.signed("POST", "/api/v3/order", order)
        #expect(second.value["code"] == -2010)
        _ = try exchange.signed("DELETE", "/api/v3/order", "symbol=BTCUSDT&origClientOrderId=again")
        let third = try exchange.signed("POST", "/api/v3/order", order)
        #expect(third.status == 200)
        #expect(third.value["orderId"] != first.value["orderId"])
    }

    @Test func `a replacement that cannot cancel places nothing`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        let answer = try exchange.signed(
            "POST", "/api/v3/order/cancelReplace",
            "symbol=BTCUSDT&\(Self.limit)&quantity=0.01&price=50000&cancelReplaceMode=STOP_ON_FAILURE"
                + "&cancelOrigClientOrderId=nobody")
        #expect(answer.status == 400)
        #expect(answer.value["code"] == -2022)
        #expect(answer.value["data"]?["newOrderResult"] == "NOT_ATTEMPTED")
        let open = try exchange.signed("GET", "/api/v3/openOrders", "").value
        #expect(open.elements.isEmpty)
    }

    /// The two requests that the rest of a replaced order's safety stands on.
    @Test func `a cancel may be meant for an order without fills only`() throws {
        let exchange = try TestExchange(
            .binance, ["venue.participation_basis_points": "10000"])
        try exchange.quote("BTCUSDT", "59999", "60001", size: "0.01")
        let order = "symbol=BTCUSDT&\(Self.limit)&quantity=0.03&price=60001&newClientOrderId=part"
        #expect(
            try exchange.signed("POST", "/api/v3/order", order).value["status"]
                == "PARTIALLY_FILLED")
        let reference = "symbol=BTCUSDT&origClientOrderId=part&cancelRestrictions="
        let refused = try exchange.signed("DELETE", "/api/v3/order", reference + "ONLY_NEW")
        #expect(refused.status == 400 && refused.value["code"] == -2011)
        #expect(
            refused.value["msg"] == "Order was not canceled due to cancel restrictions.")
        let replacement =
            "symbol=BTCUSDT&\(Self.limit)&quantity=0.03&price=50000&cancelRestrictions=ONLY_NEW"
            + "&cancelOrigClientOrderId=part&cancelReplaceMode="
        let stopped = try exchange.signed(
            "POST", "/api/v3/order/cancelReplace", replacement + "STOP_ON_FAILURE")
        #expect(stopped.status == 400 && stopped.value["code"] == -2022)
        #expect(stopped.value["data"]?["cancelResponse"]?["code"] == -2011)
        #expect(stopped.value["data"]?["newOrderResult"] == "NOT_ATTEMPTED")
        let allowed = try exchange.signed(
            "POST", "/api/v3/order/cancelReplace", replacement + "ALLOW_FAILURE")
        #expect(allowed.status == 409 && allowed.value["code"] == -2021)
        #expect(allowed.value["data"]?["cancelResult"] == "FAILURE")
        #expect(allowed.value["data"]?["newOrderResult"] == "SUCCESS")
        let partly = try exchange.signed(
            "DELETE", "/api/v3/order", reference + "ONLY_PARTIALLY_FILLED")
        #expect(partly.value["status"] == "CANCELED" && partly.value["executedQty"] == "0.01000000")
    }

    @Test func `a replacement that no filter takes cancels nothing`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        _ = try exchange.signed(
            "POST", "/api/v3/order",
            "symbol=BTCUSDT&\(Self.limit)&quantity=0.01&price=50000&newClientOrderId=stays")
        let answer = try exchange.signed(
            "POST", "/api/v3/order/cancelReplace",
            "symbol=BTCUSDT&\(Self.limit)&quantity=0.0000001&price=50000"
                + "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=stays")
        #expect(answer.status == 400 && answer.value["code"] == -1013)
        let late = try exchange.signed(
            "POST", "/api/v3/order/cancelReplace",
            "symbol=BTCUSDT&\(Self.limit)&quantity=9&price=50000"
                + "&cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=stays")
        #expect(late.status == 409 && late.value["code"] == -2021)
        #expect(late.value["data"]?["newOrderResponse"]?["code"] == -2010)
        #expect(late.value["data"]?["cancelResponse"]?["origClientOrderId"] == "stays")
    }

    @Test func `an order is made smaller in its place, and no other way`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        let placed = try exchange.signed(
            "POST", "/api/v3/order",
            "symbol=BTCUSDT&\(Self.limit)&quantity=0.03&price=50000&newClientOrderId=big"
        ).value
        func amend(_ quantity: String) throws -> HTTPAnswer {
            try exchange.signed(
                "PUT", "/api/v3/order/amend/keepPriority",
                "symbol=BTCUSDT&origClientOrderId=big&newClientOrderId=big&newQty=\(quantity)")
        }
        #expect(try amend("0.04").value["code"] == -2038)
        #expect(try amend("0.03").value["code"] == -2038)
        let order = try amend("0.01").value["amendedOrder"]
        #expect(order?["orderId"] == placed["orderId"] && order?["qty"] == "0.01000000")
        #expect(order?["origClientOrderId"] == "big" && order?["status"] == "NEW")
    }

    @Test func `trades are asked for by number, or within a day`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        for name in ["a", "b", "c"] {
            _ = try exchange.signed(
                "POST", "/api/v3/order",
                "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01&newClientOrderId=\(name)")
        }
        func trades(_ more: String) throws -> HTTPAnswer {
            try exchange.signed("GET", "/api/v3/myTrades", "symbol=BTCUSDT&" + more)
        }
        let all = try trades("limit=1000").value.elements
        try #require(all.count == 3)
        let second = try #require(all[1]["id"]?.string)
        #expect(try trades("fromId=\(second)").value.elements == Array(all[1...]))
        #expect(try trades("fromId=\(second)&limit=1").value.elements == [all[1]])
        #expect(try trades("limit=1").value.elements == [all[2]], "the newest without a start")
        #expect(try trades("startTime=0&endTime=86400001").value["code"] == -1127)
        #expect(try trades("fromId=1&startTime=0").value["code"] == -1128)
    }

    @Test func `a socket hears of one subscription, of its end, and of the exchange's`() throws {
        let exchange = try TestExchange(.binance)
        let socket = try WebSocketClient(port: exchange.port, "/ws-api/v3")
        func ask(_ method: String, _ id: Int64) throws -> WireValue {
            let time = Int64(Date().timeIntervalSince1970 * 1000)
            let text = "apiKey=local-key&timestamp=\(time)"
            try socket.send([
                "id": .integer(id), "method": .text(method),
                "params": [
                    "apiKey": "local-key", "timestamp": .integer(time),
                    "signature": .text(try TestExchange.hmac(text, "local-secret")),
                ],
            ])
            return try socket.value()
        }
        let first = try ask("userDataStream.subscribe.signature", 1)
        #expect(first["status"] == 200 && first["result"]?["subscriptionId"] == 0)
        let second = try ask("userDataStream.subscribe.signature", 2)
        #expect(second["status"] == 400 && second["error"]?["code"] == -2035)
        #expect(try ask("userDataStream.unsubscribe", 3)["status"] == 200)
        #expect(try socket.value()["event"]?["e"] == "eventStreamTerminated")
        try exchange.stop()
        #expect(try socket.value()["event"]?["e"] == "serverShutdown")
    }

    @Test func `the user stream reports with both names of a cancel`() throws {
        let exchange = try TestExchange(.binance)
        try exchange.quote("BTCUSDT", "59999", "60001")
        let key = try exchange.ask("POST", "/api/v3/userDataStream").value["listenKey"]?.string
        let stream = try WebSocketClient(port: exchange.port, "/ws/\(try #require(key))")
        _ = try exchange.signed(
            "POST", "/api/v3/order",
            "symbol=BTCUSDT&\(Self.limit)&quantity=0.01&price=50000&newClientOrderId=rest")
        let new = try stream.value()
        #expect(new["e"] == "executionReport" && new["x"] == "NEW" && new["c"] == "rest")
        let position = try stream.value()
        #expect(position["e"] == "outboundAccountPosition")
        let cash = position["B"]?.elements.first { $0["a"] == "USDT" }
        #expect(cash?["l"] == "500.00000000")
        _ = try exchange.signed(
            "DELETE", "/api/v3/order",
            "symbol=BTCUSDT&origClientOrderId=rest&newClientOrderId=stop")
        let cancelled = try stream.value()
        #expect(cancelled["x"] == "CANCELED" && cancelled["X"] == "CANCELED")
        #expect(cancelled["c"] == "stop" && cancelled["C"] == "rest")
    }

    @Test func `weights are counted, then limited, then banned`() throws {
        let exchange = try TestExchange(.binance, ["exchange.binance_limit": "60"])
        var statuses: [Int] = []
        for _ in 0..<24 {
            let answer = try exchange.ask("GET", "/api/v3/exchangeInfo")
            statuses.append(answer.status)
            #expect(answer.headers["x-mbx-used-weight-1m"] != nil)
            if answer.status != 200 {
                #expect(Int(answer.headers["retry-after"] ?? "") ?? 0 > 0)
                #expect(answer.value["code"] == -1003)
            }
        }
        // A minute may have ended in between; a ban does not end with it.
        #expect(Set(statuses).isSubset(of: [200, 429, 418]))
        #expect(statuses.contains(429))
    }
}
