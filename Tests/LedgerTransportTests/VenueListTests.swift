import LedgerVenues
import Testing
import VenueNetwork
import VenueRegister

@Suite struct VenueListTests {
    @Test func `every known venue can be reached, and by its own descriptor`() {
        #expect(ConnectedVenues.all.map(\.name) == KnownVenues.names)
        #expect(Set(KnownVenues.names).count == KnownVenues.names.count)
        for connection in ConnectedVenues.all {
            let known = KnownVenues.named(connection.name)
            #expect(known?.title == connection.venue.title)
            #expect((connection.questions.fees == nil) == (known?.fees == nil))
        }
        for dialect in ConnectedVenues.dialects {
            #expect(KnownVenues.names.contains(dialect.name), "\(dialect.name)")
        }
    }

    @Test func `no two venues share a file or a command`() {
        let filters = KnownVenues.all.map(\.filters)
        for values in [
            filters.map(\.path), filters.map(\.importCommand), filters.map(\.fetchCommand),
            KnownVenues.all.flatMap { $0.keys.key + $0.keys.secret },
        ] {
            #expect(Set(values).count == values.count, "\(values)")
        }
    }
}
