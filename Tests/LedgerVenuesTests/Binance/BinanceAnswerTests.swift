import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

@testable import BinanceWire

@Suite struct BinanceAnswerTests {
    static let full = #"""
        {"symbol":"BTCUSDT","orderId":28,"orderListId":-1,"clientOrderId":"c1","transactTime":1507725176595,
        "price":"0.00000000","origQty":"10.00000000","executedQty":"10.00000000","status":"FILLED",
        "timeInForce":"GTC","type":"MARKET","side":"SELL","workingTime":1507725176595,
        "fills":[{"price":"4000.5","qty":"1.0","commission":"4.0","commissionAsset":"USDT","tradeId":56},
        {"price":"3999.0","qty":"9.0","commission":"19.995","commissionAsset":"USDT","tradeId":57}]}
        """#

    static let history = #"""
        [{"symbol":"BNBBTC","id":28457,"orderId":100234,"orderListId":-1,"price":"4.00000100",
        "qty":"12.00000000","quoteQty":"48.000012","commission":"10.10000000","commissionAsset":"BNB",
        "time":1499865549590,"isBuyer":true,"isMaker":true,"isBestMatch":true}]
        """#

    private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test func `a new order's answer has its fills before its state`() throws {
        let reports = try BinanceAnswers.order(bytes(Self.full)).reports
        guard reports.count == 3, case .fill(let first) = reports[0],
            case .fill(let second) = reports[1], case .order(let order) = reports[2]
        else {
            Issue.record("\(reports)")
            return
        }
        #expect(first.execution == "56" && second.execution == "57" && order.status == .filled)
        #expect(first.cumulative.raw == 1_000_000_000 && second.cumulative.raw == 10_000_000_000)
        #expect(second.fee.raw == 19_995_000_000 && second.feeAsset == "USDT")
        #expect(second.side == .sell && second.clientOrder == "c1" && second.venueOrder == "28")
    }

    @Test func `a cancel's answer speaks of the order, not of the cancel`() throws {
        let body =
            #"{"symbol":"LTCBTC","origClientOrderId":"mine","orderId":4,"clientOrderId":"cancel-1","#
            + #""transactTime":1684804350068,"price":"2","origQty":"1","executedQty":"0.5","#
            + #""status":"CANCELED","side":"BUY"}"#
        let order = try BinanceAnswers.order(bytes(body)).order
        #expect(order.clientOrder == "mine" && order.status == .cancelled)
        #expect(order.filled.raw == 500_000_000)
    }

    @Test func `a fill of the history is a trade`() throws {
        let trade = try #require(try BinanceAnswers.fills(bytes(Self.history)).elements.first)
        #expect(trade.number == 28457 && trade.fill.execution == "28457")
        #expect(trade.fill.liquidity == .maker && trade.fill.side == .buy)
        #expect(trade.fill.venueOrder == "100234" && trade.fill.feeAsset == "BNB")
    }

    @Test func `the quote asset is cash, every other one a position`() throws {
        let body =
            #"{"balances":[{"asset":"BTC","free":"1.5","locked":"0.5"},"#
            + #"{"asset":"USDT","free":"90","locked":"10"},{"asset":"ETH","free":"0","locked":"0"}]}"#
        let account = try BinanceAnswers.account(
            try BinanceAnswers.balances(bytes(body)), quoteAsset: "USDT")
        #expect("\(account.cash)" == "100" && "\(account.buyingPower)" == "90")
        #expect(
            account.positions
                == [VenuePosition(symbol: "BTCUSDT", quantity: Quantity(raw: 2_000_000_000))])
    }

    @Test func `a balance that cannot be read hides no other, unless it is the cash`() throws {
        func account(_ quote: String) throws -> VenueAccount {
            let body =
                #"{"balances":[{"asset":"PEPE","free":"1e40","locked":"0"},"#
                + #"{"asset":"USDT","free":"90","locked":"10"},{"asset":"ETH","free":"1","locked":"0"}]}"#
            return try BinanceAnswers.account(
                try BinanceAnswers.balances(bytes(body)), quoteAsset: quote)
        }
        let found = try account("USDT")
        #expect("\(found.cash)" == "100" && found.positions.map(\.symbol) == ["ETHUSDT"])
        #expect(found.unread.map(\.symbols) == [["PEPEUSDT"]])
        #expect(throws: JSONFault.self) { try account("PEPE") }
    }

    @Test func `an order in a state that is newer than this program is at the venue`() throws {
        let body = Self.full.replacing("\"FILLED\"", with: "\"AUCTION\"")
        let order = try BinanceAnswers.order(bytes(body)).order
        #expect(order.status == .filled && order.reason.contains("AUCTION"))
        let list = try BinanceAnswers.orders(
            bytes(#"[{"symbol":"X","side":"HOLD","orderId":9},"# + body + "]"))
        #expect(list.elements.count == 1 && list.unread.map(\.id) == ["9"])
        #expect(list.unread[0].symbols == ["X"])
    }

    @Test func `klines that are not closed are left out`() throws {
        let body = #"""
            [[1499040000000,"0.01634790","0.80000000","0.01575800","0.01577100","148976.11427815",
            1499644799999,"2434.19055334",308,"1756.87402397","28.46694368","0"],
            [1499644800000,"1","1","1","1","1",1500249599999,"1",1,"1","1","0"]]
            """#
        let bars = try BinanceAnswers.klines(
            bytes(body), symbol: "X", now: Timestamp(nanoseconds: 1_500_000_000_000_000_000))
        #expect(bars.count == 1 && bars.first?.high.raw == 800_000_000)
    }

    @Test func `both halves of a replacement are told`() throws {
        let ok = try BinanceReplacement(
            bytes(
                #"{"cancelResult":"SUCCESS","newOrderResult":"SUCCESS","cancelResponse":\#(Self.full),"#
                    + #""newOrderResponse":\#(Self.full)}"#))
        guard case .done = ok.cancel, case .done(let placed) = ok.placement else {
            Issue.record("\(ok)")
            return
        }
        #expect(placed.fills.count == 2)
        let failed = try BinanceReplacement(
            bytes(
                #"{"code":-2022,"msg":"failed","data":{"cancelResult":"FAILURE","#
                    + #""newOrderResult":"NOT_ATTEMPTED","cancelResponse":{"code":-2011,"#
                    + #""msg":"Unknown order sent."},"newOrderResponse":null}}"#))
        #expect(failed.placement == .notAttempted)
        #expect(failed.cancel == .failed(.refused(code: "-2011", "-2011 Unknown order sent.")))
        #expect(throws: JSONFault.self) { try BinanceReplacement(bytes("{}")) }
    }

    @Test(arguments: [
        (400, -1021, "timestamp"), (400, -1022, "authentication"), (401, -2015, "authentication"),
        (400, -2014, "authentication"), (429, -1003, "rateLimited"), (418, -1003, "rateLimited"),
        (400, -1015, "rateLimited"), (400, -2010, "refused"), (400, -1013, "refused"),
        (400, -1121, "refused"), (400, -1007, "unknownOutcome"), (400, -1006, "unknownOutcome"),
        (400, -1000, "unknownOutcome"), (503, -1, "unknownOutcome"), (500, -2010, "unknownOutcome"),
        (400, -1016, "closed"), (403, 0, "rateLimited"), (403, -2015, "authentication"),
        (409, -2021, "unknownOutcome"), (400, -2022, "refused"),
    ])
    func `what comes back after an order is a clear no or an unknown outcome`(
        _ status: Int, _ code: Int, _ name: String
    ) {
        let answer = WireAnswer(
            status: status, body: bytes(#"{"code":\#(code),"msg":"words"}"#))
        #expect("\(BinanceErrors.fault(answer, isOrder: true))".hasPrefix(name))
    }

    @Test(arguments: [
        (401, "rateLimited"), (403, "rateLimited"), (407, "rateLimited"), (418, "rateLimited"),
        (429, "rateLimited"), (400, "unknownOutcome"), (404, "unknownOutcome"),
        (405, "unknownOutcome"), (502, "unknownOutcome"),
    ])
    func `a proxy's page is no refusal of the order`(_ status: Int, _ name: String) {
        for body in ["<html>no</html>", "", "[]", #"{"error":"no"}"#] {
            let answer = WireAnswer(status: status, body: bytes(body))
            #expect("\(BinanceErrors.fault(answer, isOrder: true))".hasPrefix(name), "\(body)")
            #expect(BinanceErrors.fault(answer, isOrder: false).isPassing, "\(body)")
        }
    }

    @Test(
        arguments: [
            (
                418,
                "Way too much request weight used; IP banned until 1700000060000. Use the socket.",
                60
            ),
            (418, "IP banned until 1700000005000", 5), (429, "until 1700000002", 2),
            (418, "banned until 1600000000000", 0),
            (418, "banned until 99999999999999999999", 604_800),
            (418, "until 2023-11-14T22:14:20Z.", 60), (429, "wait until it is over", 0),
        ] as [(Int, String, Int64)])
    func `a ban lasts as long as its words say`(_ status: Int, _ words: String, _ seconds: Int64) {
        var answer = WireAnswer(
            status: status, body: bytes(#"{"code":-1003,"msg":"\#(words)"}"#))
        answer.receivedAt = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
        guard case .rateLimited(let wait, _) = BinanceErrors.fault(answer, isOrder: true) else {
            Issue.record("no rate limit")
            return
        }
        #expect(wait == Nanoseconds(seconds * 1_000_000_000))
    }

    @Test func `a ban lasts as long as the longest of its moments`() {
        var answer = WireAnswer(
            status: 418,
            body: bytes(
                #"{"code":-1003,"msg":"banned until 1700000030000","#
                    + #""data":{"serverTime":1700000000000,"retryAfter":1700000090000}}"#),
            retryAfter: Nanoseconds(5_000_000_000))
        answer.receivedAt = Timestamp(nanoseconds: 1_700_000_000_000_000_000)
        answer.resetAfter = Nanoseconds(7_000_000_000)
        #expect(answer.wait(words: "", moment: nil) == Nanoseconds(5_000_000_000))
        guard case .rateLimited(let wait, _) = BinanceErrors.fault(answer, isOrder: false) else {
            Issue.record("no rate limit")
            return
        }
        #expect(wait == Nanoseconds(90_000_000_000))
        answer.retryAfter = .zero
        #expect(answer.wait(words: "") == Nanoseconds(7_000_000_000))
    }

    @Test func `an id that is in use already is no refusal of the order that has it`() {
        let answer = WireAnswer(
            status: 400, body: bytes(#"{"code":-2010,"msg":"Duplicate order sent."}"#))
        #expect("\(BinanceErrors.fault(answer, isOrder: true))".hasPrefix("unknownOutcome"))
    }
}

@Suite(.enabled(if: RealData.isHere, "the folder of real data is absent; set LEDGER_DATA"))
struct `Binance's recorded answers` {
    @Test func `the clock's error and the time are read`() throws {
        let recorded = try JSONValue(
            try RealData.bytes("binance/recorded_error_-1021_timestamp.json"))
        var body = JSONWriter()
        body.value(try #require(recorded["body"]))
        let answer = WireAnswer(status: 400, body: body.bytes)
        #expect("\(BinanceErrors.fault(answer, isOrder: true))".hasPrefix("timestamp"))
        let time = try BinanceAnswers.time(try RealData.bytes("binance/recorded_serverTime.json"))
        #expect(time.nanoseconds == 1_781_506_398_875_000_000)
    }
}
