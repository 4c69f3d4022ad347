import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerReading
import LedgerSettings
import LedgerVenues
import VenueRegister

/// Files of the venues' instruments, and what the journal records of them (Q07).
public enum FiltersFile {
    /// Days after which filters are stale, unless `venue.filters_max_age_days` is set.
    public static let standardDays = VenueFileKeys.filtersMaxAgeDays.standard

    public static func read(_ path: String) throws -> VenueCatalogue {
        let bytes = try WholeFile.read(path)
        do { return try VenueCatalogue(bytes) } catch {
            throw InputError(
                "\(path): \(error); create a filter file with `ledger data import-filters`")
        }
    }

    /// The filters of these instruments from the files that the settings name, in instrument order;
    /// empty if the settings name none.
    ///
    /// Each instrument must be in one of the files; otherwise its orders would be sent unadjusted.
    ///
    /// - Parameter now: the current time, if filters must be current; nil in a back-test, whose
    ///   data are from another time.
    /// - Throws: `InputError` if files are stale, an instrument is missing, or the venue does not
    ///   trade it.
    public static func events(
        _ settings: Settings, _ instruments: [Instrument], now: Timestamp?
    ) throws -> [VenueFiltersLoaded] {
        let days = try settings[VenueFileKeys.filtersMaxAgeDays]
        return try events(
            settings[VenueFileKeys.filters], instruments, now: now, maximumDays: days)
    }

    /// - Parameter paths: if two files have a symbol, the first one is used.
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
            let symbol = instrument.venueSymbol
            guard let catalogue = catalogues.first(where: { $0[symbol] != nil }),
                let event = catalogue.event(symbol, instrument.id)
            else {
                throw InputError(
                    "\(symbol) is not in the filters of \(paths.joined(separator: ","))")
            }
            if now != nil, catalogue[symbol]?.isTradable == false {
                throw InputError("\(catalogue.venue) does not currently trade \(symbol)")
            }
            return event
        }
    }

    public static func list(_ paths: String) -> [String] {
        paths.split(separator: ",").map { part in
            String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// Nil if the filters are recent enough, otherwise what is wrong with their age. Filters of
    /// exactly the limit are stale. A venue's clock may be a day ahead of ours.
    public static func problem(
        _ catalogue: VenueCatalogue, at now: Timestamp, maximumDays: Int64 = standardDays
    ) -> String? {
        let age = now.nanoseconds.subtractingReportingOverflow(catalogue.madeAt.nanoseconds)
        let days = age.partialValue.floorDivided(by: Nanoseconds.day.count)
        guard !age.overflow, days >= -1 else {
            return "the filters are from \(catalogue.madeAt), which is in the future"
        }
        guard days >= maximumDays else { return nil }
        return
            "Filters are stale: they are from \(catalogue.madeAt), \(days) days ago, and may be "
            + "less than \(maximumDays) days old" + remedy(catalogue.venue)
    }

    private static func remedy(_ venue: String) -> String {
        guard let source = KnownVenues.named(venue)?.filters else { return "" }
        return "; run ledgerd data \(source.fetchCommand), or ledger data \(source.importCommand)"
    }
}
