import LedgerDomain
import LedgerSettings

extension Engine {
    /// Nil when the settings may follow the present ones, else the first that cannot and why.
    public func problem(with new: Settings) -> String? {
        do throws(SettingsError) {
            let adopted = try EngineSettings(new)
            _ = try StrategySlot.all(new, account: adopted.accountName, from: catalog)
            if configuration != nil { try SettingsCheck.change(from: settings, to: new) }
        } catch { return error.description }
        return nil
    }

    /// The sections from which the simulated venue, the books and the strategies are built.
    private static let foundations = [
        "account.", "data.", "engine.", "seed", "strategies.", "venue.",
    ]

    /// Whether nothing changes but rules that are asked when something is decided. Orders wait on, exits
    /// above all: a kill switch must not take the stops down (K02).
    func onlyRulesChange(to new: Settings) -> Bool {
        func founding(_ settings: Settings) -> [(key: String, value: String)] {
            settings.pairs.filter { pair in
                Self.foundations.contains { pair.key.hasPrefix($0) }
            }
        }
        return configuration != nil && settings != new
            && founding(settings).elementsEqual(founding(new), by: ==)
    }

    /// Whether the engine's own venue cancels every order when it takes these settings.
    public func cancelsOrders(taking new: Settings) -> Bool {
        settings != new && !desk.isRemote && !onlyRulesChange(to: new)
    }

    /// Takes up settings of which only rules are new.
    mutating func adoptRules(_ new: Settings) throws(EngineError) {
        do throws(SettingsError) {
            let adopted = try EngineSettings(new)
            configuration = adopted
            safeguards.adopt(adopted.safety)
        } catch { throw .settings(error) }
        settings = new
        // Limits of the day may begin at another hour.
        safeguards.monitors.days.expireAtOnce()
    }
}
