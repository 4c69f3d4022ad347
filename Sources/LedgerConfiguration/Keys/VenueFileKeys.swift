import LedgerSettings

/// Files of what venues demand of orders and take for fills.
public enum VenueFileKeys {
    public static let filters = SettingKey.list(
        "venue.filters", default: "",
        help: "files of the venues' filters, separated by commas; empty for none")
    public static let filtersMaxAgeDays = SettingKey<Int64>.integer(
        "venue.filters_max_age_days", 1...100_000, default: 30,
        help: "days from which on filters are stale and the daemon does not start")
    public static let fees = SettingKey.list(
        "venue.fees", default: "",
        help:
            "files of the venues' fees, separated by commas: fee_basis_points must be "
            + "what they take"
    )

    public static let all = [filters.setting, filtersMaxAgeDays.setting, fees.setting]
}
