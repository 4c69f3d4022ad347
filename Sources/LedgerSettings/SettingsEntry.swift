/// The lists that settings may have.
public enum SettingsList: String, Sendable, CaseIterable {
    case accounts = "accounts"
    case data = "data"
    case strategies = "strategies"
    case venues = "venues"
    case rates = "rates"
}

/// One entry of a list in the settings, such as `data.0`.
public struct SettingsEntry: Sendable {
    public let settings: Settings
    public let list: SettingsList
    public let index: Int

    /// `data.0`.
    public var name: String { "\(list.rawValue).\(index)" }

    /// `data.0.path` for `data.*.path`.
    public func name<Value>(of key: SettingKey<Value>) -> String {
        key.name.replacing("*", with: "\(index)", maxReplacements: 1)
    }

    /// The entry's value, or the default of the key if the entry has none.
    public subscript<Value>(key: SettingKey<Value>) -> Value {
        get throws(SettingsError) { try key.value(in: settings, at: name(of: key)) }
    }

    /// Nil if the entry has no such key.
    public func given<Value>(_ key: SettingKey<Value>) throws(SettingsError) -> Value? {
        guard let text = settings.text(of: name(of: key)) else { return nil }
        return try key.value(of: text, at: name(of: key))
    }

    public func error<Value>(_ key: SettingKey<Value>, _ problem: String) -> SettingsError {
        SettingsError(key: name(of: key), problem)
    }
}

extension Settings {
    public func entry(_ list: SettingsList, _ index: Int) -> SettingsEntry {
        SettingsEntry(settings: self, list: list, index: index)
    }

    /// The entries of a list, numbered from 0 without gaps.
    public func entries(_ list: SettingsList) -> [SettingsEntry] {
        var entries: [SettingsEntry] = []
        while true {
            let entry = entry(list, entries.count)
            guard pairs.contains(where: { $0.key.hasPrefix("\(entry.name).") }) else {
                return entries
            }
            entries.append(entry)
        }
    }
}
