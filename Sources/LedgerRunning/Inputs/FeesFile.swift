import LedgerDomain
import LedgerEngine
import LedgerReading
import LedgerSettings
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
        for path in FiltersFile.list(settings["venue.fees"] ?? "") {
            let schedule = try read(path)
            let text = settings["venue.fee_basis_points"] ?? "0"
            let counted = try BasisPoints(text)
            for instrument in instruments {
                guard let fee = schedule[instrument.symbol], fee.taker != counted else { continue }
                throw SettingsError(
                    "venue.fee_basis_points",
                    problem: "is \(counted), and \(schedule.venue) takes \(fee.taker) of "
                        + "\(instrument.symbol) by \(path) of \(schedule.madeAt)")
            }
        }
    }
}
