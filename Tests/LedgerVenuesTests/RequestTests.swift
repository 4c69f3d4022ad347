import AlpacaWire
import BinanceWire
import LedgerDomain
import LedgerEvents
import Testing

@testable import LedgerVenues

@Suite struct RequestTests {
    private func order(
        _ type: OrderType = .limit, _ time: TimeInForce = .goodTillCancelled,
        _ symbol: String = "AAPL"
    ) -> OrderRequest {
        OrderRequest(
            clientOrder: "id-1", symbol: symbol, side: .sell, orderType: type, timeInForce: time,
            quantity: Quantity(raw: 1_500_000_000),
            limitPrice: type == .limit || type == .stopLimit ? Price(raw: 10_250_000_000) : .zero,
            stopPrice: type == .stop || type == .stopLimit ? Price(raw: 9_000_000_000) : .zero)
    }

    private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    @Test func `Alpaca gets an order as JSON`() throws {
        let request = try AlpacaRequests.submit(order(.stopLimit, .day))
        #expect(request.method == .post && request.path == "/v2/orders" && request.isOrder)
        #expect(
            text(request.body)
                == #"{"symbol":"AAPL","side":"sell","type":"stop_limit","time_in_force":"day","#
                + #""qty":"1.5","limit_price":"10.25","stop_price":"9","client_order_id":"id-1"}"#)
        let change = try AlpacaRequests.replace("a/../b", with: order(.limit, .day))
        #expect(change.method == .patch && change.path == "/v2/orders/a%2F..%2Fb")
        #expect(
            text(AlpacaRequests.order(client: "a b&c").query) == "client_order_id=a%20b%26c")
    }

    @Test func `Alpaca takes a part of a share for the day only`() throws {
        var order = order(.limit, .goodTillCancelled)
        #expect(throws: VenueFault.self) { try AlpacaRequests.submit(order) }
        order.symbol = "BTC/USD"
        #expect(try !AlpacaRequests.submit(order).body.isEmpty)
        (order.symbol, order.quantity) = ("AAPL", Quantity(raw: 2_000_000_000))
        #expect(try !AlpacaRequests.submit(order).body.isEmpty)
    }

    @Test func `Binance gets an order as a query`() throws {
        let request = try BinanceRequests.submit(order(.stopLimit, .goodTillCancelled, "BTCUSDT"))
        #expect(
            text(request.query)
                == "symbol=BTCUSDT&side=SELL&type=STOP_LOSS_LIMIT&timeInForce=GTC&price=10.25"
                + "&quantity=1.5&stopPrice=9&newClientOrderId=id-1&newOrderRespType=FULL")
        let market = try BinanceRequests.submit(order(.market, .immediateOrCancel, "BTCUSDT"))
        #expect(text(market.query).contains("type=MARKET&quantity=1.5&newClientOrderId"))
        let change = try BinanceRequests.replace(
            OrderReference(clientOrder: "old", symbol: "BTCUSDT"),
            with: order(.limit, .goodTillCancelled, "BTCUSDT"), cancelID: "replace-1")
        #expect(text(change.query).contains("cancelReplaceMode=STOP_ON_FAILURE"))
        #expect(text(change.query).contains("cancelRestrictions=ONLY_NEW"))
    }

    @Test(arguments: [
        (OrderType.stop, TimeInForce.goodTillCancelled, "BTC/USD"), (.limit, .day, "BTC/USD"),
        (.limit, .fillOrKill, "BTC/USD"), (.stop, .immediateOrCancel, "AAPL"),
        (.stopLimit, .fillOrKill, "AAPL"),
    ])
    func `Alpaca's missing orders are refused by name`(
        _ type: OrderType, _ time: TimeInForce, _ symbol: String
    ) {
        #expect(throws: VenueFault.self) { try AlpacaRequests.submit(order(type, time, symbol)) }
    }

    @Test(arguments: [
        (OrderType.limit, TimeInForce.day), (.market, .fillOrKill), (.stop, .fillOrKill),
        (.stop, .immediateOrCancel),
    ])
    func `Binance's missing orders are refused by name`(_ type: OrderType, _ time: TimeInForce) {
        #expect(throws: VenueFault.self) { try BinanceRequests.submit(order(type, time, "X")) }
    }

    @Test func `a signature covers what is sent, as it is sent`() {
        let signing = BinanceSigning(receiveWindow: 5000) { Array("\($0.count)".utf8) }
        let signed = signing.signed(
            Array("symbol=X".utf8), now: Timestamp(nanoseconds: 1_499_827_319_559_999_999))
        #expect(
            text(signed) == "symbol=X&recvWindow=5000&timestamp=1499827319559&signature=3438",
            "the hash is of 48 bytes")
        let alone = signing.signed([], now: .zero)
        #expect(text(alone).hasPrefix("recvWindow=5000&timestamp=0&signature="))
    }

    @Test func `a back-off is of full jitter, and the same for a seed`() {
        let rules = Backoff.Rules(base: Nanoseconds(1000), cap: Nanoseconds(6000))
        var (first, second) = (Backoff(rules, seed: 7), Backoff(rules, seed: 7))
        var seen: [Int64] = []
        for limit: Int64 in [1000, 2000, 4000, 6000, 6000, 6000] {
            let wait = first.next()
            #expect(wait == second.next() && (0..<limit).contains(wait.count))
            seen.append(wait.count)
        }
        #expect(seen.max() ?? 0 > 1000, "it spreads")
        for _ in 0..<200 { #expect(first.next().count < 6000) }
        first.reset()
        #expect(first.next().count < 1000)
    }

    @Test func `questions leave orders their reserve`() {
        var budget = RequestBudget(
            RequestBudget.Rules(perMinute: 60, burst: 10, reserve: 4), now: 0)
        for _ in 0..<6 { #expect(budget.spend(1, isOrder: false, now: 0) == .go) }
        #expect(budget.spend(1, isOrder: false, now: 0) == .wait(Nanoseconds(1_000_000_001)))
        for _ in 0..<4 { #expect(budget.spend(1, isOrder: true, now: 0) == .go) }
        #expect(budget.spend(1, isOrder: true, now: 0) == .wait(Nanoseconds(1_000_000_001)))
        #expect(budget.spend(1, isOrder: true, now: 1_000_000_000) == .go)
        #expect(budget.spend(80, isOrder: false, now: 60_000_000_000) == .go, "when it is full")
    }

    @Test func `entries leave a part of the budget for exits`() {
        var budget = RequestBudget(
            RequestBudget.Rules(perMinute: 60, burst: 10, reserve: 4, exitReserve: 2), now: 0)
        for _ in 0..<6 { #expect(budget.spend(1, isOrder: false, now: 0) == .go) }
        for _ in 0..<2 { #expect(budget.spend(1, isOrder: true, now: 0) == .go) }
        #expect(budget.spend(1, isOrder: true, now: 0) == .wait(Nanoseconds(1_000_000_001)))
        for _ in 0..<2 {
            #expect(budget.spend(1, isOrder: true, reducesRisk: true, now: 0) == .go)
        }
        #expect(budget.spend(1, isOrder: true, reducesRisk: true, now: 0) != .go)
    }

    @Test func `what the venue says of its count is believed`() {
        let rules = RequestBudget.Rules(perMinute: 60, burst: 60, reserve: 0)
        var budget = RequestBudget(rules, now: 0)
        budget.observe(used: 59, now: 0)
        #expect(budget.spend(1, isOrder: true, now: 0) == .go)
        #expect(budget.spend(1, isOrder: true, now: 0) != .go)
        budget.pause(Nanoseconds(5_000_000_000), now: 0)
        #expect(
            budget.spend(1, isOrder: true, now: 4_000_000_000) == .wait(Nanoseconds(1_000_000_000)))
        #expect(budget.spend(1, isOrder: true, now: 5_000_000_000) == .go)
    }

    @Test(
        arguments: [
            ("120", 120), ("0", 0), ("999999999", 604_800), ("Thu, 01 Jan 1970 00:01:40 GMT", 90),
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ] as [(String, Int64)])
    func `Retry-After is seconds or a date`(_ text: String, _ seconds: Int64) {
        let wait = RetryAfter.read(text, now: Timestamp(nanoseconds: 10_000_000_000))
        #expect(wait == Nanoseconds(seconds * 1_000_000_000))
    }

    @Test(arguments: ["", "soon", "-1", "1.5", "9999999999", "Thu, 01 Foo 1970 00:00:00 GMT"])
    func `what is no Retry-After is none`(_ text: String) {
        #expect(RetryAfter.read(text, now: .zero) == nil)
    }
}
