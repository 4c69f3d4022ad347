/// A JSON text in memory. Numbers keep the digits that the file has.
enum JSONValue {
    case object([(name: String, value: JSONValue)])
    case array([JSONValue])
    case string(String)
    /// As written.
    case number(String)
    /// `true`, `false` or `null`.
    case word(String)

    subscript(_ name: String) -> JSONValue? {
        guard case .object(let fields) = self else { return nil }
        return fields.first { $0.name == name }?.value
    }

    /// The text of a string or a number.
    var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
}

/// Reads one JSON text; values nest at most 16 deep.
struct JSONParser {
    private let bytes: [UInt8]
    private(set) var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The line of the byte at which reading stopped, from 1.
    var line: Int { bytes[..<min(index, bytes.count)].count { $0 == 10 } + 1 }

    /// Nil where the text is no JSON.
    mutating func read() -> JSONValue? {
        guard let value = value(depth: 0) else { return nil }
        skipBlanks()
        return index == bytes.count ? value : nil
    }

    private mutating func skipBlanks() {
        while index < bytes.count, [32, 9, 10, 13].contains(bytes[index]) { index += 1 }
    }

    private mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        skipBlanks()
        guard index < bytes.count, bytes[index] == UInt8(ascii: byte) else { return false }
        index += 1
        return true
    }

    private mutating func value(depth: Int) -> JSONValue? {
        guard depth < 16 else { return nil }
        if skip("{") { return object(depth) }
        if skip("[") { return array(depth) }
        if skip("\"") { return string().map { .string($0) } }
        let start = index
        while index < bytes.count, isPartOfWord(bytes[index]) { index += 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let first = text.utf8.first else { return nil }
        if first == UInt8(ascii: "-") || first &- 48 < 10 { return .number(text) }
        return ["true", "false", "null"].contains(text) ? .word(text) : nil
    }

    private func isPartOfWord(_ byte: UInt8) -> Bool {
        byte &- 48 < 10 || byte | 32 >= 97 && byte | 32 <= 122 || "+-.".utf8.contains(byte)
    }

    private mutating func object(_ depth: Int) -> JSONValue? {
        var fields: [(name: String, value: JSONValue)] = []
        if skip("}") { return .object(fields) }
        repeat {
            guard skip("\""), let name = string(), skip(":"), let value = value(depth: depth + 1)
            else { return nil }
            fields.append((name, value))
        } while skip(",")
        return skip("}") ? .object(fields) : nil
    }

    private mutating func array(_ depth: Int) -> JSONValue? {
        var values: [JSONValue] = []
        if skip("]") { return .array(values) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            values.append(value)
        } while skip(",")
        return skip("]") ? .array(values) : nil
    }

    /// The rest of a string. Times, symbols and numbers have no escapes but `\/` and `\"`.
    private mutating func string() -> String? {
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard index < bytes.count, "\"\\/".utf8.contains(bytes[index]) else { return nil }
                text.append(bytes[index])
                index += 1
            case 0..<32: return nil
            default: text.append(byte)
            }
        }
        return nil
    }
}
