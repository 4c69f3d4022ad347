import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerReading
import LedgerSettings
import LedgerVenues
import VenueRegister

/// Files of what venues say of their instruments, and what the journal is told of them (Q07).
public enum FiltersFile {
    /// Days after which filters are stale, unless `venue.filters_max_age_days` says another number.
    public static let standardDays = VenueFileKeys.filtersMaxAgeDays.standard

    public static func read(_ path: String) throws -> VenueCatalogue {
        let bytes = try WholeFile.read(path)
        do { return try VenueCatalogue(bytes) } catch {
            throw InputError(
                "\(path): \(error); `ledger data import-filters` makes a file of filters")
        }
    }

    /// The filters of these instruments from the files that the settings name, in the order of the
    /// instruments; nothing where they name none.
    ///
    /// Each instrument must be in one of the files: an order of one that is not would leave unquantised.
    ///
    /// - Parameter now: the present, where filters have to be of it; nil in a back-test, whose data are of
    ///   another time.
    /// - Throws: `InputError` for files that are stale, that lack an instrument, or where the venue does not
    ///   trade it.
    public static func events(
        _ settings: Settings, _ instruments: [Instrument], now: Timestamp?
    ) throws -> [VenueFiltersLoaded] {
        let days = try settings[VenueFileKeys.filtersMaxAgeDays]
        return try events(
            settings[VenueFileKeys.filters], instruments, now: now, maximumDays: days)
    }

    /// - Parameter paths: of two files that have a symbol, the first counts.
    public static func events(
        _ paths: [String], _ instruments: [Instrument], now: Timestamp?,
        maximumDays: Int64 = standardDays
    ) throws -> [VenueFiltersLoaded] {
        guard !paths.isEmpty else { return [] }
        var catalogues: [VenueCatalogue] = []
        for name in paths {
            let catalogue = try read(name)
            if let now, let problem = problem(catalogue, at: now, maximumDays: maximumDays) {
                throw InputError("\(name): \(problem)")
            }
            catalogues.append(catalogue)
        }
        return try instruments.map { instrument in
            let symbol = instrument.symbol
            guard let catalogue = catalogues.first(where: { $0[symbol] != nil }),
                let event = catalogue.event(symbol, instrument.id)
            else {
                throw InputError(
                    "\(symbol) is in none of the filters of \(paths.joined(separator: ","))")
            }
            if now != nil, catalogue[symbol]?.isTradable == false {
                throw InputError("\(catalogue.venue) does not trade \(symbol) at present")
            }
            return event
        }
    }

    public static func list(_ paths: String) -> [String] {
        paths.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// Nil for filters young enough, else what is wrong with their age. Those of exactly the limit are
    /// stale; a venue's clock may be a day ahead of ours.
    public static func problem(
        _ catalogue: VenueCatalogue, at now: Timestamp, maximumDays: Int64 = standardDays
    ) -> String? {
        let age = now.nanoseconds.subtractingReportingOverflow(catalogue.madeAt.nanoseconds)
        let days = age.partialValue.floorDivided(by: Nanoseconds.day.count)
        guard !age.overflow, days >= -1 else {
            return "the filters are of \(catalogue.madeAt), which is to come"
        }
        guard days >= maximumDays else { return nil }
        return
            "Filters are stale: they are of \(catalogue.madeAt), \(days) days ago, and may be less "
            + "than \(maximumDays) days old" + remedy(catalogue.venue)
    }

    private static func remedy(_ venue: String) -> String {
        guard let source = KnownVenues.named(venue)?.filters else { return "" }
        return "; run ledgerd data \(source.fetchCommand), or ledger data \(source.importCommand)"
    }
}
