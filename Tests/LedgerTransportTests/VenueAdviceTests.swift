import LedgerConfiguration
import LedgerDomain
import LedgerRunning
import LedgerVenues
import Testing
import VenueRegister

@testable import LedgerUpkeep

/// What people are told to do about a venue is about that venue.
@Suite struct VenueAdviceTests {
    private func doctor(_ settings: [(key: String, value: String)]) -> Doctor {
        Doctor(
            Doctor.Subject(
                path: nil,
                load: { path in
                    try Configuration(
                        path: path, text: nil, environment: [:], overrides: settings)
                }, variable: { _ in nil }, journal: nil, model: nil, now: .zero))
    }

    @Test(arguments: KnownVenues.names)
    func `missing keys are exported by the names of the configured venue`(name: String) throws {
        let venue = try #require(KnownVenues.named(name))
        for key in ["venue.kind", "feed.venue"] {
            let check = doctor([(key, name)]).keyChecks().last
            #expect(check?.fixCommand == venue.keys.export)
            #expect(venue.keys.export.contains("\(name.uppercased())_API_KEY"))
        }
    }

    @Test(arguments: KnownVenues.names)
    func `stale and missing filters name the commands of their own venue`(name: String) throws {
        let source = try #require(KnownVenues.named(name)?.filters)
        let old = VenueCatalogue(venue: name, source: "a", madeAt: .zero, instruments: [])
        let now = Timestamp(nanoseconds: 100 * Nanoseconds.day.count)
        let problem = FiltersFile.problem(old, at: now)
        #expect(problem?.contains("ledgerd data \(source.fetchCommand)") == true)
        #expect(problem?.contains("ledger data \(source.importCommand)") == true)
        let missing = doctor([("venue.kind", name)]).dataChecks().first { $0.name == "filters" }
        #expect(missing?.fixCommand == "ledgerd data \(source.fetchCommand)")
        let unread = doctor([("venue.filters", source.path)]).dataChecks().first
        #expect(unread?.fixCommand == "ledgerd data \(source.fetchCommand) --out \(source.path)")
    }
}
