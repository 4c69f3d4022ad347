import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerReading
import LedgerSettings
import enum LedgerSimulation.FillKeys
import LedgerVenues

/// Files of the fees that venues charge.
public enum FeesFile {
    public static func read(_ path: String) throws -> VenueFees {
        let bytes = try WholeFile.read(path)
        do { return try VenueFees(bytes) } catch {
            throw InputError("\(path): \(error); create a fee file with `ledger data import-fees`")
        }
    }

    /// Checks that a run uses the venues' fees (Q06): `venue.fee_basis_points` must be the taker
    /// fee of every instrument in a file of `venue.fees`.
    public static func check(_ settings: Settings, _ instruments: [Instrument]) throws {
        for path in try settings[VenueFileKeys.fees] {
            let schedule = try read(path)
            let counted = try settings[FillKeys.feeBasisPoints]
            for instrument in instruments {
                guard let fee = schedule[instrument.venueSymbol], fee.taker != counted else {
                    continue
                }
                throw SettingsError(
                    FillKeys.feeBasisPoints,
                    "is \(counted), and \(schedule.venue) takes \(fee.taker) of "
                        + "\(instrument.symbol) by \(path) of \(schedule.madeAt)")
            }
        }
    }
}
