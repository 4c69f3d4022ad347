import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

@testable import AlpacaWire

@Suite struct AlpacaAnswerTests {
    static let order = #"""
        {"id":"61e6","client_order_id":"c1","created_at":"2021-03-16T18:38:01.942282Z",
        "updated_at":"2021-03-16T18:38:02Z","submitted_at":"2021-03-16T18:38:01.937734Z","replaced_by":null,
        "replaces":null,"symbol":"AAPL","qty":"10","filled_qty":"4","side":"buy","limit_price":"300.01",
        "stop_price":null,"status":"new","legs":null,"hwm":null}
        """#

    @Test func `an order says what it is and how far it is`() throws {
        let order = try AlpacaAnswers.order(Array(Self.order.utf8)).order
        #expect(order.clientOrder == "c1" && order.venueOrder == "61e6" && order.symbol == "AAPL")
        #expect(order.quantity.raw == 10_000_000_000 && order.filled.raw == 4_000_000_000)
        #expect(order.limitPrice.raw == 300_010_000_000 && order.stopPrice == .zero)
        #expect(order.status == .partiallyFilled, "a new order with fills is partly filled")
    }

    @Test(arguments: [
        ("accepted", VenueStatus.pending), ("pending_new", .pending), ("held", .pending),
        ("new", .partiallyFilled), ("partially_filled", .partiallyFilled),
        ("done_for_day", .partiallyFilled), ("pending_cancel", .partiallyFilled),
        ("filled", .filled), ("canceled", .cancelled), ("expired", .expired),
        ("rejected", .rejected), ("replaced", .replaced),
    ])
    func `statuses are told in the ledger's words`(_ name: String, _ status: VenueStatus) throws {
        let text = Self.order.replacing("\"status\":\"new\"", with: "\"status\":\"\(name)\"")
        #expect(try AlpacaAnswers.order(Array(text.utf8)).order.status == status)
    }

    @Test(arguments: [
        ("\"side\":\"buy\"", "\"side\":\"hold\"", JSONFault.Kind.unknownName),
        ("\"id\":\"61e6\",", "", .missing), ("\"symbol\":\"AAPL\",", "", .missing),
        ("\"qty\":\"10\"", "\"qty\":{}", .wrongKind),
        ("\"qty\":\"10\"", "\"qty\":\"1e30\"", .outOfRange),
        ("\"filled_qty\":\"4\"", "\"filled_qty\":\"0.0000000001\"", .tooPrecise),
    ])
    func `an order of which something is wrong is none`(
        _ old: String, _ new: String, _ kind: JSONFault.Kind
    ) {
        let text = Self.order.replacing(old, with: new)
        do {
            _ = try AlpacaAnswers.order(Array(text.utf8))
            Issue.record("\(new) passed")
        } catch {
            #expect(error.kind == kind)
        }
    }

    @Test(arguments: [
        ("4", VenueStatus.partiallyFilled), ("0", .accepted), ("10", .filled),
    ])
    func `an order in a state that is newer than this program is at the venue`(
        _ filled: String, _ status: VenueStatus
    ) throws {
        let text = Self.order.replacing("\"status\":\"new\"", with: "\"status\":\"strange\"")
            .replacing("\"filled_qty\":\"4\"", with: "\"filled_qty\":\"\(filled)\"")
        let order = try AlpacaAnswers.order(Array(text.utf8)).order
        #expect(order.status == status)
        #expect(order.reason == "the venue's status 'strange' is not known here")
    }

    @Test func `one order that cannot be read hides no other`() throws {
        let spread = #"""
            {"id":"m1","client_order_id":"c2","symbol":"","side":"","order_class":"mleg","qty":"1",
            "filled_qty":"0","limit_price":"-0.55","status":"new","asset_class":"",
            "legs":[{"symbol":"AAPL240119C00190000"},{"symbol":"AAPL240119P00190000"}]}
            """#
        let credit = Self.order.replacing("300.01", with: "-0.0000000000125")
        let notional = Self.order.replacing(#""qty":"10""#, with: #""qty":null,"notional":"500""#)
        let body = "[\(spread),\(Self.order),{\"id\":7},\(credit),\(notional)]"
        let list = try AlpacaAnswers.orders(Array(body.utf8))
        #expect(list.elements.map(\.order.venueOrder) == ["61e6", "61e6", "61e6"])
        #expect(list.elements[1].order.limitPrice == .zero)
        #expect(list.elements[2].order.quantity == .zero)
        #expect(list.unread.map(\.id) == ["m1", "7"])
        #expect(list.unread[0].symbols == ["AAPL240119C00190000", "AAPL240119P00190000"])
        #expect(list.unread[0].isOfOtherKind && !list.unread[1].isOfOtherKind)
        #expect(throws: JSONFault.self) { try AlpacaAnswers.orders(Array("[{},".utf8)) }
    }

    @Test func `one position that cannot be read hides no other`() throws {
        let body = #"""
            [{"symbol":"AAA","qty":"1e30"},{"symbol":"BBB","qty":"2","asset_class":"us_perp",
            "side":"sideways","avg_entry_price":null,"current_price":"3.00000000049"}]
            """#
        let list = try AlpacaAnswers.positions(Array(body.utf8))
        #expect(list.elements.map(\.position.symbol) == ["BBB"])
        #expect(list.elements[0].position.mark.raw == 3_000_000_000)
        #expect(list.unread.map(\.symbols) == [["AAA"]])
    }

    @Test func `what is only displayed of an account is rounded, and never refused`() throws {
        let body = #"""
            {"cash":"100.1234567894999","portfolio_value":"0.00000000050000001",
            "buying_power":"-1e40"}
            """#
        let account = try AlpacaAnswers.account(Array(body.utf8))
        #expect("\(account.cash)" == "100.123456789")
        #expect(account.portfolioValue.raw == 1 && account.buyingPower == -Money.limit)
        #expect(throws: JSONFault.self) { try AlpacaAnswers.account(Array(#"{"cash":null}"#.utf8)) }
    }

    @Test func `a fill of the history has the stream's execution id`() throws {
        let body = #"""
            [{"id":"20220202135509981::2d7be4ff-d1f3-43e9-856a-0f5cf5c5088e","activity_type":"FILL",
            "transaction_time":"2022-02-02T18:55:09.981482Z","type":"fill","price":"174.78","qty":"2",
            "side":"sell_short","symbol":"AAPL","leaves_qty":"0","order_id":"b5","cum_qty":"2"},
            {"id":"x","activity_type":"DIV","qty":"2","per_share_amount":"0.1"}]
            """#
        let fills = try AlpacaAnswers.fills(Array(body.utf8))
        let fill = try #require(fills.elements.first?.fill)
        #expect(fills.elements.count == 1, "a dividend is no fill")
        #expect(fill.execution == "2d7be4ff-d1f3-43e9-856a-0f5cf5c5088e")
        #expect(fill.side == .sell && fill.price.raw == 174_780_000_000 && fill.venueOrder == "b5")
        #expect(fill.cumulative.raw == 2_000_000_000)
    }

    @Test func `a short position is negative, whichever way it is written`() throws {
        for quantity in ["5", "-5"] {
            let body =
                #"[{"symbol":"TSLA","qty":"\#(quantity)","side":"short","avg_entry_price":"100.00000000012"}]"#
            let position = try #require(
                try AlpacaAnswers.positions(Array(body.utf8)).elements.first)
            #expect(position.position.quantity.raw == -5_000_000_000)
            #expect(position.position.averagePrice.raw == 100_000_000_000)
        }
        let body = #"[{"symbol":"BTCUSD","qty":"1","side":"long","asset_class":"crypto"}]"#
        let crypto = try #require(try AlpacaAnswers.positions(Array(body.utf8)).elements.first)
        #expect(crypto.named(among: ["ETH/USD", "BTC/USD"]).symbol == "BTC/USD")
        #expect(crypto.named(among: []).symbol == "BTCUSD")
    }

    @Test(arguments: [
        (401, #"{"code":40110000,"message":"request is not authorized"}"#, "authentication"),
        (403, #"{"message":"forbidden."}"#, "authentication"),
        (403, #"{"code":40310000,"message":"insufficient buying power"}"#, "refused"),
        (404, #"{"code":40410000,"message":"order not found"}"#, "refused"),
        (422, #"{"code":42210000,"message":"order is not cancelable"}"#, "refused"),
        (422, #"{"code":40010001,"message":"client_order_id must be unique"}"#, "unknownOutcome"),
        (429, #"{"message":"too many requests."}"#, "rateLimited"), (500, "", "unknownOutcome"),
        (503, "<html>", "unknownOutcome"), (504, "", "unknownOutcome"), (408, "", "unknownOutcome"),
        (302, "", "unknownOutcome"), (418, "[]", "unknownOutcome"),
        (403, "<html>", "rateLimited"), (401, "", "rateLimited"), (404, "<html>", "unknownOutcome"),
        (400, "<html>", "unknownOutcome"), (422, "", "unknownOutcome"),
    ])
    func `what comes back after an order is a clear no or an unknown outcome`(
        _ status: Int, _ body: String, _ name: String
    ) {
        let answer = WireAnswer(status: status, body: Array(body.utf8))
        #expect("\(AlpacaErrors.fault(answer, isOrder: true))".hasPrefix(name))
    }

    @Test func `maintenance is told when nothing was at stake`() {
        let answer = WireAnswer(status: 503)
        #expect("\(AlpacaErrors.fault(answer, isOrder: false))".hasPrefix("closed"))
    }

    @Test(arguments: [
        (#"{"code":40410000,"message":"order not found for 7"}"#, true), ("", false),
        ("<html>404</html>", false), (#"{"message":"Not Found"}"#, false),
        (#"{"code":40410000,"message":"endpoint not found"}"#, false), ("[]", false),
    ])
    func `only the venue's own code says that there is no such order`(
        _ body: String, _ isNone: Bool
    ) {
        let fault = AlpacaErrors.fault(
            WireAnswer(status: 404, body: Array(body.utf8)), isOrder: false)
        #expect(AlpacaErrors.isNoSuchOrder(fault) == isNone, "\(fault)")
    }
}

@Suite(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
struct `Alpaca's recorded answers` {
    private func body(_ name: String) throws -> [UInt8] {
        try RealData.bytes("alpaca/rest/test_\(name)_1.json")
    }

    @Test(arguments: [
        "limit_order", "market_order", "replace_order", "get_order_by_id", "get_order_by_client_id",
        "close_position_with_qty", "close_position_with_percentage", "order_position_intent",
    ])
    func `orders are read`(_ name: String) throws {
        let order = try AlpacaAnswers.order(try body(name))
        #expect(order.order.venueOrder == "61e69015-8549-4bfd-b9c3-01e75843f47d")
        #expect(order.order.status == .pending)
        #expect(order.createdAt.nanoseconds == 1_615_919_881_942_282_000)
    }

    @Test func `the account, its positions and its orders are read`() throws {
        let account = try AlpacaAnswers.account(try body("get_account"))
        #expect("\(account.cash)" == "-23140.2" && "\(account.portfolioValue)" == "103820.56")
        let positions = try AlpacaAnswers.positions(try body("get_all_positions"))
        #expect(positions.elements.map(\.position.symbol) == ["AAPL"])
        #expect(positions.elements.first?.position.quantity.raw == 5_000_000_000)
        #expect(try !AlpacaAnswers.orders(try body("get_orders")).elements.isEmpty)
    }

    @Test func `bars are read, a page at a time`() throws {
        let page = try AlpacaAnswers.bars(try body("get_bars"))
        #expect(page.bars.count == 2 && !page.nextPage.isEmpty)
        #expect("\(page.bars[0].close)" == "174.61")
        #expect("\(page.bars[0].start)" == "2022-02-01T05:00:00Z")
        #expect(try AlpacaAnswers.bars(try body("multisymbol_get_bars")).bars.count == 2)
        #expect(try AlpacaAnswers.bars(try body("get_crypto_bars")).bars.count == 2)
        #expect(try AlpacaAnswers.bars(try body("stock_latest_bar")).bars.count == 1)
        for name in ["get_bars_multi_empty_response", "get_bars_single_empty_response"] {
            #expect(try AlpacaAnswers.bars(try body(name)) == VenueBars([]))
        }
    }
}
