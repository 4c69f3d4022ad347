import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

@testable import AlpacaWire

@Suite struct AlpacaStreamTests {
    static func update(_ event: String, _ fields: String = "", status: String = "filled") -> String
    {
        let order = AlpacaAnswerTests.order.replacing(
            "\"status\":\"new\"", with: "\"status\":\"\(status)\"")
        return
            #"{"stream":"trade_updates","data":{"event":"\#(event)",\#(fields)"order":\#(order)}}"#
    }

    private func reports(_ text: String) throws -> [GatewayReport] {
        guard case .reports(let reports) = try AlpacaOrderStream.read(Array(text.utf8)) else {
            return []
        }
        return reports
    }

    static let execution =
        #""execution_id":"e1","price":"300.5","qty":"4","timestamp":"2021-03-16T18:40:00.5Z","#

    @Test func `the stream is up once it is authorized and listened to`() throws {
        func read(_ text: String) throws -> AlpacaOrderStream.Message {
            try AlpacaOrderStream.read(Array(text.utf8))
        }
        #expect(
            try read(
                #"{"stream":"authorization","data":{"status":"authorized","action":"authenticate"}}"#
            )
                == .authorized)
        #expect(
            try read(#"{"stream":"authorization","data":{"status":"unauthorized"}}"#)
                == .unauthorized)
        #expect(
            try read(#"{"data":{"streams":["trade_updates"]},"stream":"listening"}"#)
                == .listening(["trade_updates"]))
        #expect(try read(#"{"stream":"news","data":[1]}"#) == .other)
        #expect(try read("{}") == .other)
    }

    @Test func `a fill comes before the state that it led to`() throws {
        let reports = try reports(Self.update("fill", Self.execution))
        #expect(reports.count == 2)
        guard case .fill(let fill)? = reports.first, case .order(let order)? = reports.last else {
            Issue.record("\(reports)")
            return
        }
        #expect(fill.execution == "e1" && fill.clientOrder == "c1" && fill.venueOrder == "61e6")
        #expect(fill.price.raw == 300_500_000_000 && fill.quantity.raw == 4_000_000_000)
        #expect(fill.cumulative.raw == 4_000_000_000 && order.status == .filled)
        #expect("\(fill.time)" == "2021-03-16T18:40:00.500Z")
    }

    @Test func `a fill without its id only moves the order, so that it is asked for`() throws {
        let reports = try reports(
            Self.update("partial_fill", #""price":"1","qty":"4","#, status: "partially_filled"))
        guard case .order(let order)? = reports.first else {
            Issue.record("\(reports)")
            return
        }
        #expect(reports.count == 1 && order.filled.raw == 4_000_000_000)
    }

    @Test(arguments: [
        ("new", "new", VenueStatus.partiallyFilled), ("canceled", "canceled", .cancelled),
        ("expired", "expired", .expired), ("rejected", "rejected", .rejected),
        ("replaced", "replaced", .replaced), ("pending_new", "pending_new", .pending),
        ("order_cancel_rejected", "new", .cancelRefused),
        ("order_replace_rejected", "new", .replaceRefused),
    ])
    func `events are the order's states`(
        _ event: String, _ status: String, _ told: VenueStatus
    ) throws {
        guard case .order(let order)? = try reports(Self.update(event, status: status)).first else {
            Issue.record("no report")
            return
        }
        #expect(order.status == told)
    }

    @Test func `a busted trade is told and not booked`() throws {
        let reports = try reports(Self.update("trade_bust", Self.execution))
        guard case .correction(let bust)? = reports.first else {
            Issue.record("\(reports)")
            return
        }
        #expect(bust.corrected == "e1" && bust.fill.execution == "bust of e1")
        #expect(bust.fill.quantity == .zero && bust.fill.clientOrder == "c1")
    }

    @Test func `market data are read in their order`() throws {
        let text = #"""
            [{"T":"q","S":"AAPL","bx":"Q","bp":161.1,"bs":2,"ax":"P","ap":161.11,"as":13,
            "t":"2022-03-18T14:02:43.651613184Z","c":["R"],"z":"C"},
            {"T":"t","i":1,"S":"BTC/USD","p":40650,"s":0.1517,"t":"2022-03-18T14:03:31.960672Z","tks":"B"},
            {"T":"b","S":"SPY","o":1.5,"h":2,"l":1,"c":1.75,"v":2100,"t":"2022-07-26T20:50:00Z","n":2},
            {"T":"d","S":"SPY","c":1},{"T":"u"}]
            """#
        var (reports, signals): ([GatewayReport], [AlpacaDataStream.Signal]) = ([], [])
        try AlpacaDataStream.read(Array(text.utf8), into: &reports, signals: &signals)
        #expect(signals.isEmpty && reports.count == 3)
        #expect(
            reports[0]
                == .quote(
                    symbol: "AAPL", bid: Price(raw: 161_100_000_000),
                    bidSize: Quantity(raw: 2_000_000_000), ask: Price(raw: 161_110_000_000),
                    askSize: Quantity(raw: 13_000_000_000),
                    Timestamp(nanoseconds: 1_647_612_163_651_613_184)))
        guard case .trade("BTC/USD", _, let size, .buy, 1, _) = reports[1],
            case .bar("SPY", _, _, _, let close, _, 60, let end) = reports[2]
        else {
            Issue.record("\(reports)")
            return
        }
        #expect(size.raw == 151_700_000 && close.raw == 1_750_000_000)
        #expect("\(end)" == "2022-07-26T20:51:00Z", "a bar's time is its end")
    }

    @Test func `what is about the connection is told apart`() throws {
        var (reports, signals): ([GatewayReport], [AlpacaDataStream.Signal]) = ([], [])
        for text in [
            #"[{"T":"success","msg":"connected"}]"#, #"[{"T":"success","msg":"authenticated"}]"#,
            #"[{"T":"subscription","trades":["A"],"quotes":[],"bars":[]}]"#,
            #"[{"T":"error","code":406,"msg":"connection limit exceeded"}]"#,
        ] {
            try AlpacaDataStream.read(Array(text.utf8), into: &reports, signals: &signals)
        }
        #expect(
            signals == [
                .connected, .authenticated, .subscribed,
                .failed(code: 406, "connection limit exceeded"),
            ])
        #expect(reports.isEmpty)
    }

    @Test(arguments: [
        (
            "wss://s/v2/sip", "", "wss://s/v2/sip", "wss://s/v1beta3/crypto/us"
        ),
        (
            "ws://127.0.0.1:1/v1beta3/crypto/us-1", "", "ws://127.0.0.1:1/v2/iex",
            "ws://127.0.0.1:1/v1beta3/crypto/us-1"
        ),
        (
            "wss://s/v2/iex", "wss://t/v1beta3/crypto/eu-1", "wss://s/v2/iex",
            "wss://t/v1beta3/crypto/eu-1"
        ),
    ])
    func `the addresses of both streams follow from one`(
        _ given: String, _ coinsGiven: String, _ shares: String, _ coins: String
    ) {
        let streams = AlpacaRequests.marketStreams(shares: given, coins: coinsGiven)
        #expect(streams.shares == shares && streams.coins == coins)
    }
}
