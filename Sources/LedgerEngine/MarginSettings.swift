import LedgerDomain
import LedgerEvents
import LedgerProjections
import LedgerSettings

/// What an account may borrow. The defaults are the rules that Alpaca publishes for US shares.
public enum MarginKeys {
    public static let kind = SettingKey.choice(
        "\(section)type", of: MarginType.words, default: nil,
        help: "cash: buys are paid in full; margin: a share of a position is lent")
    public static let initialLong = share(
        "initial_long",
        help: "share of a new long position that the account must own; 0.5 if not given")
    public static let initialShort = share(
        "initial_short", help: "the same of a short position; 0.5 if not given")
    public static let maintenanceLong = share(
        "maintenance_long", help: "share of a held long position that it must own; 0.3 if not given"
    )
    public static let maintenanceShort = share(
        "maintenance_short", help: "the same of a short position; 0.3 if not given")
    public static let maxLeverage = SettingKey<Price>(
        Setting(
            "\(section)max_leverage", .decimal(from: "0", through: "100"), default: nil,
            help: "positions over equity that entries may reach; no limit if not given")
    ) { try? Price($0) }
    public static let minimumEquity = SettingKey<Money>(
        Setting(
            "\(section)minimum_equity", .decimal(from: "0", through: "1000000000000"),
            default: nil, help: "equity below which nothing is lent; 2000 if not given")
    ) { try? Money($0) }

    static let section = "account.margin."

    private static func share(_ name: String, help: String) -> SettingKey<Price> {
        SettingKey<Price>(
            Setting(
                "\(section)\(name)", .decimal(from: "0.000000001", through: "1"), default: nil,
                help: help)
        ) { try? Price($0) }
    }

    /// Only for accounts that borrow.
    private static let ofMargin: [Setting] = [
        initialLong.setting, initialShort.setting, maintenanceLong.setting,
        maintenanceShort.setting, minimumEquity.setting,
    ]
    public static let all: [Setting] = [kind.setting, maxLeverage.setting] + ofMargin

    /// The terms of the settings; nil where they have no such section.
    ///
    /// - Throws: `SettingsError` for a section without a type, and for terms that contradict each other.
    static func terms(_ settings: Settings) throws(SettingsError) -> MarginTerms? {
        guard let first = settings.pairs.first(where: { $0.key.hasPrefix(section) }) else {
            return nil
        }
        guard let word = try settings.given(kind), let kind = MarginType(word: word) else {
            throw SettingsError(key: first.key, "needs \(Self.kind.name) cash or margin")
        }
        let most = try settings.given(maxLeverage) ?? .zero
        guard kind == .margin else {
            if let stray = ofMargin.first(where: { settings.text(of: $0.key) != nil }) {
                throw SettingsError(
                    key: stray.key, "contradicts \(Self.kind.name) cash, which lends nothing")
            }
            guard try !settings[AccountKeys.allowShort] else {
                throw SettingsError(
                    AccountKeys.allowShort, "needs \(Self.kind.name) margin; it is cash")
            }
            let one = Price(raw: FixedPoint.one)
            return MarginTerms(
                MarginDefined(
                    kind: .cash, initialLong: one, initialShort: one, maintenanceLong: one,
                    maintenanceShort: one, maxLeverage: most, minimumEquity: .zero))
        }
        let half = Price(raw: 500_000_000)
        let third = Price(raw: 300_000_000)
        let event = MarginDefined(
            kind: .margin, initialLong: try settings.given(initialLong) ?? half,
            initialShort: try settings.given(initialShort) ?? half,
            maintenanceLong: try settings.given(maintenanceLong) ?? third,
            maintenanceShort: try settings.given(maintenanceShort) ?? third, maxLeverage: most,
            minimumEquity: try settings.given(minimumEquity) ?? Money(raw: 2_000_000_000_000))
        try check(event)
        return MarginTerms(event)
    }

    private static func check(_ terms: MarginDefined) throws(SettingsError) {
        for (key, maintenance, initial, other) in [
            (maintenanceLong, terms.maintenanceLong, terms.initialLong, initialLong),
            (maintenanceShort, terms.maintenanceShort, terms.initialShort, initialShort),
        ] where maintenance > initial {
            throw SettingsError(key, "\(maintenance) must be at most \(other.name) \(initial)")
        }
        let lowest = min(terms.initialLong, terms.initialShort)
        let lent = Int128(FixedPoint.one) * Int128(FixedPoint.one) / Int128(lowest.raw)
        guard Int128(terms.maxLeverage.raw) <= lent else {
            throw SettingsError(
                maxLeverage,
                "\(terms.maxLeverage) is above what an initial share of \(lowest) allows: "
                    + "\(FixedPoint.format(lent))")
        }
    }
}
