import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

@testable import BinanceWire

@Suite struct BinanceStreamTests {
    static func execution(
        _ kind: String, _ status: String, c: String = "c1", original: String = "",
        fill: Bool = false
    ) -> String {
        #"{"e":"executionReport","E":1499405658658,"s":"ETHBTC","c":"\#(c)","S":"BUY","o":"LIMIT","#
            + #""f":"GTC","q":"1.00000000","p":"0.10264410","P":"0.00000000","F":"0.00000000","g":-1,"#
            + #""C":"\#(original)","x":"\#(kind)","X":"\#(status)","r":"NONE","i":4293153,"#
            + #""l":"\#(fill ? "0.4" : "0.0")","z":"0.40000000","L":"0.10264410","n":"0.0001","N":"BNB","#
            + #""T":1499405658657,"t":\#(fill ? 77 : -1),"I":8641984,"w":true,"m":true,"M":false,"#
            + #""O":1499405658657,"Z":"0.00000000","Y":"0","Q":"0","V":"NONE"}"#
    }

    private func read(_ text: String) throws -> BinanceUserStream.Message {
        try BinanceUserStream.read(Array(text.utf8))
    }

    private func order(_ text: String) throws -> VenueOrder? {
        guard case .reports(let reports) = try read(text), case .order(let order)? = reports.last
        else { return nil }
        return order
    }

    @Test func `a trade is a fill and the state that it led to`() throws {
        for text in [
            Self.execution("TRADE", "PARTIALLY_FILLED", fill: true),
            #"{"subscriptionId":0,"event":\#(Self.execution("TRADE", "PARTIALLY_FILLED", fill: true))}"#,
        ] {
            guard case .reports(let reports) = try read(text), case .fill(let fill)? = reports.first
            else {
                Issue.record("\(text)")
                return
            }
            #expect(reports.count == 2 && fill.execution == "77" && fill.liquidity == .maker)
            #expect(fill.quantity.raw == 400_000_000 && fill.cumulative.raw == 400_000_000)
            #expect(fill.fee.raw == 100_000 && fill.feeAsset == "BNB" && fill.clientOrder == "c1")
        }
    }

    @Test func `a cancelled order keeps its own id`() throws {
        let cancelled = try order(
            Self.execution("CANCELED", "CANCELED", c: "web_1", original: "mine"))
        #expect(cancelled?.clientOrder == "mine" && cancelled?.status == .cancelled)
        let replaced = try order(
            Self.execution("CANCELED", "CANCELED", c: "replace-1", original: "mine"))
        #expect(replaced?.clientOrder == "mine" && replaced?.status == .replaced)
    }

    @Test(arguments: [
        ("NEW", "NEW", VenueStatus.accepted), ("EXPIRED", "EXPIRED", .expired),
        ("REJECTED", "REJECTED", .rejected), ("TRADE_PREVENTION", "EXPIRED_IN_MATCH", .expired),
    ])
    func `events are the order's states`(
        _ kind: String, _ status: String, _ told: VenueStatus
    ) throws {
        #expect(try order(Self.execution(kind, status))?.status == told)
    }

    @Test func `a trade without its number is refused`() {
        let text = Self.execution("TRADE", "FILLED", fill: true)
            .replacing("\"t\":77", with: "\"t\":-1")
        #expect(throws: JSONFault.self) { try self.read(text) }
    }

    @Test func `the envelope's other messages are told apart`() throws {
        #expect(try read(#"{"id":3,"status":200,"result":{}}"#) == .answer(id: 3, status: 200, nil))
        guard
            case .answer(3, 401, let error?) = try read(
                #"{"id":3,"status":401,"error":{"code":-2015,"msg":"Invalid API-key"}}"#)
        else {
            Issue.record("no error")
            return
        }
        #expect(error.code == -2015)
        #expect(
            try read(#"{"event":{"e":"eventStreamTerminated","E":1}}"#)
                == .ended("eventStreamTerminated"))
        #expect(try read(#"{"e":"outboundAccountPosition","E":1,"u":1,"B":[]}"#) == .other)
    }

    private func market(_ text: String) throws -> (BinanceMarketStream.Signal, [GatewayReport]) {
        var reports: [GatewayReport] = []
        let signal = try BinanceMarketStream.read(
            Array(text.utf8), received: Timestamp(nanoseconds: 5), into: &reports)
        return (signal, reports)
    }

    @Test func `best quotes and trades are read, raw or combined`() throws {
        let book =
            #"{"u":400900217,"s":"BNBUSDT","b":"25.35","B":"31.21","a":"25.36","A":"40.66"}"#
        let trade =
            #"{"e":"trade","E":1672515782136,"s":"BNBBTC","t":12345,"p":"0.001","q":"100","#
            + #""T":1672515782137,"m":true,"M":true}"#
        for (text, count) in [
            (book, 1), (#"{"stream":"bnbusdt@bookTicker","data":\#(book)}"#, 1), (trade, 1),
            (#"{"data":\#(trade),"stream":"bnbbtc@trade"}"#, 1),
            (#"{"e":"depthUpdate","E":1,"s":"X","b":[["1","2"]],"a":[]}"#, 0),
            (#"{"e":"avgPrice","s":"X","w":99999999999999,"i":"x"}"#, 0), (#"{"x":1}"#, 0),
        ] {
            let (signal, reports) = try market(text)
            #expect(reports.count == count && signal == .none, "\(text)")
        }
        guard case .trade(_, _, _, .sell, 12345, let time)? = try market(trade).1.first,
            case .quote(_, _, _, _, _, let received)? = try market(book).1.first
        else {
            Issue.record("not read")
            return
        }
        #expect(time.nanoseconds == 1_672_515_782_137_000_000 && received.nanoseconds == 5)
    }

    @Test func `a bar is told once, when it is closed`() throws {
        func kline(_ closed: Bool) -> String {
            #"{"e":"kline","E":1,"s":"BNBBTC","k":{"t":1672515780000,"T":1672515839999,"s":"BNBBTC","#
                + #""i":"1m","o":"0.0010","c":"0.0020","h":"0.0025","l":"0.0015","v":"1000","#
                + #""x":\#(closed),"q":"1","V":"500","Q":"0.5","B":"1"}}"#
        }
        #expect(try market(kline(false)).1.isEmpty)
        guard case .bar(_, _, _, _, _, _, let interval, let end)? = try market(kline(true)).1.first
        else {
            Issue.record("no bar")
            return
        }
        #expect(interval == 60 && end.nanoseconds == 1_672_515_840_000_000_000)
    }

    @Test func `answers and goodbyes of the market stream are told apart`() throws {
        #expect(try market(#"{"result":null,"id":2}"#).0 == .answered(id: 2))
        #expect(
            try market(#"{"code":2,"msg":"Invalid request","id":1}"#).0
                == .failed(code: 2, "Invalid request"))
        #expect(
            try market(#"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}"#).0
                == .shutdown)
    }
}

/// What recorders of other markets and settings write.
@Suite struct BinanceMarketVariantTests {
    private func read(_ text: String) throws -> GatewayReport? {
        var reports: [GatewayReport] = []
        let received = Timestamp(nanoseconds: 7)
        _ = try BinanceMarketStream.read(Array(text.utf8), received: received, into: &reports)
        #expect(reports.count <= 1)
        return reports.first
    }

    private static let time = Timestamp(nanoseconds: 1_568_014_460_893_000_000)

    @Test(arguments: [
        #"{"e":"trade","E":1,"s":"BTCUSDT","t":5,"p":"2.5","q":"3","T":1568014460893,"m":true}"#,
        #"{"e":"trade","E":1,"s":"BTCUSDT","t":5,"p":"2.5","q":"3","b":8,"a":9,"T":1568014460893,"m":true}"#,
        #"{"e":"trade","E":1,"s":"BTCUSDT","t":5,"p":"2.5","q":"3","T":1568014460893000,"m":true}"#,
        #"{"e":"trade","T":1568014460893,"s":"BTCUSDT","t":5,"p":"2.5","q":"3","X":"MARKET","m":true}"#,
        #"{"e":"aggTrade","s":"BTCUSDT","a":5,"p":"2.5","q":"3","f":1,"l":2,"T":1568014460893,"m":true}"#,
        #"{"stream":"btcusdt@trade","data":{"e":"trade","s":"BTCUSDT","t":5,"p":"2.5","q":"3","T":1568014460893,"m":true}}"#,
    ])
    func `a trade is a trade`(text: String) throws {
        let wanted = GatewayReport.trade(
            symbol: "BTCUSDT", price: try Price("2.5"), size: try Quantity("3"), aggressor: .sell,
            id: 5, Self.time)
        #expect(try read(text) == wanted)
    }

    @Test(arguments: [
        #"{"u":4,"s":"BTCUSDT","b":"2.4","B":"1","a":"2.5","A":"2"}"#,
        #"{"e":"bookTicker","u":4,"E":1568014460893,"T":1568014460891,"s":"BTCUSDT","b":"2.4","B":"1","a":"2.5","A":"2"}"#,
    ])
    func `a best quote is a quote`(text: String) throws {
        let wanted = GatewayReport.quote(
            symbol: "BTCUSDT", bid: try Price("2.4"), bidSize: try Quantity("1"),
            ask: try Price("2.5"), askSize: try Quantity("2"), Timestamp(nanoseconds: 7))
        #expect(try read(text) == wanted)
    }

    @Test(arguments: [
        #"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":1,"u":2,"b":[["1","2"]],"a":[]}"#,
        #"{"lastUpdateId":160,"bids":[["0.0024","10"]],"asks":[]}"#,
        #"{"e":"markPriceUpdate","s":"BTCUSDT","p":"2.5","T":1568014460893}"#,
        #"{"e":"24hrTicker","s":"BTCUSDT","b":"2.4","B":"1","a":"2.5","A":"2"}"#,
    ])
    func `the rest is passed over`(text: String) throws { #expect(try read(text) == nil) }
}
