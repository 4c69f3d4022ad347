import LedgerDomain
import LedgerEngine
import LedgerSettings

/// Settings read from a YAML file, the environment and options; each is checked and has an origin.
///
/// An option overrides the environment, the environment overrides the file, the file overrides the
/// default. Unknown keys are refused: a misspelt limit must not turn into no limit.
public struct Configuration: Sendable {
    public enum Origin: Hashable, Sendable, CustomStringConvertible {
        case file(String, line: Int)
        case environment(String)
        case option
        case standard

        public var description: String {
            switch self {
            case .file(let path, let line): "\(path):\(line)"
            case .environment(let name): "environment \(name)"
            case .option: "option"
            case .standard: "default"
            }
        }
    }

    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: String
        public var origin: Origin
    }

    /// Sorted by key.
    public private(set) var entries: [Entry]
    private var secrets: [String: String] = [:]

    public let settings: Settings
    /// As they hold for one account: the first that trades outside, or the one of a view.
    private var outside: Settings

    /// The value of a setting. Reading a configuration has checked all of them. Of several accounts, it is
    /// the value for the first that trades outside, or for the first.
    public subscript<Value>(key: SettingKey<Value>) -> Value {
        checked[key]
    }

    /// For a reader without a configuration.
    public var checked: CheckedSettings { CheckedSettings(checked: outside) }

    /// The same configuration, whose values are those of one account.
    public func view(of account: AccountID) -> Configuration {
        var view = self
        view.outside = Engine.settings(settings, of: account)
        return view
    }

    /// The text of a setting that is known only by its key; empty if it is absent.
    public func text(of key: String) -> String { settings.text(of: key) ?? "" }

    /// Where a setting comes from; nil if it is absent.
    public func origin<Value>(of key: SettingKey<Value>) -> Origin? {
        entries.first { $0.key == key.name }?.origin
    }

    /// - Parameters:
    ///   - path: a YAML file; nil for defaults only.
    ///   - overrides: `key=value` from the command line.
    public init(
        path: String?, text: String?, environment: [String: String],
        overrides: [(key: String, value: String)] = []
    ) throws(ConfigurationError) {
        var found: [String: Entry] = [:]
        if let text {
            var flattener = Flattener(file: path ?? "settings")
            for entry in try flattener.entries(of: text) { found[entry.key] = entry }
        }
        for setting in SettingsSchema.all where !setting.isListed {
            if let entry = try Self.entry(setting, environment) { found[setting.key] = entry }
        }
        for (key, value) in overrides {
            found[key] = Entry(key: key, value: value, origin: .option)
        }
        for entry in found.values.sorted(by: { $0.key < $1.key }) { try Self.check(entry) }
        try Self.checkLists(found)
        Self.addDefaults(&found)
        try Self.checkTogether(found)
        for (key, entry) in found where SettingsSchema.setting(key)?.isSecret == true {
            // A value from a journal is already a fingerprint, not a secret.
            if !Fingerprint.isFingerprint(entry.value) { secrets[key] = entry.value }
            found[key]?.value = Fingerprint.of(entry.value)
        }
        entries = found.values.sorted { $0.key < $1.key }
        settings = Settings(entries.map { ($0.key, $0.value) })
        outside = (try? Engine.settingsOutside(of: settings)) ?? settings
    }

    private static func checkTogether(_ found: [String: Entry]) throws(ConfigurationError) {
        let settings = Settings(found.values.map { ($0.key, $0.value) })
        do throws(SettingsError) {
            try SettingsContradictions.check(settings)
            _ = try Engine.accounts(of: settings)
        } catch {
            throw placed(error, found)
        }
    }

    /// An error of a setting with the places of all settings that it names and that somebody set.
    private static func placed(
        _ error: SettingsError, _ found: [String: Entry]
    ) -> ConfigurationError {
        let words = error.problem.split { !isPartOfKey($0) }.map(String.init)
        let places = ([error.key] + words).reduce(into: [String]()) { places, key in
            guard let origin = found[key]?.origin, origin != .standard else { return }
            let place = origin == .option ? "option" : origin.description
            if !places.contains(place) { places.append(place) }
        }
        return ConfigurationError(
            place: places.isEmpty ? "settings" : places.joined(separator: " and "), key: error.key,
            error.problem)
    }

    private static func isPartOfKey(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber)
            || character == "." || character == "_"
    }

    /// An error that a reader of these settings found, with its place.
    public func placed(_ error: SettingsError) -> ConfigurationError {
        Self.placed(error, Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0) }))
    }

    /// The secret itself, for the code that sends it; nil if only its fingerprint is known. All
    /// other code gets the fingerprint.
    public func secret(_ key: SettingKey<String>) -> String? { secrets[key.name] }

    /// The environment variables that can set a setting, its own name first.
    public static func variables(_ setting: Setting) -> [String] {
        [variable(setting.key)] + setting.variables
    }

    /// - Throws: if two names of one setting have different values (C18), or a flag is neither yes
    ///   nor no.
    private static func entry(
        _ setting: Setting, _ environment: [String: String]
    ) throws(ConfigurationError) -> Entry? {
        var found: Entry?
        for name in variables(setting) {
            guard var value = environment[name] else { continue }
            if case .flag = setting.kind {
                guard let flag = Self.flag(value) else {
                    throw ConfigurationError(
                        place: "environment \(name)", key: setting.key,
                        "'\(value)' is not one of true, 1, yes, false, 0, no")
                }
                value = flag
            }
            let entry = Entry(key: setting.key, value: value, origin: .environment(name))
            guard let other = found else {
                found = entry
                continue
            }
            guard other.value == value else {
                throw ConfigurationError(
                    place: "\(other.origin) and \(entry.origin)", key: setting.key,
                    "has two values; unset one of them")
            }
        }
        return found
    }

    /// The environment accepts several words for yes and no, settings only one.
    private static func flag(_ text: String) -> String? {
        switch text.lowercased() {
        case "true", "1", "yes": "true"
        case "false", "0", "no": "false"
        default: nil
        }
    }

    /// `venue.fee_fixed` is `LEDGER_VENUE_FEE_FIXED`.
    public static func variable(_ key: String) -> String {
        "LEDGER_" + String(key.uppercased().map { $0 == "." ? "_" : $0 })
    }

    private static func check(_ entry: Entry) throws(ConfigurationError) {
        guard let setting = SettingsSchema.setting(entry.key) else {
            throw ConfigurationError(
                entry, "is not known; `ledger config show --all` lists all keys")
        }
        if let problem = setting.problem(with: entry.value) {
            throw ConfigurationError(entry, "'\(entry.value)' \(problem)")
        }
        // The value may be a secret.
        guard !setting.isRefused(entry.value) else {
            throw ConfigurationError(
                entry, "is not in this version; remove it, because nothing would come of it")
        }
        guard !entry.value.contains("\n") else {
            throw ConfigurationError(entry, "contains a line break")
        }
    }

    private static func checkLists(_ found: [String: Entry]) throws(ConfigurationError) {
        for entry in found.values.sorted(by: { $0.key < $1.key }) {
            let parts = entry.key.split(separator: ".")
            let isInSection = SettingsSchema.setting(entry.key)?.key == entry.key
            guard parts.count == 3, !isInSection else { continue }
            let prefix = "\(parts[0]).\(parts[1])"
            // Lists are numbered from 0; an entry after a gap would be ignored.
            guard let index = Int(parts[1]), "\(index)" == parts[1] else {
                throw ConfigurationError(entry, "has '\(parts[1])' instead of a number from 0")
            }
            let list = SettingsList(rawValue: String(parts[0]))
            let needs = list?.required ?? []
            guard index == 0 || found[instance(needs[0], index - 1)] != nil else {
                throw ConfigurationError(
                    entry, "is given without \(parts[0]).\(index - 1); entries are numbered from 0")
            }
            for needed in needs where found[instance(needed, index)] == nil {
                let name = needed.split(separator: ".").last ?? ""
                throw ConfigurationError(
                    Entry(key: prefix, value: "", origin: entry.origin), "lacks '\(name)'")
            }
            guard list == .strategies,
                let kind = found[instance(StrategyKeys.kind.name, index)]?.value,
                let kinds = SettingsSchema.setting(entry.key)?.strategies, !kinds.isEmpty,
                !kinds.contains(kind)
            else { continue }
            throw ConfigurationError(
                entry, "belongs to \(kinds.joined(separator: ", ")), not to \(kind)")
        }
    }

    /// `data.0.path` for `data.*.path`.
    private static func instance(_ pattern: String, _ index: Int) -> String {
        pattern.replacing("*", with: "\(index)")
    }

    private static func addDefaults(_ found: inout [String: Entry]) {
        let given = Settings(found.values.map { ($0.key, $0.value) })
        let lists = SettingsList.allCases.flatMap { given.entries($0) }
        let hasAccounts = !given.entries(.accounts).isEmpty
        let isLive = found[ModeKeys.mode.name]?.value == DriverMode.live.word
        for setting in SettingsSchema.all {
            guard
                let value = (isLive ? setting.liveDefault : nil) ?? setting.defaultValue
            else { continue }
            // The list of accounts gives what the two sections of one account give.
            if hasAccounts, setting.key.hasPrefix("account.") || setting.key.hasPrefix("venue.") {
                continue
            }
            var keys = [setting.key]
            if setting.isListed {
                keys = lists.filter { setting.key.hasPrefix($0.list.rawValue) }.filter { entry in
                    let kind = found[entry.name(of: StrategyKeys.kind)]?.value
                    return setting.strategies.isEmpty || setting.strategies.contains(kind ?? "")
                }.map { instance(setting.key, $0.index) }
            }
            for key in keys where found[key] == nil {
                found[key] = Entry(key: key, value: value, origin: .standard)
            }
        }
    }
}

extension SettingsList {
    /// The required keys of each entry; the first one shows that the entry exists.
    fileprivate var required: [String] {
        switch self {
        case .accounts: [DeskKeys.account.name]
        case .data: [DataKeys.path.name]
        case .strategies: [StrategyKeys.kind.name, StrategyKeys.symbols.name]
        case .venues: [DeskKeys.venue.name]
        case .rates: [RateKeys.base.name, RateKeys.quote.name]
        }
    }
}
