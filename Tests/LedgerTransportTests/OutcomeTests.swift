import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import Testing

/// What a gateway says when things go wrong, against a local exchange that misbehaves.
@Suite(.serialized) struct OutcomeTests {
    @Test(
        arguments: [VenueFixture.Venue.alpaca, .binance],
        ["error-after-accept", "timeout-after-accept", "silence-after-accept"])
    func `an order that the venue took and did not confirm is asked for, never sent again`(
        _ venue: VenueFixture.Venue, _ fault: String
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        try fixture.faults("\(fault)=1,drop=1")
        fixture.gateway.submit(fixture.order("u1", price: 90))
        let told = fixture.box.fault(about: "u1")
        guard case .unknownOutcome = told else {
            Issue.record("\(told)")
            return
        }
        try fixture.faults("")
        fixture.gateway.query(fixture.reference("u1"))
        _ = fixture.box.order("u1", .accepted)
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        #expect(fixture.box.account().openOrders.map(\.clientOrder) == ["u1"], "one order")
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `an order that never arrived is unknown once it cannot arrive any more`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.faults("lost-request=1")
        fixture.gateway.submit(fixture.order("n1", price: 90))
        guard case .unknownOutcome = fixture.box.fault(about: "n1") else {
            Issue.record("a request that was written may have arrived")
            return
        }
        try fixture.faults("")
        fixture.gateway.query(fixture.reference("n1"))
        let order = fixture.box.order("n1", .unknown)
        #expect(order.status.isEnd && order.symbol == venue.symbol)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `nothing is submitted while the order stream is down`(_ venue: VenueFixture.Venue) throws {
        let fixture = try VenueFixture(venue)
        try fixture.stopExchange()
        fixture.box.link(.orders, false)
        #expect(!fixture.gateway.isOrderStreamUp)
        fixture.gateway.submit(fixture.order("d1"))
        #expect(fixture.box.fault(about: "d1") == .unreachable("order stream is down"))
        #expect(fixture.box.order("d1", .rejected).reason == "order stream is down")
        fixture.gateway.replace(fixture.reference("d0"), with: fixture.order("d0-1"))
        _ = fixture.box.order("d0-1", .replaceRefused)
        try fixture.startExchange()
        fixture.box.link(.orders, true)
        fixture.gateway.query(fixture.reference("d1"))
        _ = fixture.box.order("d1", .unknown)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a stream that was cut comes back by itself`(_ venue: VenueFixture.Venue) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("c1", price: 90))
        _ = fixture.box.order("c1", .accepted)
        for _ in 0..<3 {
            try fixture.disconnect()
            fixture.box.link(.orders, false)
            fixture.box.link(.orders, true)
        }
        try fixture.quote(89, 90)
        #expect(fixture.box.fill("c1").quantity.raw == 2_000_000_000)
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `half a frame ends the stream and books nothing`(_ venue: VenueFixture.Venue) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("f1", price: 90))
        _ = fixture.box.order("f1", .accepted)
        try fixture.faults("half-frame=1")
        try fixture.quote(89, 90)
        fixture.box.link(.orders, false)
        try fixture.faults("")
        fixture.box.link(.orders, true)
        #expect(fixture.box.fills("f1").isEmpty)
        fixture.gateway.queryFills(fixture.reference("f1"))
        #expect(fixture.box.fill("f1").quantity.raw == 2_000_000_000)
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `a wrong key is told once, and nothing goes out after it`(
        _ venue: VenueFixture.Venue
    ) throws {
        let keys = VenueKeys(key: Secret("wrong-key"), secret: Secret("planted-secret"))
        let fixture = try VenueFixture(venue, keys: keys, start: false)
        fixture.gateway.start(symbols: [], sink: fixture.box.sink)
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        let fault = fixture.box.next { report -> VenueFault? in
            if case .fault(.authentication(let text), _) = report {
                .authentication(text)
            } else {
                nil
            }
        }
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        fixture.gateway.queryFills(since: .zero, symbols: [venue.symbol])
        _ = fixture.box.next { report -> Bool? in
            if case .fault(.authentication, _) = report { true } else { nil }
        }
        #expect(!"\(fault) \(fixture.box.all)".contains("planted-secret"))
        #expect(!"\(fault) \(fixture.box.all)".contains("wrong-key"))
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `an order that the venue has no time for did not happen`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.faults("rate-limit=1,retry-after-s=1")
        fixture.gateway.submit(fixture.order("q1"))
        guard case .rateLimited(let wait, _) = fixture.box.fault(about: "q1") else {
            Issue.record("no rate limit")
            return
        }
        // What is left of the pause when it is told.
        #expect(wait.count > 0 && wait <= .second)
        _ = fixture.box.order("q1", .rejected)
        try fixture.faults("")
        // Within the pause an order is refused here, and a question waits.
        fixture.gateway.submit(fixture.order("q2"))
        _ = fixture.box.order("q2", .rejected)
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        #expect(fixture.box.account().openOrders.isEmpty)
    }

    /// Faults of the exchange after which an order certainly is not there.
    static let passing: [(venue: VenueFixture.Venue, faults: String, cause: DeferralCause)] = [
        (.alpaca, "rate-limit=1", .rateLimit), (.binance, "rate-limit=1", .rateLimit),
        (.binance, "ban=1", .rateLimit), (.binance, "timestamp=1", .timestamp),
    ]

    @Test(arguments: passing.indices)
    func `an order that was refused for now says so, and why`(row: Int) throws {
        let (venue, faults, cause) = Self.passing[row]
        let fixture = try VenueFixture(venue)
        try fixture.faults(faults)
        fixture.gateway.submit(fixture.order("p1"))
        #expect(fixture.box.order("p1", .rejected).deferral?.cause == cause)
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `a key that was refused once is tried again by a harmless query`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        try fixture.faults("unauthorized=1")
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        fixture.box.link(.key, false)
        // Entries stay here; what reduces risk leaves, as the gate says.
        fixture.gateway.submit(fixture.order("k1", price: 90))
        #expect(fixture.box.order("k1", .rejected).deferral?.cause == .authentication)
        try fixture.faults("")
        fixture.box.link(.key, true)
        fixture.gateway.submit(fixture.order("k2", price: 90))
        _ = fixture.box.order("k2", .accepted)
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `an exit leaves while the key is refused, and its success ends the refusal`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue) {
            $0.backoff = Backoff.Rules(base: .hour, cap: .hour)
        }
        try fixture.quote(99, 101)
        try fixture.faults("unauthorized=1")
        fixture.gateway.queryAccount(symbols: [venue.symbol])
        fixture.box.link(.key, false)
        try fixture.faults("")
        var exit = fixture.order("x1", price: 90)
        exit.reducesRisk = true
        fixture.gateway.submit(exit)
        fixture.box.link(.key, true)
        fixture.gateway.query(fixture.reference("x1"))
        _ = fixture.box.order("x1", .accepted)
    }

    @Test func `an operator's clear lets the key be tried at once`() throws {
        let fixture = try VenueFixture(.binance) {
            $0.backoff = Backoff.Rules(base: .hour, cap: .hour)
        }
        try fixture.quote(99, 101)
        try fixture.faults("unauthorized=1")
        fixture.gateway.queryAccount(symbols: [fixture.venue.symbol])
        fixture.box.link(.key, false)
        try fixture.faults("")
        fixture.gateway.tryKeyAgain()
        fixture.gateway.queryAccount(symbols: [fixture.venue.symbol])
        #expect(fixture.box.account().openOrders.isEmpty)
    }

    @Test(arguments: [VenueFixture.Venue.alpaca, .binance])
    func `a proxy's page is neither a refused key nor a missing order`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("h1", price: 90))
        _ = fixture.box.order("h1", .accepted)
        try fixture.faults("proxy=1")
        fixture.gateway.submit(fixture.order("h2", price: 90))
        #expect(fixture.box.order("h2", .rejected).deferral?.cause == .rateLimit)
        try fixture.faults("proxy=1,proxy-status=404")
        fixture.gateway.query(fixture.reference("h1"))
        guard case .unreachable = fixture.box.fault(about: "h1") else {
            Issue.record("an HTML 404 says nothing about the order")
            return
        }
        try fixture.faults("")
        fixture.gateway.query(fixture.reference("h1"))
        _ = fixture.box.order("h1", .accepted)
    }

    @Test func `a subscription that meets a ban waits for its end`() throws {
        let fixture = try VenueFixture(.binance, start: false)
        try fixture.faults("ban=1,retry-after-s=2,silent-wait=1")
        fixture.gateway.start(symbols: [], sink: fixture.box.sink)
        var times: [Int64] = []
        while times.count < 2 {
            guard case .rateLimited(let wait, _) = fixture.box.fault(about: "order stream") else {
                continue
            }
            #expect(wait > .second && wait <= Nanoseconds(2_000_000_000))
            times.append(MachineTime.steady)
        }
        #expect(times[1] - times[0] > 1_000_000_000)
        try fixture.faults("")
        fixture.box.link(.orders, true)
    }

    @Test func `an order that the venue refused for good says nothing of that`() throws {
        let fixture = try VenueFixture(.binance)
        try fixture.faults("reject=1")
        fixture.gateway.submit(fixture.order("g1", price: 90))
        #expect(fixture.box.order("g1", .rejected).deferral == nil)
    }

    @Test func `an exit that finds no connection is not forgotten`() throws {
        let fixture = try VenueFixture(.binance)
        try fixture.stopExchange()
        fixture.box.link(.orders, false)
        fixture.gateway.submit(fixture.order("o1"))
        #expect(fixture.box.order("o1", .rejected).deferral?.cause == .unreachable)
    }

    @Test func `a time stamp that the venue refuses leads to a new look at its clock`() throws {
        let fixture = try VenueFixture(.binance)
        _ = fixture.box.next { if case .clock = $0 { true } else { nil } } as Bool
        try fixture.faults("clock-skew-ms=30000")
        fixture.gateway.submit(fixture.order("t1", price: 90))
        guard case .timestamp = fixture.box.fault(about: "t1") else {
            Issue.record("no complaint about the time stamp")
            return
        }
        _ = fixture.box.order("t1", .rejected)
        let offset = fixture.box.next { report -> Nanoseconds? in
            if case .clock(let offset, _) = report { offset } else { nil }
        }
        #expect(abs(offset.count - 30_000_000_000) < 1_000_000_000)
    }
}
