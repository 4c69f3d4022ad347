import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerReading
import LedgerSettings
import enum LedgerSimulation.FillKeys
import LedgerVenues

/// Files of what venues take of each trade.
public enum FeesFile {
    public static func read(_ path: String) throws -> FeeSchedule {
        let bytes = try WholeFile.read(path)
        do { return try FeeSchedule(bytes) } catch {
            throw InputError("\(path): \(error); `ledger data import-fees` makes a file of fees")
        }
    }

    /// Sees that a run counts with the fees that the venues take (Q06): `venue.fee_basis_points` is what a
    /// taker pays for each instrument that a file of `venue.fees` has.
    public static func check(_ settings: Settings, _ instruments: [Instrument]) throws {
        for path in try settings[VenueFileKeys.fees] {
            let schedule = try read(path)
            let counted = try settings[FillKeys.feeBasisPoints]
            for instrument in instruments {
                guard let fee = schedule[instrument.symbol], fee.taker != counted else { continue }
                throw SettingsError(
                    FillKeys.feeBasisPoints,
                    "is \(counted), and \(schedule.venue) takes \(fee.taker) of "
                        + "\(instrument.symbol) by \(path) of \(schedule.madeAt)")
            }
        }
    }
}
