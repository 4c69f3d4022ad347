import LedgerDomain

extension SettingKey where Value == String {
    /// - Parameter standard: nil if the setting must be given.
    public static func text(
        _ key: String, default standard: String?, help: String, strategies: [String] = [],
        variables: [String] = []
    ) -> SettingKey {
        SettingKey(
            Setting(
                key, .text, default: standard, help: help, strategies: strategies,
                variables: variables)
        ) { $0 }
    }

    public static func secret(_ key: String, help: String, variables: [String] = []) -> SettingKey {
        SettingKey(Setting(key, .secret, default: "", help: help, variables: variables)) { $0 }
    }

    /// One of the names in another list.
    public static func choice(
        _ key: String, of names: [String], default standard: String?, help: String
    ) -> SettingKey {
        SettingKey(Setting(key, .choice(names), default: standard, help: help)) { $0 }
    }
}

extension SettingKey where Value == [String] {
    /// Texts separated by commas. Surrounding spaces and empty texts are ignored.
    public static func list(
        _ key: String, default standard: String?, help: String, variables: [String] = []
    ) -> SettingKey {
        SettingKey(Setting(key, .text, default: standard, help: help, variables: variables)) {
            $0.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        }
    }
}

extension SettingKey where Value == Bool {
    public static func flag(
        _ key: String, default standard: Bool, help: String, variables: [String] = []
    ) -> SettingKey {
        SettingKey(
            Setting(key, .flag, default: "\(standard)", help: help, variables: variables)
        ) { $0 == "true" }
    }
}

extension SettingKey where Value: FixedWidthInteger {
    public static func integer(
        _ key: String, _ range: ClosedRange<Int64>, default standard: Int64,
        live: Int64? = nil, help: String,
        strategies: [String] = [], variables: [String] = []
    ) -> SettingKey {
        SettingKey(
            Setting(
                key, .integer(range), default: "\(standard)", live: live.map { "\($0)" },
                help: help, strategies: strategies, variables: variables)
        ) { Int64($0).flatMap { Value(exactly: $0) } }
    }
}

/// The unit of a whole number in a setting.
public enum SettingUnit: Int64, Sendable {
    case milliseconds = 1_000_000
    case seconds = 1_000_000_000
    case hours = 3_600_000_000_000
}

extension SettingKey where Value == Nanoseconds {
    public static func duration(
        _ key: String, _ unit: SettingUnit, _ range: ClosedRange<Int64>, default standard: Int64,
        live: Int64? = nil, help: String, variables: [String] = []
    ) -> SettingKey {
        SettingKey(
            Setting(
                key, .integer(range), default: "\(standard)", live: live.map { "\($0)" },
                help: help, variables: variables)
        ) { text in
            guard let count = Int64(text) else { return nil }
            let product = count.multipliedReportingOverflow(by: unit.rawValue)
            return product.overflow ? nil : Nanoseconds(product.partialValue)
        }
    }

    /// Seconds with decimals.
    public static func seconds(
        _ key: String, from: String, through: String, default standard: String, help: String
    ) -> SettingKey {
        SettingKey(
            Setting(key, .decimal(from: from, through: through), default: standard, help: help)
        ) { text in (try? Price(text)).map { Nanoseconds($0.raw) } }
    }
}

/// A number with decimals that a setting may hold.
public protocol DecimalSetting: Sendable {
    /// How many decimals the type holds.
    static var places: Int { get }
    static func read(decimal text: String) throws(NumberError) -> Self
}

extension DecimalSetting {
    public static var places: Int { 9 }
}

extension Price: DecimalSetting {
    public static func read(decimal text: String) throws(NumberError) -> Price { try Price(text) }
}

extension Quantity: DecimalSetting {
    public static func read(decimal text: String) throws(NumberError) -> Quantity {
        try Quantity(text)
    }
}

extension Money: DecimalSetting {
    public static func read(decimal text: String) throws(NumberError) -> Money { try Money(text) }
}

extension BasisPoints: DecimalSetting {
    public static var places: Int { 3 }

    public static func read(decimal text: String) throws(NumberError) -> BasisPoints {
        try BasisPoints(text)
    }
}

extension Double: DecimalSetting {
    public static func read(decimal text: String) throws(NumberError) -> Double {
        try Price(text).double
    }
}

extension SettingKey where Value: DecimalSetting {
    public static func decimal(
        _ key: String, from: String, through: String, default standard: String, help: String,
        strategies: [String] = [], variables: [String] = []
    ) -> SettingKey {
        SettingKey(
            Setting(
                key, .decimal(from: from, through: through), default: standard,
                places: Value.places, help: help, strategies: strategies, variables: variables)
        ) { try? Value.read(decimal: $0) }
    }

    /// From 0 to 1.
    public static func share(
        _ key: String, default standard: String, help: String, variables: [String] = []
    ) -> SettingKey {
        decimal(
            key, from: "0", through: "1", default: standard, help: help, variables: variables)
    }

    /// From 0 to 10^12.
    public static func amount(_ key: String, default standard: String, help: String) -> SettingKey {
        decimal(key, from: "0", through: "1000000000000", default: standard, help: help)
    }
}

extension SettingKey where Value: Worded {
    public static func choice(
        _ key: String, default standard: Value, help: String, strategies: [String] = [],
        variables: [String] = []
    ) -> SettingKey {
        SettingKey(
            Setting(
                key, .choice(Value.words), default: standard.word, help: help,
                strategies: strategies, variables: variables)
        ) { Value(word: $0) }
    }
}

extension Substring {
    /// Without the spaces around it.
    public var trimmed: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
