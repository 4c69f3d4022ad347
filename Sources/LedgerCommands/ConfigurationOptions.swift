import ArgumentParser
import Glibc
import LedgerConfiguration
import LedgerEngine
import LedgerSettings

package struct ConfigurationOptions: ParsableArguments {
    package init() {}

    @Option(name: .shortAndLong, help: "Read settings from this YAML file.")
    package var config: String?

    @Option(
        name: .customLong("set"),
        help: "Override a setting, as in --set KEY=VALUE; may be repeated.")
    package var overrides: [String] = []

    /// - Parameter base: the values of settings that nothing else sets, instead of the defaults.
    package func load(over base: Settings? = nil) throws -> Configuration {
        var pairs: [(key: String, value: String)] = []
        for text in overrides {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw CommandError("--set \(text): write KEY=VALUE") }
            pairs.append((String(parts[0]), String(parts[1])))
        }
        try Self.checkEnvironment()
        let environment = Self.environment
        let text = try config.map(TextFile.read)
        if let base {
            let file = try Configuration(path: config, text: text, environment: [:])
            let isSaid = { (key: String) in
                pairs.contains { $0.key == key }
                    || file.entries.contains { $0.key == key && $0.origin != .standard }
                    || SettingsSchema.setting(key).map {
                        Configuration.variables($0).contains { environment[$0] != nil }
                    } == true
            }
            var lists = SettingsList.allCases.map { "\($0.rawValue)." }.filter { list in
                file.entries.contains { $0.key.hasPrefix(list) }
            }
            // The accounts and their venues are one thing, whichever form the file has.
            if lists.contains("\(SettingsList.accounts.rawValue).") {
                lists += ["\(SettingsList.venues.rawValue).", "account.", "venue."]
            }
            pairs =
                base.pairs.filter { pair in
                    // An older version journaled settings that do nothing.
                    SettingsSchema.setting(pair.key)?.isRefused(pair.value) != true
                        && !isSaid(pair.key) && !lists.contains { pair.key.hasPrefix($0) }
                } + pairs
        }
        return try Configuration(
            path: config, text: text, environment: environment, overrides: pairs)
    }

    private static var environment: [String: String] {
        var found: [String: String] = [:]
        for setting in SettingsSchema.all where !setting.key.contains("*") {
            for name in Configuration.variables(setting) {
                if let value = getenv(name) { found[name] = String(cString: value) }
            }
        }
        return found
    }

    /// Rejects a misspelt name instead of ignoring it.
    private static func checkEnvironment() throws {
        let known = SettingsSchema.all.map { Configuration.variable($0.key) }
        let sections = Set(known.map { $0.split(separator: "_").prefix(2).joined(separator: "_") })
        let entries = (try? TextFile.bytes("/proc/self/environ")) ?? []
        for entry in entries.split(separator: 0) {
            let name = String(decoding: entry.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
            guard known.contains(name) || !sections.contains(where: { name.hasPrefix($0 + "_") })
            else {
                throw CommandError(
                    "the environment variable \(name) does not match a setting; see `ledger "
                        + "config show`"
                )
            }
        }
    }
}
