import LedgerEvents

/// A JSON object. Keeps its fields in the order in which they were added.
package struct JSONObject {
    private var fields: [String] = []

    package init() {}

    package mutating func add(_ key: StaticString, _ text: String) {
        fields.append("\(quote("\(key)")): \(quote(text))")
    }
    package mutating func add(_ key: StaticString, raw: String) {
        fields.append("\(quote("\(key)")): \(raw)")
    }
    package mutating func add(_ key: StaticString, _ number: some BinaryInteger) {
        add(key, raw: "\(number)")
    }
    package mutating func add(_ key: StaticString, _ flag: Bool) { add(key, raw: "\(flag)") }

    private func quote(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.append(string: text)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One object as itself, several as an array: each is one JSON text.
    package static func text(of objects: [JSONObject]) -> String {
        objects.count == 1
            ? objects[0].text : "[" + objects.map(\.text).joined(separator: ",\n") + "]"
    }

    /// On one line.
    package var line: String { "{" + fields.joined(separator: ", ") + "}" }
    /// One field per line.
    package var text: String {
        fields.isEmpty ? "{}" : "{\n  " + fields.joined(separator: ",\n  ") + "\n}"
    }
}
