import LedgerDomain
import LedgerEvents
import LedgerTransport
import LedgerVenues
import Testing

/// What the local exchange does on request, as gateways report it.
@Suite(.serialized) struct MisbehaviourTests {
    @Test(arguments: VenueFixture.Venue.allCases)
    func `a cancel that hangs replaces nothing, and is done in the end`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.fillPartly()
        _ = fixture.box.order("p1", .partiallyFilled)
        try fixture.faults("pending-cancel=1,pending-cancel-s=1")
        fixture.gateway.replace(
            fixture.reference("p1"), with: fixture.order("p1-1", quantity: 12, price: 110))
        _ = fixture.box.order("p1-1", .replaceRefused)
        var status = VenueStatus.accepted
        while status != .cancelled {
            fixture.gateway.query(fixture.reference("p1"))
            status = fixture.box.next { report -> VenueStatus? in
                guard case .order(let order) = report, order.clientOrder == "p1" else { return nil }
                return order.status
            }
        }
        #expect(fixture.box.fills("p1-1").isEmpty)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a market order that expires empty has ended with nothing filled`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        try fixture.faults("empty-market=1")
        fixture.gateway.submit(fixture.order("e1", .market))
        let order = fixture.box.next { report -> VenueOrder? in
            guard case .order(let order) = report, order.clientOrder == "e1", order.status.isEnd
            else { return nil }
            return order
        }
        #expect([.expired, .cancelled].contains(order.status) && order.filled == .zero)
    }

    @Test(arguments: VenueFixture.Venue.allCases)
    func `a sell that is refused for good is a refusal of the order`(
        _ venue: VenueFixture.Venue
    ) throws {
        let fixture = try VenueFixture(venue)
        try fixture.quote(99, 101)
        fixture.gateway.submit(fixture.order("b1", .market))
        _ = fixture.box.order("b1", .filled)
        try fixture.faults("refuse-exit=1")
        fixture.gateway.submit(fixture.order("s1", .market, side: .sell))
        let refused = fixture.box.order("s1", .rejected)
        #expect(refused.deferral == nil && !refused.reason.isEmpty)
    }
}
