/// What a command is about: everything, `strategy:NAME` or `symbol:NAME`. The words are on disk for ever.
public enum GateScope: Hashable, Sendable {
    case global
    case strategy(String)
    case symbol(String)

    private static let everything = "global"
    private static let strategyPrefix = "strategy:"
    private static let symbolPrefix = "symbol:"

    /// Nil for a text that names no scope.
    public init?(_ text: String) {
        if text == Self.everything {
            self = .global
        } else if let name = Self.name(text, after: Self.strategyPrefix) {
            self = .strategy(name)
        } else if let name = Self.name(text, after: Self.symbolPrefix) {
            self = .symbol(name)
        } else {
            return nil
        }
    }

    private static func name(_ text: String, after prefix: String) -> String? {
        guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count else { return nil }
        return String(text.dropFirst(prefix.count))
    }

    public var text: String {
        switch self {
        case .global: Self.everything
        case .strategy(let name): Self.strategyPrefix + name
        case .symbol(let name): Self.symbolPrefix + name
        }
    }
}
