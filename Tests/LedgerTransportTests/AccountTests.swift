import LedgerDomain
import LedgerEvents
import LedgerVenues
import Testing

/// Accounts as real venues have them: with what nobody bought here, and what this program cannot read.
@Suite(.serialized) struct AccountTests {
    /// What the venue has beside the order and the position of this program, in its own words.
    private static func extras(_ venue: VenueFixture.Venue) -> String {
        guard venue == .alpaca else {
            let many = (0..<400).map {
                #"{"asset":"COIN\#($0)","free":"18466.00000000","locked":"0.00000000"}"#
            }.joined(separator: ",")
            return #"{"balances":[{"asset":"BNB","free":"1.5","locked":"0.5"},"#
                + #"{"asset":"MEME","free":"1e40","locked":"0"},"# + many
                + #"],"orders":[{"symbol":"BTCUSDT","side":"HOLD","orderId":9,"status":"NEW"}]}"#
        }
        return #"""
            {"account":{"buying_power":"1.00000000000000001","portfolio_value":"1e50"},
            "positions":[{"symbol":"XYZ","qty":"5","side":"long","avg_entry_price":"12.5",
            "current_price":"13","asset_class":"us_equity"},
            {"symbol":"DOGEUSD","qty":"1e40","side":"long","asset_class":"crypto"}],
            "orders":[{"id":"m1","client_order_id":"c2","symbol":"","side":"","order_class":"mleg",
            "qty":"1","filled_qty":"0","limit_price":"-0.55","status":"new","legs":null}]}
            """#
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `what cannot be read of an account hides nothing else of it`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.fillOneAndRestOne()
        try fixture.account(Self.extras(venue))
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        let account = fixture.box.account()
        #expect(account.cash > .zero && account.openOrders.map(\.clientOrder) == ["a2"])
        let own = account.positions.first { $0.symbol == venue.symbol }
        #expect(own?.quantity.raw == 2_000_000_000)
        #expect(account.unread.count == 2, "\(account.unread)")
        if venue == .alpaca {
            #expect(account.positions.contains { $0.symbol == "XYZ" && $0.kind == .equity })
            #expect(account.unread.contains { $0.id == "m1" && $0.isOfOtherKind })
        } else {
            #expect(account.positions.count == 402)
            #expect(account.unread.contains { $0.symbols == ["MEMEUSDT"] })
        }
    }

    @Test func `what changed the account outside of orders is told, page by page`() throws {
        let fixture = try VenueFixture(.alpaca)
        let many = (0..<230).map {
            #"{"id":"20240201000000\#(100 + $0)::x\#($0)","activity_type":"FEE","net_amount":"-0.01","#
                + #""date":"2024-02-01","status":"executed"}"#
        }
        try fixture.account(
            #"""
            {"activities":[{"id":"20240101000000000::a","activity_type":"DIV","date":"2024-01-01",
            "net_amount":"1.02","symbol":"T","qty":"2","per_share_amount":"0.51"},
            {"id":"20240102000000000::b","activity_type":"CFEE","date":"2024-01-02","net_amount":"0",
            "symbol":"BTCUSD","qty":"-0.00025","price":"60000","status":"executed"},
            {"id":"20240103000000000::c","activity_type":"NEWTYPE","date":"2024-01-03",
            "net_amount":"1e40"},{"id":"20240104000000000::d","activity_type":"CSW",
            "date":"2024-01-04","net_amount":"-5","status":"canceled"},
            \#(many.joined(separator: ","))]}
            """#)
        fixture.gateway.queryActivities(since: .zero)
        let found = fixture.box.next { report -> [VenueActivity]? in
            if case .activities(let list) = report { list } else { nil }
        }
        #expect(found.count == 233 && Set(found.map(\.id)).count == 233)
        let dividend = found.first { $0.id.hasSuffix("::a") }
        #expect(dividend?.kind == .dividend && dividend?.quantity == .zero)
        #expect(dividend?.price.raw == 510_000_000 && dividend?.amount.raw == 1_020_000_000)
        let fee = found.first { $0.id.hasSuffix("::b") }
        #expect(fee?.kind == .fee && fee?.quantity.raw == -250_000)
        #expect(found.contains { $0.id.hasSuffix("::d") && $0.isCancelled })
        // The one that cannot be read is a fault, and hides no other.
        #expect(
            fixture.box.all.contains { if case .fault(.malformed, _) = $0 { true } else { false } })
        fixture.gateway.queryActivities(since: Timestamp("2024-02-01T00:00:00Z") ?? .zero)
        let later = fixture.box.next { report -> [VenueActivity]? in
            if case .activities(let list) = report { list } else { nil }
        }
        #expect(later.count == 230)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a message that cannot be read neither ends the stream nor hides the next one`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        for text in [
            #"{"stream":"trade_updates","data":{"event":"fill","order":{"symbol":""}}}"#,
            #"{"stream":"trade_updates","data":[]}"#, #"{"e":"executionReport","s":7}"#,
            #"{"e":"somethingNew","s":7}"#, "7",
        ] { try fixture.message(text) }
        fixture.gateway.submit(fixture.order("s1", .market, time: .immediateOrCancel))
        _ = fixture.box.fill("s1")
        _ = fixture.box.order("s1", .filled)
        #expect(fixture.gateway.isOrderStreamUp)
        let downs = fixture.box.all.filter {
            if case .link(.orders, isUp: false, _) = $0 { true } else { false }
        }
        #expect(downs.isEmpty)
    }
}
