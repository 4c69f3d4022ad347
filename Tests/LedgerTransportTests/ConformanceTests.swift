import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import Testing

/// What every gateway does, against the local exchange.
@Suite(.serialized) struct ConformanceTests {
    @Test(arguments: VenueFixture.Venue.allCases)
    func `the streams come up, and the clock is measured`(_ venue: VenueFixture.Venue) throws {
        let fixture = try VenueFixture(venue, start: false)
        #expect(!fixture.gateway.isOrderStreamUp)
        fixture.gateway.start(symbols: [venue.symbol], sink: fixture.box.sink)
        let offset = fixture.box.next { report -> Nanoseconds? in
            if case .clock(let offset, let trip) = report, trip > .zero { offset } else { nil }
        }
        #expect(abs(offset.count) < 1_000_000_000, "it is the same machine")
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a market order is accepted and filled, in that order`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(
            fixture.order("m1", .market, time: .immediateOrCancel))
        let fill = fixture.box.fill("m1")
        #expect(fill.quantity.raw == 2_000_000_000 && fill.price.raw == 101_000_000_000)
        #expect(fill.side == .buy && !fill.execution.isEmpty && !fill.venueOrder.isEmpty)
        let order = fixture.box.order("m1", .filled)
        #expect(order.filled.raw == 2_000_000_000 && order.symbol == venue.symbol)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a limit order rests, and a cancel ends it`(_ venue: VenueFixture.Venue) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("l1", price: 90))
        #expect(fixture.box.order("l1", .accepted).limitPrice.raw == 90_000_000_000)
        fixture.gateway.cancel(fixture.reference("l1"))
        #expect(fixture.box.order("l1", .cancelled).filled == .zero)
        fixture.gateway.cancel(fixture.reference("l1"))
        #expect(fixture.box.order("l1", .cancelRefused).reason != "")
        fixture.gateway.cancel(fixture.reference("never"))
        _ = fixture.box.order("never", .cancelRefused)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `an order without fills is replaced`(_ venue: VenueFixture.Venue) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("r1", price: 90))
        _ = fixture.box.order("r1", .accepted)
        fixture.gateway.replace(
            fixture.reference("r1"), with: fixture.order("r1-1", quantity: 3, price: 105))
        let fill = fixture.box.fill("r1-1")
        #expect(fill.quantity.raw == 3_000_000_000)
        let states = fixture.box.all.compactMap { report -> VenueStatus? in
            guard case .order(let order) = report, order.clientOrder == "r1" else { return nil }
            return order.status
        }
        #expect(states.contains(.replaced) && !states.contains(.cancelled), "\(states)")
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a replacement of a partly filled order fills the rest and no more`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        let first = try fixture.fillPartly()
        try #require(first.quantity.raw == 4_000_000_000, "\(first)")
        fixture.gateway.replace(
            fixture.reference("p1"), with: fixture.order("p1-1", quantity: 12, price: 110))
        // What the first quote left is gone; this one is for the replacement.
        _ = fixture.box.order("p1", .replaced)
        try fixture.quote(99, 101)
        _ = fixture.box.order("p1-1", .filled)
        var (second, executions): (Quantity, Set<String>) = (.zero, [])
        for fill in fixture.box.fills("p1-1") where executions.insert(fill.execution).inserted {
            second = second + fill.quantity
        }
        #expect(second.raw == 8_000_000_000, "twelve in all, of which four had filled")
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a refusal names its reason and is no fault of the way`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("big", quantity: 900_000_000, price: 100))
        let refused = fixture.box.order("big", .rejected)
        #expect(refused.reason != "")
        let faults = fixture.box.all.filter {
            if case .fault(_, "big") = $0 { true } else { false }
        }
        #expect(faults.isEmpty, "\(faults)")
        let missing = fixture.order(
            "odd", venue == .alpaca ? .stopLimit : .limit,
            time: venue == .alpaca ? .fillOrKill : .day)
        fixture.gateway.submit(missing)
        #expect(fixture.box.order("odd", .rejected).reason.contains(venue.connection.name))
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `the account is told with positions and open orders, behind the fills asked for before`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.fillOneAndRestOne()
        let before = fixture.box.fills("a1").count
        fixture.gateway.queryFills(since: .zero, symbols: [venue.symbol])
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        let account = fixture.box.account()
        #expect(account.openOrders.map(\.clientOrder) == ["a2"])
        #expect(account.positions.map(\.symbol) == [venue.symbol])
        #expect(account.positions.first?.quantity.raw == 2_000_000_000)
        #expect(account.cash > .zero)
        let fills = fixture.box.fills("a1")
        #expect(fills.count > before, "told by the history too")
        #expect(Set(fills.map(\.execution)).count == 1, "one execution, one id")
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a history without the client's ids is told with them`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("h1", .market, time: .immediateOrCancel))
        let seen = fixture.box.fill("h1")
        _ = fixture.box.order("h1", .filled)
        // One that knows nothing of the order.
        try fixture.restart()
        fixture.gateway.queryFills(since: .zero, symbols: [venue.symbol])
        let found = fixture.box.fill("h1")
        #expect(found.execution == seen.execution && found.price == seen.price)
        #expect(found.quantity == seen.quantity && found.venueOrder == seen.venueOrder)
        fixture.gateway.queryFills(fixture.reference("h1"))
        #expect(fixture.box.fill("h1").execution == seen.execution)
        fixture.gateway.query(fixture.reference("h1"))
        #expect(fixture.box.order("h1", .filled).filled == seen.quantity)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `market data come as they happen`(_ venue: VenueFixture.Venue) throws {
        let fixture = try VenueFixture(venue)
        fixture.gateway.queryAccount(symbols: [])
        while true {
            // The market stream comes up when it does; quotes before that are not heard.
            try fixture.quote(99, 101)
            if fixture.box.all.contains(where: { if case .quote = $0 { true } else { false } }) {
                break
            }
        }
        let quote = fixture.box.next { report -> (String, Price, Price)? in
            guard case .quote(let symbol, let bid, _, let ask, _, _) = report else { return nil }
            return (symbol, bid, ask)
        }
        #expect(quote.0 == venue.symbol)
        #expect(quote.1.raw == 99_000_000_000 && quote.2.raw == 101_000_000_000)
    }

    /// More than an address takes: the rest is subscribed to, one request after the other.
    @Test func `hundreds of symbols come over one stream`() throws {
        let fixture = try VenueFixture(.binance, start: false)
        let symbols = (0..<300).map { "C\($0)USDT" } + [VenueFixture.Venue.binance.symbol]
        fixture.gateway.start(symbols: symbols, sink: fixture.box.sink)
        fixture.box.link(.marketData, true)
        try fixture.quote(99, 101)
        let symbol = fixture.box.next { report -> String? in
            if case .quote(let symbol, _, _, _, _, _) = report { symbol } else { nil }
        }
        #expect(symbol == VenueFixture.Venue.binance.symbol)
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `instruments are told with what they may be ordered in`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        let place = fixture.settings.restURL
        let client = VenueClient(
            venue.connection,
            .init(addresses: .init(trading: place, data: place), keys: VenueFixture.keys))
        defer { client.stop() }
        let reading = try client.measureClock()
        #expect(abs(reading.measured.count) < 1_000_000_000, "it is the same machine")
        let found = try client.connection.questions.catalogue(client, .zero).instruments
        let one = try #require(found.first { $0.symbol == venue.symbol })
        #expect(one.filters.tick.raw == 10_000_000 && one.filters.lot > .zero, "\(one)")
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `the history of orders has each of them, and fills begin where they are asked from`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("o1", .market, time: .immediateOrCancel))
        let first = fixture.box.fill("o1")
        _ = fixture.box.order("o1", .filled)
        fixture.gateway.submit(fixture.order("o2", price: 90))
        _ = fixture.box.order("o2", .accepted)
        fixture.gateway.cancel(fixture.reference("o2"))
        _ = fixture.box.order("o2", .cancelled)
        fixture.gateway.submit(fixture.order("o3", .market, time: .immediateOrCancel))
        let second = fixture.box.fill("o3")
        _ = fixture.box.order("o3", .filled)
        // Another gateway, which has heard of nothing.
        try fixture.restart()
        let states: [(String, VenueStatus)] = [
            ("o1", .filled), ("o2", .cancelled), ("o3", .filled),
        ]
        for (name, status) in states {
            fixture.gateway.query(fixture.reference(name))
            _ = fixture.box.order(name, status)
        }
        let count = fixture.box.all.count
        let since = first.time.advanced(by: Nanoseconds(1_000_000))
        fixture.gateway.queryFills(since: since, symbols: [venue.symbol])
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        _ = fixture.box.account()
        let told = fixture.box.all.dropFirst(count).compactMap { report -> String? in
            if case .fill(let fill) = report { fill.execution } else { nil }
        }
        #expect(told == [second.execution], "\(told), not \(first.execution)")
    }
}
