import LedgerDomain
import LedgerSettings

extension AccountEngine {
    /// The venue's name in `venues`, or its kind.
    public var venue: String {
        venueName.isEmpty ? (try? settings[ModeKeys.venue]) ?? ModeKeys.simulated : venueName
    }

    /// The instrument that the account's venue calls `symbol`; nil for an unknown symbol.
    public func instrument(venueSymbol symbol: String) -> Instrument? {
        names.instrument(venueSymbol: symbol, at: venueName)
    }

    /// - Throws: `SettingsError` for the first setting that this account cannot have.
    func check(_ new: Settings) throws(SettingsError) {
        let adopted = try EngineSettings(new)
        _ = try StrategySlot.all(new, account: adopted.accountName, from: catalog)
    }

    /// The sections from which the simulated venue, the books and the strategies are built.
    private static let foundations = [
        "account.", "data.", "engine.", "seed", "strategies.", "venue.",
    ]

    /// Whether only rules change that are consulted at a decision. Orders then stay, exits in particular: a kill
    /// switch must not cancel stops (K02).
    func onlyRulesChange(to new: Settings) -> Bool {
        func founding(_ settings: Settings) -> [(key: String, value: String)] {
            settings.pairs.filter { pair in
                Self.foundations.contains { pair.key.hasPrefix($0) }
                    || rulesVersion.keepHistory && pair.key == WarmupKeys.strategies.name
            }
        }
        return configuration != nil && settings != new
            && founding(settings).elementsEqual(founding(new), by: ==)
    }

    /// Whether the engine's own venue cancels every order when it takes these settings.
    public func cancelsOrders(taking new: Settings) -> Bool {
        settings != new && !desk.isRemote && !onlyRulesChange(to: new)
    }

    /// Adopts settings that change only rules.
    mutating func adoptRules(_ new: Settings) throws(EngineError) {
        do throws(SettingsError) {
            let adopted = try EngineSettings(new)
            configuration = adopted
            safeguards.adopt(adopted.safety)
            keepDays()
        } catch { throw .settings(error) }
        settings = new
        // The daily limits may reset at another hour.
        safeguards.monitors.days.expireAtOnce()
    }
}
