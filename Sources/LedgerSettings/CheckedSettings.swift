/// Settings with valid values, so that reading one cannot fail.
public struct CheckedSettings: Sendable {
    public let settings: Settings

    /// The caller has checked every value.
    public init(checked settings: Settings) { self.settings = settings }

    public subscript<Value>(key: SettingKey<Value>) -> Value {
        do { return try settings[key] } catch {
            preconditionFailure("checked settings have valid values: \(error)")
        }
    }
}
