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
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("a1", .market, time: .immediateOrCancel))
        _ = fixture.box.order("a1", .filled)
        fixture.gateway.submit(fixture.order("a2", price: 90))
        _ = fixture.box.order("a2", .accepted)
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
