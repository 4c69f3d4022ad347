import LedgerEvents
import LedgerSafety
import LedgerSettings

/// The settings as they hold for one account: those of the journal, with the account's entry of `accounts` in
/// the section `account`, its venue's entry of `venues` in the section `venue`, and its own rules instead of
/// those for all.
struct AccountSettings {
    let settings: Settings
    /// The name of the account's venue in `venues`; nil where the settings have no such list.
    private(set) var venue: String?
    /// What the file calls a key that an entry of a list gave; others have one name.
    private var origins: [(key: String, said: String)] = []

    private init(_ settings: Settings) { self.settings = settings }

    /// The accounts of the journal, at least one, in order.
    ///
    /// - Throws: `SettingsError` for an account, a venue or a strategy that names what is not there.
    static func all(_ settings: Settings) throws(SettingsError) -> [AccountSettings] {
        let accounts = settings.entries(.accounts)
        guard let first = accounts.first else {
            if let stray = settings.pairs.first(where: { $0.key.hasPrefix("venues.") }) {
                throw SettingsError(
                    key: stray.key,
                    "has no account; list the accounts that trade there in `accounts`")
            }
            try checkStrategies(settings, known: [try settings[AccountKeys.name]], isList: false)
            return [AccountSettings(settings)]
        }
        for (key, _) in settings.pairs {
            for section in [DeskKeys.section, DeskKeys.venueSection] where key.hasPrefix(section) {
                throw SettingsError(
                    key: key, "contradicts \(first.name); with `accounts`, give it in an entry")
            }
        }
        let names = try distinct(accounts, DeskKeys.account)
        let venues = settings.entries(.venues)
        let known = try distinct(venues, DeskKeys.venue)
        try checkStrategies(settings, known: names, isList: true)
        var all: [AccountSettings] = []
        var used: [String] = []
        for entry in accounts {
            let venue = try entry.given(DeskKeys.place)
            if let venue { used.append(venue) }
            let place = venue.flatMap { known.firstIndex(of: $0) }
            if let venue, place == nil {
                throw entry.error(
                    DeskKeys.place,
                    "'\(venue)' is not in `venues`, which has \(list(known))")
            }
            all.append(try AccountSettings(settings, entry, place.map { venues[$0] }))
        }
        for (place, name) in known.enumerated() where !used.contains(name) {
            throw venues[place].error(DeskKeys.venue, "'\(name)' is the venue of no account")
        }
        return all
    }

    private init(
        _ settings: Settings, _ account: SettingsEntry, _ venue: SettingsEntry?
    ) throws(SettingsError) {
        var given: [(key: String, said: String, value: String)] = []
        func take(_ entry: SettingsEntry, except reference: String, section: String) {
            let prefix = "\(entry.name)."
            for (key, value) in settings.pairs where key.hasPrefix(prefix) && key != reference {
                let rest = String(key.dropFirst(prefix.count))
                let isOwn = DeskKeys.ownSections.contains { rest.hasPrefix($0) }
                given.append((rest.contains(".") && !isOwn ? rest : section + rest, key, value))
            }
        }
        take(account, except: account.name(of: DeskKeys.place), section: DeskKeys.section)
        if let venue {
            take(venue, except: venue.name(of: DeskKeys.venue), section: DeskKeys.venueSection)
        }
        for place in given.indices {
            guard let all = settings.text(of: given[place].key) else { continue }
            given[place].value = Self.stricter(
                given[place].key, own: given[place].value, all: all)
        }
        let name = try account[DeskKeys.account]
        let lists = [SettingsList.accounts, .venues].map { "\($0.rawValue)." }
        var foreign: [SettingsEntry] = []
        for entry in settings.entries(.strategies) {
            let named = try entry.accounts
            if !named.isEmpty, !named.contains(name) { foreign.append(entry) }
        }
        let shared = settings.pairs.compactMap { pair -> (key: String, value: String)? in
            if lists.contains(where: { pair.key.hasPrefix($0) }) { return nil }
            if pair.key.hasPrefix(DeskStopKeys.section) { return nil }
            if given.contains(where: { $0.key == pair.key }) { return nil }
            return Self.own(pair, name, foreign)
        }
        self.settings = Settings(shared + given.map { ($0.key, $0.value) })
        origins = given.map { ($0.key, $0.said) }
        self.venue = try venue?[DeskKeys.venue]
    }

    /// A setting of a strategy as one account has it: another account that trades it too changes nothing here,
    /// and of a strategy that does not trade here only the place remains.
    private static func own(
        _ pair: (key: String, value: String), _ account: String, _ foreign: [SettingsEntry]
    ) -> (key: String, value: String)? {
        let isAccounts = pair.key.hasPrefix("strategies.") && pair.key.hasSuffix(".accounts")
        guard foreign.contains(where: { pair.key.hasPrefix("\($0.name).") }) else {
            return isAccounts ? (pair.key, account) : pair
        }
        if isAccounts { return (pair.key, elsewhere) }
        let kept = [StrategyKeys.kind.name, StrategyKeys.name.name, StrategyKeys.symbols.name]
        return kept.contains(Setting.pattern(of: pair.key)) ? pair : nil
    }

    /// Stands for the accounts of a strategy that does not trade in an account. No account has this name.
    private static let elsewhere = "-"

    /// The value of a setting that stops trading: what is stopped for all stays stopped for each.
    private static func stricter(_ key: String, own: String, all: String) -> String {
        switch key {
        case GateKeys.tradingDisabled.name: all == "true" ? all : own
        case GateKeys.strategyDisabledList.name:
            [all, own].filter { !$0.isEmpty }.joined(separator: ",")
        case GateKeys.mode.name: TradingMode(word: all)?.blocksEntries == true ? all : own
        default: own
        }
    }

    /// What the file calls a key.
    func origin(of key: String) -> String { origins.first { $0.key == key }?.said ?? key }

    /// An error of these settings, with the key as the file has it.
    func said(_ error: SettingsError) -> SettingsError {
        SettingsError(key: origin(of: error.key), error.problem)
    }

    /// Whether settings may follow others in one journal: each account keeps its place, name, kind, currency
    /// and venue, and each strategy its place. Accounts can be added at the end.
    ///
    /// - Parameter old: by account; empty for one that had no settings yet.
    static func checkChange(
        from old: [Settings], to new: [AccountSettings]
    ) throws(SettingsError) {
        let before = old.filter { !$0.pairs.isEmpty }
        guard before.count <= new.count else {
            let missing = try before[new.count][AccountKeys.name]
            throw SettingsError(
                key: SettingsList.accounts.rawValue,
                "lacks '\(missing)': a journal keeps its accounts; add new ones at the end")
        }
        for (old, new) in zip(before, new) {
            do throws(SettingsError) {
                try SettingsCheck.change(from: old, to: new.settings)
            } catch { throw new.said(error) }
        }
    }

    /// Each strategy names accounts that exist, and at least one where there are several.
    private static func checkStrategies(
        _ settings: Settings, known: [String], isList: Bool
    ) throws(SettingsError) {
        for entry in settings.entries(.strategies) {
            let named = try entry.accounts
            if let unknown = named.first(where: { !known.contains($0) }) {
                throw entry.error(
                    StrategyKeys.accounts,
                    "'\(unknown)' is not an account; there are \(list(known))")
            }
            if let twice = named.indices.first(where: { named[..<$0].contains(named[$0]) }) {
                throw entry.error(StrategyKeys.accounts, "names '\(named[twice])' twice")
            }
            guard !named.isEmpty || known.count == 1 else {
                throw entry.error(
                    StrategyKeys.accounts,
                    "is missing beside \(entry.name(of: StrategyKeys.kind)); name one or more of "
                        + list(known))
            }
        }
    }

    private static func distinct(
        _ entries: [SettingsEntry], _ key: SettingKey<String>
    ) throws(SettingsError) -> [String] {
        var names: [String] = []
        for entry in entries {
            let name = try entry[key]
            guard !names.contains(name) else {
                throw entry.error(key, "'\(name)' is also the name of an earlier entry")
            }
            guard !name.contains(",") else {
                throw entry.error(key, "'\(name)' contains a comma")
            }
            guard !name.isEmpty, Substring(name).trimmed == name, name != elsewhere else {
                throw entry.error(
                    key, "'\(name)' is no name; begin and end it with a letter or digit")
            }
            names.append(name)
        }
        return names
    }

    private static func list(_ names: [String]) -> String {
        names.isEmpty ? "none" : names.joined(separator: ", ")
    }
}
