/// A setting that cannot be what it says; the reader of a file adds where it stands.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
    public var key: String
    public var problem: String

    public init(_ key: String, problem: String) {
        self.key = key
        self.problem = problem
    }

    public var description: String { "setting \(key): \(problem)" }
}
