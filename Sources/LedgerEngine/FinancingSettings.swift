import LedgerDomain
import LedgerSettings

/// What holding costs in an account at the simulated venue. A venue outside reports what it charges.
public enum FinancingKeys {
    public static let borrowRate = rate(
        "borrow_rate", help: "yearly fee (share of their worth) for units that were sold short")
    public static let debitRate = rate(
        "debit_rate", help: "yearly interest (share) on a balance below zero")
    public static let creditRate = rate(
        "credit_rate", help: "yearly interest (share) that a balance above zero earns")
    public static let dayCount = SettingKey.choice(
        "\(section)day_count", of: ["360", "365"], default: nil,
        help: "days of the rates' year: 360 if not given, or 365")
    public static let fundingRate = SettingKey<Price>(
        Setting(
            "\(section)funding_rate", .decimal(from: "-1", through: "1"), default: nil,
            help: "funding (share of the worth) of an interval, which longs pay to shorts")
    ) { try? Price($0) }
    public static let fundingHours = SettingKey.choice(
        "\(section)funding_hours", of: ["1", "2", "3", "4", "6", "8", "12", "24"], default: nil,
        help: "hours of a funding interval; 8 if not given")
    public static let fundingSymbols = SettingKey.list(
        "\(section)funding_symbols", default: nil,
        help: "instruments with funding, separated by commas")

    static let section = "account.financing."

    private static func rate(_ name: String, help: String) -> SettingKey<Price> {
        SettingKey<Price>(
            Setting(
                "\(section)\(name)", .decimal(from: "0", through: "10"), default: nil, help: help)
        ) { try? Price($0) }
    }

    public static let all: [Setting] = [
        borrowRate.setting, debitRate.setting, creditRate.setting, dayCount.setting,
        fundingRate.setting, fundingHours.setting, fundingSymbols.setting,
    ]
}

/// What accrues at the start of each trading day of an account.
struct FinancingSettings: Sendable {
    var borrow: Price
    var debit: Price
    var credit: Price
    var dayCount: UInt16
    var funding: Price
    var fundingHours: Int64
    var fundingSymbols: [String]

    /// Nil where the settings have no such section.
    init?(_ settings: Settings) throws(SettingsError) {
        guard let first = settings.pairs.first(where: { $0.key.hasPrefix(FinancingKeys.section) })
        else { return nil }
        guard try settings[ModeKeys.venue] == ModeKeys.simulated else {
            throw SettingsError(
                key: first.key,
                "is for the simulated venue; what this account's venue charges is booked when the "
                    + "venue reports it")
        }
        borrow = try settings.given(FinancingKeys.borrowRate) ?? .zero
        debit = try settings.given(FinancingKeys.debitRate) ?? .zero
        credit = try settings.given(FinancingKeys.creditRate) ?? .zero
        dayCount = UInt16(try settings.given(FinancingKeys.dayCount) ?? "") ?? 360
        funding = try settings.given(FinancingKeys.fundingRate) ?? .zero
        fundingHours = Int64(try settings.given(FinancingKeys.fundingHours) ?? "") ?? 8
        fundingSymbols = try settings.given(FinancingKeys.fundingSymbols) ?? []
        guard funding.raw == 0 || !fundingSymbols.isEmpty else {
            throw SettingsError(
                FinancingKeys.fundingRate,
                "needs \(FinancingKeys.fundingSymbols.name), which names the instruments")
        }
    }
}

extension Settings {
    /// A setting without a default; nil where it is absent or empty.
    func given<Value>(_ key: SettingKey<Value>) throws(SettingsError) -> Value? {
        text(of: key.name)?.isEmpty == false ? try self[key] : nil
    }
}
