/// Effective settings as flat `key = value` pairs, sorted by key. Journals store them in this form
/// and the engine configures itself from it, so a replay needs only the journal.
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

    /// The text of a setting known only by its key. Code that knows the setting uses its
    /// `SettingKey`.
    public func text(of key: String) -> String? {
        var low = 0
        var high = pairs.count
        while low < high {
            let middle = (low + high) / 2
            if pairs[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low < pairs.count && pairs[low].key == key ? pairs[low].value : nil
    }
}
