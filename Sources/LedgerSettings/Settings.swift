import LedgerDomain

/// Effective settings as flat `key = value` pairs, sorted by key: the form in which they are journaled
/// and from which the engine configures itself, so that a journal is all that a replay needs.
public struct Settings: Hashable, Sendable {
    public private(set) var pairs: [(key: String, value: String)]

    public init(_ pairs: [(key: String, value: String)]) {
        self.pairs = pairs.sorted { $0.key < $1.key }
    }

    /// Reads the journaled form.
    public init(text: String) {
        self.init(
            text.split(separator: "\n").compactMap { line in
                guard let sign = line.firstRange(of: " = ") else { return nil }
                return (String(line[..<sign.lowerBound]), String(line[sign.upperBound...]))
            })
    }

    public var text: String { pairs.map { "\($0.key) = \($0.value)\n" }.joined() }

    public static func == (a: Settings, b: Settings) -> Bool { a.text == b.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    public subscript(key: String) -> String? {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low < pairs.count && pairs[low].key == key ? pairs[low].value : nil
    }

    /// How many entries a list has: `strategies.0.…` to `strategies.(n−1).…`.
    public func count(of list: String) -> Int {
        var count = 0
        while pairs.contains(where: { $0.key.hasPrefix("\(list).\(count).") }) { count += 1 }
        return count
    }

    /// The value of `key` read by `read`, or `fallback` where it is absent.
    public func value<T>(
        _ key: String, _ fallback: T, _ read: (String) throws(NumberError) -> T
    ) throws(SettingsError) -> T {
        guard let text = self[key] else { return fallback }
        do { return try read(text) } catch { throw SettingsError(key, problem: "\(error)") }
    }

    public func text(_ key: String, _ fallback: String) -> String { self[key] ?? fallback }

    public func required(_ key: String) throws(SettingsError) -> String {
        guard let text = self[key], !text.isEmpty else {
            throw SettingsError(key, problem: "is missing")
        }
        return text
    }

    public func flag(_ key: String, _ fallback: Bool) throws(SettingsError) -> Bool {
        switch self[key] {
        case nil: return fallback
        case "true": return true
        case "false": return false
        case let other?: throw SettingsError(key, problem: "'\(other)' is neither true nor false")
        }
    }

    public func integer(
        _ key: String, _ fallback: Int64, in range: ClosedRange<Int64>
    ) throws(SettingsError) -> Int64 {
        guard let text = self[key] else { return fallback }
        guard let value = Int64(text), range.contains(value) else {
            throw SettingsError(
                key,
                problem:
                    "'\(text)' is not a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    public func choice<T: CaseIterable>(_ key: String, _ fallback: T) throws(SettingsError) -> T {
        guard let text = self[key] else { return fallback }
        guard let found = T.allCases.first(where: { String(describing: $0) == text }) else {
            let names = T.allCases.map { String(describing: $0) }.joined(separator: ", ")
            throw SettingsError(key, problem: "'\(text)' is none of \(names)")
        }
        return found
    }
}
