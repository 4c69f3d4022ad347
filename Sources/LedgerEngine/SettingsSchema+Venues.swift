import LedgerSettings
import VenueRegister

/// Files that say what venues take and who the account is there.
extension SettingsSchema {
    static let venueFiles: [Setting] = files + KnownVenues.all.map(\.keyFileSetting)

    private static let files: [Setting] = [
        Setting(
            "venue.filters", .text, "",
            "files of the venues' filters, separated by commas; empty for none"),
        Setting(
            "venue.filters_max_age_days", .integer(1...100_000), "30",
            "days from which on filters are stale and the daemon does not start"),
        Setting(
            "venue.fees", .text, "",
            "files of the venues' fees, separated by commas: fee_basis_points must be what they take"
        ),
    ]
}
