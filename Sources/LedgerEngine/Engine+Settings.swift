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

    /// What the simulated venue, the books and the strategies are made of.
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
        settings != new && !isRemote && !onlyRulesChange(to: new)
    }

    /// Takes up settings of which only rules are new.
    mutating func adoptRules(_ new: Settings) throws(EngineError) {
        do throws(SettingsError) { configuration = try EngineSettings(new) } catch {
            throw .settings(error)
        }
        settings = new
        takeUpRules()
        // Limits of the day may begin at another hour.
        vigil.days.expireAtOnce()
    }

    /// What is kept at hand of the configuration's rules.
    mutating func takeUpRules() {
        guard let configuration else { return }
        rules = configuration.safety
        watchesData = rules.data.isEnabled
        watchesDays = rules.needsHistory
    }
}
