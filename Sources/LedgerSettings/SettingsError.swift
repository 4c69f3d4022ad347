/// A setting with an invalid value. The reader of a file adds the place.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
    public var key: String
    public var problem: String

    public init(key: String, _ problem: String) {
        self.key = key
        self.problem = problem
    }

    public init<Value>(_ key: SettingKey<Value>, _ problem: String) {
        self.init(key: key.name, problem)
    }

    public var description: String { "setting \(key): \(problem)" }
}
