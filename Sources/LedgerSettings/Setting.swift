import LedgerDomain

/// The definition of one setting: what a file may contain and what `config show` prints.
public struct Setting: Sendable {
    public enum Kind: Sendable {
        case text
        case flag
        case integer(ClosedRange<Int64>)
        /// A plain decimal within bounds, both included.
        case decimal(from: String, through: String)
        case choice([String])
        /// A text that is never shown or stored; a fingerprint replaces it.
        case secret
    }

    /// With `*` instead of a list index.
    public let key: String
    public let kind: Kind
    /// Nil if the setting must be given or may be absent.
    public let defaultValue: String?
    /// The default if `mode` is live, if it differs.
    public let liveDefault: String?
    /// Meaning and unit.
    public let help: String
    /// The strategies that have it; empty for all.
    public let strategies: [String]
    /// How many decimals a decimal may have.
    public let places: Int
    /// Further environment variables that set it, besides `LEDGER_…`.
    public let variables: [String]
    /// Whether this version of the program does what the setting says. One that it does not may only
    /// have its default, so that nobody relies on what does not happen.
    public private(set) var isInThisVersion = true

    public init(
        _ key: String, _ kind: Kind, default defaultValue: String?, live: String? = nil,
        places: Int = 9, help: String, strategies: [String] = [], variables: [String] = []
    ) {
        self.key = key
        self.kind = kind
        self.defaultValue = defaultValue
        liveDefault = live
        self.places = places
        self.help = help
        self.strategies = strategies
        self.variables = variables
    }

    /// The same setting, with its reader in the help text.
    public func read(by reader: String) -> Setting {
        Setting(
            key, kind, default: defaultValue, live: liveDefault, places: places,
            help: "\(help); used by \(reader)",
            strategies: strategies, variables: variables)
    }

    /// The same setting, with the only values that it may have.
    public func choosing(from names: [String]) -> Setting {
        Setting(
            key, .choice(names), default: defaultValue, live: liveDefault, places: places,
            help: help, strategies: strategies, variables: variables)
    }

    /// The same setting of each entry of a list, which has no default: the section's setting holds where an
    /// entry has none.
    public func listed(as key: String) -> Setting {
        Setting(key, kind, default: nil, places: places, help: help, strategies: strategies)
    }

    /// The same setting, known by name and refused with any value but its default.
    public var notInThisVersion: Setting {
        var setting = Setting(
            key, kind, default: defaultValue, live: liveDefault, places: places,
            help: "\(help); not in this version", strategies: strategies, variables: variables)
        setting.isInThisVersion = false
        return setting
    }

    /// Whether the value asks for something that this version of the program does not do.
    public func isRefused(_ value: String) -> Bool {
        !isInThisVersion && value != (defaultValue ?? "")
    }

    public var isSecret: Bool {
        if case .secret = kind { return true }
        return false
    }

    /// Whether the setting belongs to each entry of a list.
    public var isListed: Bool { key.contains("*") }

    /// Nil for a valid value, otherwise what is wrong with it.
    public func problem(with value: String) -> String? {
        switch kind {
        case .text, .secret: return nil
        case .flag: return value == "true" || value == "false" ? nil : "must be true or false"
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
            let digits = value.split(separator: ".").dropFirst().first ?? ""
            let used = digits.count - digits.reversed().prefix { $0 == "0" }.count
            return used > places ? "has more than \(places) decimals" : nil
        case .choice(let names):
            return names.contains(value) ? nil : "is not one of \(names.joined(separator: ", "))"
        }
    }

    /// `data.0.path` is an instance of `data.*.path`.
    public static func pattern(of key: String) -> String {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        return parts.map { $0.allSatisfy(\.isNumber) && !$0.isEmpty ? "*" : String($0) }
            .joined(separator: ".")
    }
}

extension [Setting] {
    /// The setting for a key; nil if none matches.
    public func setting(_ key: String) -> Setting? {
        let pattern = Setting.pattern(of: key)
        return first { $0.key == pattern }
    }
}
