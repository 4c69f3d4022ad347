import LedgerDomain

/// A whole document as a tree, for rare documents without a fixed shape.
public indirect enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// As written.
    case number(String)
    case string(String)
    case array([JSONValue])
    /// In document order.
    case object([JSONMember])

    /// - Throws: `JSONFault`, `tooLong` beyond `limit` bytes.
    public init(_ bytes: [UInt8], limit: Int = 64 << 20) throws(JSONFault) {
        var reader = try JSONReader(bytes, limit: limit)
        self = try reader.value()
        try reader.finish()
    }

    /// The last field with that name; nil if there is none or this is not an object.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    public var string: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var array: [JSONValue]? {
        guard case .array(let values) = self else { return nil }
        return values
    }

    /// A number, or a string that contains one, in units of 10^-9; nil if it is neither or does not
    /// fit.
    public var decimal: Int128? {
        switch self {
        case .number(let text), .string(let text):
            var reader = JSONReader(Array(text.utf8))
            guard let value = try? reader.decimal(), (try? reader.finish()) != nil else {
                return nil
            }
            return value
        default: return nil
        }
    }

    public var integer: Int64? {
        guard let decimal, decimal % Int128(FixedPoint.one) == 0 else { return nil }
        return Int64(exactly: decimal / Int128(FixedPoint.one))
    }
}

public struct JSONMember: Hashable, Sendable {
    public var name: String
    public var value: JSONValue

    public init(_ name: String, _ value: JSONValue) { (self.name, self.value) = (name, value) }
}

extension JSONReader {
    /// The current value as a tree. `deepest` limits the recursion.
    public mutating func value() throws(JSONFault) -> JSONValue {
        switch try kind() {
        case .null:
            _ = try null()
            return .null
        case .bool: return .bool(try bool())
        case .string: return .string(try string())
        case .number:
            let start = position
            _ = try number()
            return .number(String(decoding: bytes[start..<position], as: UTF8.self))
        case .array:
            var values: [JSONValue] = []
            try beginArray()
            while try nextElement() { values.append(try value()) }
            return .array(values)
        case .object:
            var members: [JSONMember] = []
            try beginObject()
            while try nextField() {
                let name = string(field)
                members.append(JSONMember(name, try value()))
            }
            return .object(members)
        }
    }
}
