import LedgerDomain

/// A message as a tree, the same for JSON and MessagePack: used for the local exchange's requests
/// and answers.
public indirect enum WireValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// In units of 10^-9, exact; a number in JSON, a double in MessagePack.
    case decimal(Int128)
    case text(String)
    /// A string in JSON, an extension of its own in MessagePack.
    case instant(Timestamp)
    /// Bytes that are already JSON, written as they are.
    case json([UInt8])
    case array([WireValue])
    case object([Member])

    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: WireValue

        public init(_ name: String, _ value: WireValue) { (self.name, self.value) = (name, value) }
    }

    /// The first member with that name; nil if there is none or this is not an object.
    public subscript(name: String) -> WireValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    public var members: [Member] {
        if case .object(let members) = self { return members }
        return []
    }

    public var elements: [WireValue] {
        if case .array(let elements) = self { return elements }
        return []
    }

    /// The text, or the digits of a number; nil for anything else.
    public var string: String? {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .decimal(let raw): FixedPoint.format(raw)
        case .instant(let time): time.description
        default: nil
        }
    }

    public var flag: Bool? {
        switch self {
        case .bool(let flag): flag
        case .text("true"): true
        case .text("false"): false
        default: nil
        }
    }
}

extension WireValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(arrayLiteral elements: WireValue...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }

    /// Keeps the members in the order in which they are written.
    public init(dictionaryLiteral elements: (String, WireValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}

/// A message that cannot be read, and the byte offset, from 0.
public struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    public var problem: String
    public var place: Int

    public init(_ problem: String, at place: Int) { (self.problem, self.place) = (problem, place) }

    public var description: String { "byte \(place): \(problem)" }
}

/// How large a message may be before it is refused.
public struct WireLimits: Hashable, Sendable {
    public var bytes: Int
    public var depth: Int
    /// The total number of values.
    public var values: Int

    public init(bytes: Int = 4 << 20, depth: Int = 32, values: Int = 200_000) {
        (self.bytes, self.depth, self.values) = (bytes, depth, values)
    }
}
