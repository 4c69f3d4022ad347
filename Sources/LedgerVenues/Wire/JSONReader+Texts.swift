import LedgerDomain

/// Where a string's content is in the reader's bytes, between its quotes.
public struct JSONText: Hashable, Sendable {
    public var start: Int
    public var end: Int
    public var hasEscapes: Bool

    public static var empty: JSONText { JSONText(start: 0, end: 0, hasEscapes: false) }
    public var range: Range<Int> { start..<end }
}

extension JSONReader {
    /// Reads a string without copying it; use `string(_:)` and `matches` to look at it.
    public mutating func text() throws(JSONFault) -> JSONText {
        let quote = try peek()
        guard quote == UInt8(ascii: "\"") else { throw wrong(quote) }
        position += 1
        var text = JSONText(start: position, end: position, hasEscapes: false)
        while position < end {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                text.end = position
                position += 1
                return text
            case UInt8(ascii: "\\"):
                text.hasEscapes = true
                try passEscape()
            case ..<0x20: throw JSONFault(.badText, at: position)
            case ..<0x80: position += 1
            default: try passScalar(byte)
            }
        }
        throw JSONFault(.cut, at: end)
    }

    public mutating func string() throws(JSONFault) -> String { string(try text()) }

    /// A string, or the empty one for `null`.
    public mutating func stringOrNull() throws(JSONFault) -> String {
        try null() ? "" : try string()
    }

    /// A venue's name or id.
    ///
    /// - Throws: `tooLong` beyond 128 bytes, the longest that any supported venue uses.
    public mutating func name() throws(JSONFault) -> String {
        let start = position
        let name = try string()
        guard name.utf8.count <= 128 else { throw JSONFault(.tooLong, at: start) }
        return name
    }

    public mutating func nameOrNull() throws(JSONFault) -> String {
        try null() ? "" : try name()
    }

    /// The beginning of a venue's message; empty for `null`.
    public mutating func wordsOrNull() throws(JSONFault) -> String {
        String(try stringOrNull().prefix(160))
    }

    public func string(_ text: JSONText) -> String {
        guard text.hasEscapes else { return String(decoding: bytes[text.range], as: UTF8.self) }
        return String(decoding: decoded(text), as: UTF8.self)
    }

    public func matches(_ text: JSONText, _ word: StaticString) -> Bool {
        guard text.hasEscapes else { return isSame(text.range, word) }
        return word.withUTF8Buffer { $0.elementsEqual(decoded(text)) }
    }

    public func matches(_ text: JSONText, _ other: [UInt8]) -> Bool {
        guard text.hasEscapes else { return bytes[text.range].elementsEqual(other) }
        return decoded(text) == other
    }

    // MARK: Checking

    private mutating func passEscape() throws(JSONFault) {
        guard position + 1 < end else { throw JSONFault(.cut, at: end) }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= end else { throw JSONFault(.cut, at: end) }
            guard hexadecimal(at: position + 2) != nil else {
                throw JSONFault(.badText, at: position)
            }
            position += 6
        default: throw JSONFault(.badText, at: position)
        }
    }

    /// Skips one scalar of more than one byte: rejects overlong forms, surrogates and values beyond
    /// U+10FFFF.
    private mutating func passScalar(_ lead: UInt8) throws(JSONFault) {
        let (count, second): (Int, ClosedRange<UInt8>)
        switch lead {
        case 0xc2...0xdf: (count, second) = (2, 0x80...0xbf)
        case 0xe0: (count, second) = (3, 0xa0...0xbf)
        case 0xe1...0xec, 0xee, 0xef: (count, second) = (3, 0x80...0xbf)
        case 0xed: (count, second) = (3, 0x80...0x9f)
        case 0xf0: (count, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (count, second) = (4, 0x80...0xbf)
        case 0xf4: (count, second) = (4, 0x80...0x8f)
        default: throw JSONFault(.badText, at: position)
        }
        guard position + count <= end else { throw JSONFault(.cut, at: end) }
        guard second.contains(bytes[position + 1]),
            bytes[position + 2..<max(position + 2, position + count)]
                .allSatisfy({ $0 & 0xc0 == 0x80 })
        else { throw JSONFault(.badText, at: position) }
        position += count
    }

    private func hexadecimal(at start: Int) -> UInt32? {
        var value: UInt32 = 0
        for byte in bytes[start..<start + 4] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 48)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - 87)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - 55)
            default: return nil
            }
        }
        return value
    }

    // MARK: Escapes

    /// The content with its escapes resolved. A surrogate without its other half becomes U+FFFD.
    func decoded(_ text: JSONText) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.end - text.start)
        var index = text.start
        while index < text.end {
            guard bytes[index] == UInt8(ascii: "\\"), index + 1 < text.end else {
                result.append(bytes[index])
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0c)
            case UInt8(ascii: "n"): result.append(0x0a)
            case UInt8(ascii: "r"): result.append(0x0d)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                let (scalar, length) = escapedScalar(at: index, before: text.end)
                result.append(contentsOf: String(scalar).utf8)
                index += length
                continue
            case let other: result.append(other)
            }
            index += 2
        }
        return result
    }

    /// The scalar of one `\uXXXX`, or of a pair of surrogates.
    private func escapedScalar(at index: Int, before end: Int) -> (Character, length: Int) {
        let replacement: Unicode.Scalar = "\u{fffd}"
        guard index + 6 <= end, let high = hexadecimal(at: index + 2) else {
            return (Character(replacement), 2)
        }
        if (0xd800...0xdbff).contains(high), index + 12 <= end,
            bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u"),
            let low = hexadecimal(at: index + 8), (0xdc00...0xdfff).contains(low)
        {
            let value = 0x1_0000 + (high - 0xd800) << 10 + (low - 0xdc00)
            return (Character(Unicode.Scalar(value) ?? replacement), 12)
        }
        return (Character(Unicode.Scalar(high) ?? replacement), 6)
    }
}
