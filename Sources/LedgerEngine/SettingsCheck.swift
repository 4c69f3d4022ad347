import LedgerDomain
import LedgerEvents
import LedgerSafety
import LedgerSettings

/// Finds settings of the engine that are each valid but contradict each other (C18). The error names both.
public enum SettingsCheck {
    public static func run(_ settings: Settings) throws(SettingsError) {
        for order in orders { try order.check(settings) }
        try live(settings)
        try strategies(settings)
        try RateSettings.check(settings)
    }

    /// Whether `new` may follow `old` in one journal. Books are kept by account and by a strategy's
    /// place in the list. Another strategy there would inherit positions that it never entered.
    public static func change(
        from old: Settings, to new: Settings
    ) throws(SettingsError) {
        for setting in [
            AccountKeys.name.setting, AccountKeys.kind.setting, AccountKeys.currency.setting,
            ModeKeys.venue.setting,
        ] {
            let standard = setting.defaultValue ?? ""
            let before = old.text(of: setting.key) ?? standard
            let after = new.text(of: setting.key) ?? standard
            guard before == after else {
                throw SettingsError(
                    key: setting.key,
                    "'\(after)' cannot follow '\(before)': a journal keeps its account")
            }
        }
        if !old.entries(.rates).isEmpty, new.entries(.rates).isEmpty {
            throw SettingsError(
                key: SettingsList.rates.rawValue,
                "cannot be removed: the account has balances in other currencies")
        }
        if try MarginKeys.terms(old) != nil, try MarginKeys.terms(new) == nil {
            throw SettingsError(
                MarginKeys.kind, "cannot be removed: the journal says what the account may borrow")
        }
        for (index, (before, after)) in zip(try names(old), try names(new)).enumerated()
        where before != after {
            throw SettingsError(
                key: new.entry(.strategies, index).name,
                "'\(after)' cannot follow '\(before)', which holds its positions there; "
                    + "add strategies at the end")
        }
    }

    /// The names of the strategies, in their places.
    private static func names(_ settings: Settings) throws(SettingsError) -> [String] {
        var names: [String] = []
        for entry in settings.entries(.strategies) { names.append(try entry.strategyName) }
        return names
    }

    private static let orders = [
        SettingsOrder(DrawdownKeys.haltThreshold, below: DrawdownKeys.panicThreshold),
        SettingsOrder(
            DrawdownKeys.warningThreshold, atMost: DrawdownKeys.haltThreshold, zeroIsOff: true),
        SettingsOrder(DrawdownKeys.haltCooldownDays, atMost: DrawdownKeys.panicCooldownDays),
        SettingsOrder(RiskKeys.maxDailyLossPct, atMost: RiskKeys.maxDailyDrawdown, zeroIsOff: true),
        SettingsOrder(
            RiskKeys.maxOrderNotional, atMost: RiskKeys.maxAbsPositionNotional, zeroIsOff: true),
        SettingsOrder(
            RiskKeys.maxAbsPositionNotional, atMost: RiskKeys.maxTotalNotional, zeroIsOff: true),
        SettingsOrder(RiskKeys.minTradeValue, atMost: RiskKeys.maxOrderNotional, zeroIsOff: true),
        SettingsOrder(HealthKeys.shortWindow, atMost: HealthKeys.longWindow),
        SettingsOrder(
            ClockKeys.warnThresholdMs, atMost: ClockKeys.killThresholdMs, zeroIsOff: true),
        SettingsOrder(FilterKeys.lowVolatility, atMost: FilterKeys.highVolatility),
    ]

    /// No safety rule can be off when the money is real.
    private static func live(_ settings: Settings) throws(SettingsError) {
        let cause: String
        if try settings[ModeKeys.mode] == .live {
            cause = ModeKeys.mode.name
        } else if try settings[AccountKeys.kind] == .live {
            cause = AccountKeys.kind.name
        } else {
            return
        }
        for setting in [
            DrawdownKeys.enabled.setting, RiskKeys.enabled.setting, QualityKeys.enabled.setting,
            ReconciliationKeys.enabled.setting,
        ] where settings.text(of: setting.key) == "false" {
            throw SettingsError(key: setting.key, "cannot be off in live (\(cause) is live)")
        }
    }

    /// Refuses a name that no strategy has, because it would disable nothing.
    private static func strategies(_ settings: Settings) throws(SettingsError) {
        let known = try names(settings)
        guard !known.isEmpty else { return }
        for name in try settings[GateKeys.strategyDisabledList] {
            guard known.contains(where: { $0.lowercased() == name.lowercased() }) else {
                throw SettingsError(
                    GateKeys.strategyDisabledList,
                    "'\(name)' is not a strategy; there are \(known.joined(separator: ", "))")
            }
        }
    }
}
