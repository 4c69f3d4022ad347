/// One setting, declared once: its key, kind, bounds, default, help, environment variables and
/// type.
///
/// ```swift
/// enum DrawdownKeys {
///     static let halt = SettingKey<Price>.decimal(
///         "drawdown.halt_threshold", from: "0.000000001", through: "0.999999999", default: "0.08",
///         help: "drawdown (share of the peak) from which entries are blocked")
/// }
/// let halt = try settings[DrawdownKeys.halt]
/// ```
public struct SettingKey<Value: Sendable>: Sendable {
    public let setting: Setting
    private let fallback: Value?
    private let read: @Sendable (String) -> Value?

    /// - Parameter read: converts a valid text to the value.
    public init(_ setting: Setting, read: @escaping @Sendable (String) -> Value?) {
        self.setting = setting
        self.read = read
        fallback = setting.defaultValue.flatMap {
            setting.problem(with: $0) == nil ? read($0) : nil
        }
        precondition(
            (fallback == nil) == (setting.defaultValue == nil),
            "the default of \(setting.key) suits its kind")
    }

    /// With `*` instead of a list index.
    public var name: String { setting.key }

    /// The default.
    public var standard: Value {
        guard let fallback else { preconditionFailure("\(name) has a default") }
        return fallback
    }

    /// - Parameter name: the key, with its index if it is in a list.
    func value(of text: String, at name: String) throws(SettingsError) -> Value {
        if let problem = setting.problem(with: text) {
            throw SettingsError(key: name, "'\(text)' \(problem)")
        }
        guard let value = read(text) else {
            throw SettingsError(key: name, "'\(text)' is out of range")
        }
        return value
    }

    func value(in settings: Settings, at name: String) throws(SettingsError) -> Value {
        let text = settings.text(of: name)
        // A setting without a default must have a value.
        if let text, fallback != nil || !text.isEmpty { return try value(of: text, at: name) }
        guard let fallback else { throw SettingsError(key: name, "is missing") }
        return fallback
    }
}

extension Settings {
    /// The value of a setting, or its default if the setting is absent.
    public subscript<Value>(key: SettingKey<Value>) -> Value {
        get throws(SettingsError) { try key.value(in: self, at: key.name) }
    }
}
