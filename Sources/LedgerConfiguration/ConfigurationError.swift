/// What is wrong with a configuration, and where.
public struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    public var place: String
    public var key: String
    public var problem: String

    init(_ entry: Configuration.Entry, _ problem: String) {
        place = entry.origin == .option ? "option" : entry.origin.description
        key = entry.key
        self.problem = problem
    }

    public init(place: String, key: String = "", _ problem: String) {
        self.place = place
        self.key = key
        self.problem = problem
    }

    public var description: String {
        key.isEmpty ? "\(place): \(problem)" : "\(place): \(key) \(problem)"
    }
}
