import LedgerSettings

/// Files with venues' order rules and fees.
public enum VenueFileKeys {
    public static let filters = SettingKey.list(
        "venue.filters", default: "",
        help: "filter files of the venues, separated by commas; empty for none")
    public static let filtersMaxAgeDays = SettingKey<Int64>.integer(
        "venue.filters_max_age_days", 1...100_000, default: 30,
        help: "age in days at which filters are stale and the daemon refuses to start")
    public static let fees = SettingKey.list(
        "venue.fees", default: "",
        help:
            "fee files of the venues, separated by commas; venue.fee_basis_points "
            + "must match them"
    )

    public static let all = [filters.setting, filtersMaxAgeDays.setting, fees.setting]
}
