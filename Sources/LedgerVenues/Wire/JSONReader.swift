import LedgerDomain

/// A pull parser for JSON: begin a container, ask for its fields or elements one by one, and read
/// each value as the required type or skip it. RFC 8259 only: no comments, no trailing commas, no
/// `NaN`; strings are UTF-8.
///
/// ```swift
/// var json = JSONReader(bytes)
/// try json.beginObject()
/// while try json.nextField() {
///     if json.isField("p") { price = try json.price() }
///     else { try json.skip() }
/// }
/// try json.finish()
/// ```
///
/// Allocates nothing except the strings that are asked for. A counter limits the depth, so the
/// stack cannot overflow. A copy is a bookmark: it continues from where it was made. If two fields
/// have the same name, both are returned, so the later one wins.
public struct JSONReader: Sendable {
    /// The maximum nesting depth.
    public static let deepest = 64

    let bytes: [UInt8]
    let end: Int
    /// The next byte to read.
    public internal(set) var position: Int
    private var depth = 0
    private var isFresh = false
    /// The name of the current field.
    public private(set) var field = JSONText.empty

    /// - Parameter range: the part of the bytes to read; all of them by default.
    public init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        let whole = 0..<bytes.count
        let part = range?.clamped(to: whole) ?? whole
        (position, end) = (part.lowerBound, part.upperBound)
    }

    /// - Throws: `tooLong` for more bytes than that.
    public init(_ bytes: [UInt8], limit: Int) throws(JSONFault) {
        guard bytes.count <= limit else { throw JSONFault(.tooLong, at: limit) }
        self.init(bytes)
    }

    // MARK: Containers

    public mutating func beginObject() throws(JSONFault) { try begin(UInt8(ascii: "{")) }

    /// Moves to the next field and reads its name into `field`; false at the end of the object.
    public mutating func nextField() throws(JSONFault) -> Bool {
        guard try next(before: UInt8(ascii: "}")) else { return false }
        guard try peek() == UInt8(ascii: "\"") else { throw JSONFault(.unexpected, at: position) }
        field = try text()
        guard try peek() == UInt8(ascii: ":") else { throw JSONFault(.unexpected, at: position) }
        position += 1
        return true
    }

    public func isField(_ name: StaticString) -> Bool { matches(field, name) }

    public mutating func beginArray() throws(JSONFault) { try begin(UInt8(ascii: "[")) }

    /// Whether there is another element; false at the end of the array.
    public mutating func nextElement() throws(JSONFault) -> Bool {
        try next(before: UInt8(ascii: "]"))
    }

    private mutating func begin(_ opening: UInt8) throws(JSONFault) {
        let byte = try peek()
        guard byte == opening else { throw wrong(byte) }
        guard depth < Self.deepest else { throw JSONFault(.tooDeep, at: position) }
        depth += 1
        position += 1
        isFresh = true
    }

    private mutating func next(before closing: UInt8) throws(JSONFault) -> Bool {
        let byte = try peek()
        if byte == closing, depth > 0 {
            position += 1
            depth -= 1
            isFresh = false
            return false
        }
        if isFresh {
            isFresh = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw JSONFault(.unexpected, at: position) }
        position += 1
        return true
    }

    /// - Throws: `trailing` if anything but white space follows.
    public mutating func finish() throws(JSONFault) {
        skipSpace()
        guard position == end, depth == 0 else { throw JSONFault(.trailing, at: position) }
    }

    // MARK: Values

    public enum Kind: Hashable, Sendable {
        case object, array, string, number, bool, null
    }

    /// The kind of the current value, from its first byte.
    public mutating func kind() throws(JSONFault) -> Kind {
        switch try peek() {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        default: throw JSONFault(.unexpected, at: position)
        }
    }

    public mutating func bool() throws(JSONFault) -> Bool {
        let byte = try peek()
        if byte == UInt8(ascii: "t") {
            try word("true")
            return true
        }
        guard byte == UInt8(ascii: "f") else { throw wrong(byte) }
        try word("false")
        return false
    }

    /// Reads a `null`, if there is one.
    public mutating func null() throws(JSONFault) -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        try word("null")
        return true
    }

    /// Skips the current value, whatever it is, and validates it.
    public mutating func skip() throws(JSONFault) {
        // One bit per container: 1 is an object.
        var shapes: UInt64 = 0
        let floor = depth
        repeat {
            if depth > floor {
                let isObject = shapes & 1 == 1
                guard isObject ? try nextField() : try nextElement() else {
                    shapes >>= 1
                    continue
                }
            }
            switch try kind() {
            case .object:
                try beginObject()
                shapes = shapes << 1 | 1
            case .array:
                try beginArray()
                shapes <<= 1
            case .string: _ = try text()
            case .number: _ = try number()
            case .bool: _ = try bool()
            case .null: _ = try null()
            }
        } while depth > floor
    }

    // MARK: Bytes

    mutating func peek() throws(JSONFault) -> UInt8 {
        skipSpace()
        guard position < end else { throw JSONFault(.cut, at: end) }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < end {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    private mutating func word(_ word: StaticString) throws(JSONFault) {
        let count = word.utf8CodeUnitCount
        guard position + count <= end else { throw JSONFault(.cut, at: end) }
        guard isSame(position..<position + count, word) else {
            throw JSONFault(.unexpected, at: position)
        }
        position += count
    }

    func isSame(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard word.utf8CodeUnitCount == range.count else { return false }
        return word.withUTF8Buffer { letters in
            var index = range.lowerBound
            for letter in letters {
                guard bytes[index] == letter else { return false }
                index += 1
            }
            return true
        }
    }

    /// A value of another kind, or no value.
    func wrong(_ byte: UInt8) -> JSONFault {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "-"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "t"), UInt8(ascii: "f"),
            UInt8(ascii: "n"):
            JSONFault(.wrongKind, at: position)
        default: JSONFault(.unexpected, at: position)
        }
    }
}

extension JSONReader {
    /// Reads a document that consists of one array.
    public static func list<T>(
        _ body: [UInt8], _ element: (inout JSONReader) throws(JSONFault) -> T
    ) throws(JSONFault) -> [T] {
        var json = JSONReader(body)
        var result: [T] = []
        try json.beginArray()
        while try json.nextElement() { result.append(try element(&json)) }
        try json.finish()
        return result
    }
}
