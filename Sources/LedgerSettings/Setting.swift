import LedgerDomain

/// One setting that the program knows: what `config show` prints and a file may name.
public struct Setting: Sendable {
    public enum Kind: Sendable {
        case text
        case flag
        case integer(ClosedRange<Int64>)
        /// A plain decimal within bounds, both included.
        case decimal(from: String, through: String)
        case choice([String])
        /// A text that is nowhere shown or kept: a fingerprint stands for it.
        case secret
    }

    /// With `*` where a list's number stands.
    public let key: String
    public let kind: Kind
    /// Nil where there is none: it must be given, or is left out.
    public let defaultValue: String?
    /// Unit and meaning.
    public let help: String
    /// The strategies that have it; empty for all.
    public let strategies: [String]
    /// Environment variables by which it is known beside `LEDGER_…`.
    public let variables: [String]

    public init(
        _ key: String, _ kind: Kind, _ defaultValue: String?, _ help: String,
        strategies: [String] = [], variables: [String] = []
    ) {
        self.key = key
        self.kind = kind
        self.defaultValue = defaultValue
        self.help = help
        self.strategies = strategies
        self.variables = variables
    }

    public var isSecret: Bool {
        if case .secret = kind { return true }
        return false
    }

    /// Nil when `value` is good, else what is wrong with it.
    public func problem(with value: String) -> String? {
        switch kind {
        case .text, .secret: return nil
        case .flag: return value == "true" || value == "false" ? nil : "is neither true nor false"
        case .integer(let range):
            guard let number = Int64(value), range.contains(number) else {
                return "is not a whole number from \(range.lowerBound) to \(range.upperBound)"
            }
            return nil
        case .decimal(let from, let through):
            guard let number = try? FixedPoint.parse(Array(value.utf8)),
                let low = try? FixedPoint.parse(Array(from.utf8)),
                let high = try? FixedPoint.parse(Array(through.utf8)),
                low <= number, number <= high
            else { return "is not a decimal number from \(from) to \(through)" }
            return nil
        case .choice(let names):
            return names.contains(value) ? nil : "is none of \(names.joined(separator: ", "))"
        }
    }
}
