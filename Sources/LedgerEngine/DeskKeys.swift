import LedgerSafety
import LedgerSettings
import LedgerSimulation

/// The lists `accounts` and `venues` of a journal with several accounts. A journal with one account has the
/// sections `account` and `venue` instead.
public enum DeskKeys {
    public static let account = SettingKey.text(
        "accounts.*.name", default: nil, help: "name of the account; each has its own")
    public static let place = SettingKey.text(
        "accounts.*.venue", default: nil,
        help: "venue at which the account trades, by its name in `venues`; if none is given, the "
            + "simulated venue without fees")
    public static let venue = SettingKey.text(
        "venues.*.name", default: nil, help: "name of the venue; each has its own")

    /// The settings of the section `account`, of each account.
    private static let identity: [Setting] =
        [
            AccountKeys.kind.setting, AccountKeys.currency.setting, AccountKeys.cash.setting,
            AccountKeys.balances.setting, AccountKeys.allowShort.setting, GateKeys.calendar.setting,
        ] + FinancingKeys.all + MarginKeys.all

    /// Sections inside `account`, of each account.
    static let ownSections = [FinancingKeys.section, MarginKeys.section].map {
        String($0.dropFirst(section.count))
    }

    /// Rules that hold in all accounts, unless an account has its own. There is one flag file.
    private static let rules: [Setting] = [
        GateKeys.all, DrawdownKeys.all, RiskKeys.all, ReconciliationKeys.all, QualityKeys.all,
        FaultKeys.all,
    ].flatMap { $0 }.filter { !$0.key.hasPrefix(section) && $0.key != GateKeys.flagPath.name }

    /// The settings of the section `venue`, of each venue.
    private static let venueSettings = [ModeKeys.venue.setting] + FillKeys.all

    /// The kind of a venue in the list.
    public static let venueKind = "venues.*.kind"

    static let section = "account."
    static let venueSection = "venue."

    public static let all: [Setting] =
        [account.setting, place.setting]
        + identity.map { $0.listed(as: "accounts.*.\($0.key.dropFirst(section.count))") }
        + rules.map { $0.listed(as: "accounts.*.\($0.key)") }
        + [venue.setting]
        + venueSettings.map { $0.listed(as: "venues.*.\($0.key.dropFirst(venueSection.count))") }
}
