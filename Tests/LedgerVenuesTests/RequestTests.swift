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

    @Test func `parts of a share are sold at the market, for the day`() throws {
        var order = order(.market, .goodTillCancelled)
        order.quantity = Quantity(raw: 10_500_000_000)
        let body = String(decoding: try AlpacaRequests.submit(order).body, as: UTF8.self)
        #expect(body.contains(#""time_in_force":"day""#) && body.contains(#""qty":"10.5""#))
        order.quantity = Quantity(raw: 10_000_000_000)
        let whole = String(decoding: try AlpacaRequests.submit(order).body, as: UTF8.self)
        #expect(whole.contains(#""time_in_force":"gtc""#))
        order.symbol = "BTC/USD"
        order.quantity = Quantity(raw: 500_000_000)
        let coin = String(decoding: try AlpacaRequests.submit(order).body, as: UTF8.self)
        #expect(coin.contains(#""time_in_force":"gtc""#))
    }

    @Test func `instruments that cannot be read and filters that are new hide no other`() throws {
        let info = try BinanceExchangeInfo(
            Array(
                #"""
                {"serverTime":1565246363776,"exchangeFilters":[],"sors":[],"symbols":[
                {"symbol":"OLDUSDT","filters":[{"filterType":"LOT_SIZE","stepSize":"1e50"}]},
                {"symbol":"BTCUSDT","status":"CANCEL_ONLY","baseAsset":"BTC","quoteAsset":"USDT",
                "executionRules":[{"ruleType":"PRICE_RANGE","bidLimitMultUp":"1.1","note":null}],
                "referencePrice":{"price":"60000","calculationMethod":4},
                "filters":[{"filterType":"REFERENCE_PRICE","multiplier":"9e99","on":true},
                {"filterType":"LOT_SIZE","stepSize":"0.00001","minQty":"0.00001","maxQty":"9000"},
                {"filterType":"SOMETHING_NEW","list":[1,{"a":[]}]}]}]}
                """#.utf8))
        #expect(info.instruments.map(\.symbol) == ["BTCUSDT"])
        #expect(info.instruments[0].filters.lot.raw == 10_000 && !info.instruments[0].isTradable)
        let assets = try AlpacaAssets(
            Array(
                #"""
                [{"class":"us_equity","status":"active"},{"symbol":"ES","class":"us_future",
                "status":"active","tradable":true},{"symbol":"AAPL","class":"us_equity",
                "status":"active","tradable":true,"fractionable":true}]
                """#.utf8))
        #expect(assets.instruments.map(\.symbol) == ["ES", "AAPL"])
        #expect(!assets.instruments[0].isTradable && assets.instruments[1].isTradable)
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
        let signing = BinanceSigning(receiveWindow: 5000, hash: { Array("\($0.count)".utf8) })
        let signed = signing.signed(
            Array("symbol=X".utf8), now: Timestamp(nanoseconds: 1_499_827_319_559_999_999))
        #expect(
            text(signed) == "symbol=X&recvWindow=5000&timestamp=1499827319559&signature=3438",
            "the hash is of 48 bytes")
        let alone = signing.signed([], now: .zero)
        #expect(text(alone).hasPrefix("recvWindow=5000&timestamp=0&signature="))
    }

    @Test func `a secret that is an Ed25519 key is told from one for HMAC`() {
        // The key of RFC 8032, section 7.1, test 1.
        let line = "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"
        let pem = "-----BEGIN PRIVATE KEY-----\n\(line)\n-----END PRIVATE KEY-----\n"
        let seed = BinancePrivateKey.seed(of: Secret(line))
        #expect(seed?.count == 32 && seed?.prefix(4) == [0x9d, 0x61, 0xb1, 0x9d])
        #expect(BinancePrivateKey.seed(of: Secret(pem)) == seed)
        let secret = String(repeating: "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP", count: 2)
        #expect(BinancePrivateKey.seed(of: Secret(secret)) == nil)
        for bytes in [[], [1], [1, 2], [1, 2, 3], [255, 0, 128, 7]] as [[UInt8]] {
            #expect(WireBase64.decode(WireBase64.encode(bytes)) == bytes)
        }
        #expect(WireBase64.decode("AA=A") == nil && WireBase64.decode("AAA") == nil)
        let signing = BinanceSigning(receiveWindow: 5000, signature: { _ in [251, 255, 254] })
        #expect(text(signing.signed([], now: .zero)).hasSuffix("&signature=%2B%2F%2F%2B"))
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
