import LedgerDomain
import LedgerEvents
import LedgerSafety
import LedgerSettings
import VenueRegister

/// Settings that are each good and together are not (C18): two of them are named.
public enum SettingsCheck {
    public static func run(_ settings: Settings) throws(SettingsError) {
        try order(settings)
        try live(settings)
        try strategies(settings)
        if settings["universe.mode"] == "csv", settings.text("universe.csv_path", "").isEmpty {
            throw SettingsError("universe.csv_path", problem: "is empty, and universe.mode is csv")
        }
    }

    /// Whether `new` may follow `old` in one journal. Books are kept by account, and by a strategy's
    /// place in the list: another one there would inherit positions that it never entered.
    public static func change(
        from old: Settings, to new: Settings
    ) throws(SettingsError) {
        for key in ["account.name", "account.kind", "account.currency", "venue.kind"] {
            let fallback = SettingsSchema.setting(key)?.defaultValue ?? ""
            let (before, after) = (old.text(key, fallback), new.text(key, fallback))
            guard before == after else {
                throw SettingsError(
                    key,
                    problem: "'\(after)' cannot follow '\(before)': a journal keeps its account")
            }
        }
        for (index, (before, after)) in zip(names(old), names(new)).enumerated()
        where before != after {
            throw SettingsError(
                "strategies.\(index)",
                problem: "'\(after)' cannot follow '\(before)', which holds its positions there; "
                    + "add strategies at the end")
        }
    }

    /// The names of the strategies, in their places.
    private static func names(_ settings: Settings) -> [String] {
        (0..<settings.count(of: "strategies")).map { index in
            let prefix = "strategies.\(index)"
            return settings["\(prefix).name"] ?? settings["\(prefix).kind"] ?? ""
        }
    }

    /// Pairs of which the first may not be above the second; 0 is no limit and above everything.
    private static let pairs: [(low: String, high: String, lowIsOff: Bool, strict: Bool)] = [
        ("drawdown.halt_threshold", "drawdown.panic_threshold", false, true),
        ("drawdown.warning_threshold", "drawdown.halt_threshold", true, false),
        ("drawdown.halt_cooldown_days", "drawdown.panic_cooldown_days", false, false),
        ("risk.max_daily_loss_pct", "risk.max_daily_drawdown", true, false),
        ("risk.max_order_notional", "risk.max_abs_position_notional", true, false),
        ("risk.max_abs_position_notional", "risk.max_total_notional", true, false),
        ("risk.min_trade_value", "risk.max_order_notional", true, false),
        ("health.short_window", "health.long_window", false, false),
        ("clock_sync.warn_threshold_ms", "clock_sync.kill_threshold_ms", true, false),
        ("filters.low_volatility", "filters.high_volatility", false, false),
        ("backoff_base_s", "max_backoff_s", false, false),
    ]

    private static func number(_ settings: Settings, _ key: String) -> Int128? {
        let text = settings[key] ?? SettingsSchema.setting(key)?.defaultValue
        return text.flatMap { try? FixedPoint.parse(Array($0.utf8)) }
    }

    private static func order(_ settings: Settings) throws(SettingsError) {
        for pair in pairs {
            guard let low = number(settings, pair.low), let high = number(settings, pair.high)
            else { continue }
            if pair.lowIsOff, low == 0 || high == 0 { continue }
            guard pair.strict ? low < high : low <= high else {
                throw SettingsError(
                    pair.low,
                    problem:
                        "\(FixedPoint.format(low)) must be \(pair.strict ? "below" : "at most") "
                        + "\(pair.high) \(FixedPoint.format(high))")
            }
        }
    }

    /// What protects the capital cannot be off where the capital is real.
    private static func live(_ settings: Settings) throws(SettingsError) {
        for own in KnownVenues.all.compactMap(\.liveSwitch)
        where settings[own.paper] == "false" && settings[own.enabled] != "true" {
            let variable = SettingsSchema.setting(own.enabled)?.variables.first
            throw SettingsError(
                own.paper,
                problem: "false asks for \(own.enabled)=true" + (variable.map { " (\($0))" } ?? ""))
        }
        guard
            let cause = ["mode", "account.kind"].first(where: { settings[$0] == "live" })
        else { return }
        for key in [
            "drawdown.enabled", "risk.enabled", "quality.enabled", "reconciliation.enabled",
        ] where settings[key] == "false" {
            throw SettingsError(key, problem: "cannot be off in live (\(cause) is live)")
        }
        if settings["mode"] == "live", settings["paper"] == "true",
            settings["live.exec_mode"] == "live"
        {
            throw SettingsError(
                "paper", problem: "true contradicts live.exec_mode live (EXEC_MODE)")
        }
    }

    /// A name that no strategy bears would disable nothing.
    private static func strategies(_ settings: Settings) throws(SettingsError) {
        let known = names(settings)
        guard !known.isEmpty else { return }
        let listed = settings.text("gate.strategy_disabled_list", "").split(separator: ",")
        for name in listed.map({ $0.trimmed }) where !name.isEmpty {
            guard known.contains(where: { $0.lowercased() == name.lowercased() }) else {
                throw SettingsError(
                    "gate.strategy_disabled_list",
                    problem: "'\(name)' is no strategy; there are \(known.joined(separator: ", "))")
            }
        }
    }
}
