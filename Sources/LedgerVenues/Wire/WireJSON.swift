import LedgerDomain

/// JSON from and to a tree; bounded in size and depth.
public enum WireJSON {
    public static func encode(_ value: WireValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    /// - Throws: `WireError` for everything that is no JSON, and for what is longer, deeper or more than the
    ///   limits.
    public static func decode(
        _ bytes: [UInt8], limits: WireLimits = WireLimits()
    ) throws(WireError) -> WireValue {
        guard bytes.count <= limits.bytes else { throw WireError("too many bytes", at: 0) }
        var reader = JSONTreeReader(bytes: bytes, limits: limits)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.place == bytes.count else {
            throw WireError("more follows the value", at: reader.place)
        }
        return value
    }

    public static func append(_ value: WireValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number):
            if number < 0 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(decimal: number.magnitude)
        case .decimal(let raw): FixedPoint.append(raw, to: &bytes)
        case .text(let text): append(text, to: &bytes)
        case .json(let text): bytes += text
        case .time(let time):
            bytes.append(UInt8(ascii: "\""))
            time.append(to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<32:
                bytes += "\\u00".utf8
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

private struct JSONTreeReader {
    let bytes: [UInt8]
    let limits: WireLimits
    var place = 0
    var values = 0

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }
    private func error(_ problem: String) -> WireError { WireError(problem, at: place) }

    mutating func skipSpace() {
        while let byte = next, byte == 32 || byte == 10 || byte == 13 || byte == 9 { place += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard let byte = next, UInt32(byte) == character.value else { return false }
        place += 1
        return true
    }

    mutating func value(depth: Int) throws(WireError) -> WireValue {
        guard depth <= limits.depth else { throw error("nested too deep") }
        values += 1
        guard values <= limits.values else { throw error("too many values") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", true)
        case UInt8(ascii: "f"): return try word("false", false)
        case UInt8(ascii: "n"): return try word("null", nil)
        default: return try number()
        }
    }

    private mutating func word(
        _ word: String, _ value: WireValue
    ) throws(WireError) -> WireValue {
        guard bytes[place...].starts(with: word.utf8) else { throw error("no value") }
        place += word.utf8.count
        return value
    }

    private mutating func object(_ depth: Int) throws(WireError) -> WireValue {
        place += 1
        var members: [WireValue.Member] = []
        if skip("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("a name must follow") }
            let name = try text()
            guard skip(":") else { throw error("a colon must follow") }
            members.append(.init(name, try value(depth: depth + 1)))
        } while skip(",")
        guard skip("}") else { throw error("the object does not end") }
        return .object(members)
    }

    private mutating func array(_ depth: Int) throws(WireError) -> WireValue {
        place += 1
        var elements: [WireValue] = []
        if skip("]") { return .array(elements) }
        repeat { elements.append(try value(depth: depth + 1)) } while skip(",")
        guard skip("]") else { throw error("the array does not end") }
        return .array(elements)
    }

    private mutating func number() throws(WireError) -> WireValue {
        let start = place
        while let byte = next, (48...57).contains(byte) || "+-.eE".utf8.contains(byte) { place += 1 }
        let text = bytes[start..<place]
        guard let last = text.last, (48...57).contains(last), text.first != UInt8(ascii: "+") else {
            throw WireError("no value", at: start)
        }
        if text.count < 19, let whole = Int64(String(decoding: text, as: UTF8.self)) {
            return .integer(whole)
        }
        guard let raw = WireNumber.raw(text) else {
            throw WireError("a number that nine decimals cannot hold", at: start)
        }
        return .decimal(raw)
    }

    private mutating func text() throws(WireError) -> String {
        place += 1
        var found: [UInt8] = []
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: found, as: UTF8.self) else {
                    throw error("a text that is no UTF-8")
                }
                return text
            case UInt8(ascii: "\\"): try escape(&found)
            case 0..<32: throw error("a control character in a text")
            default: found.append(byte)
            }
        }
        throw error("the text does not end")
    }

    private mutating func escape(_ found: inout [UInt8]) throws(WireError) {
        guard let byte = next else { throw error("the text does not end") }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): found.append(10)
        case UInt8(ascii: "r"): found.append(13)
        case UInt8(ascii: "t"): found.append(9)
        case UInt8(ascii: "b"): found.append(8)
        case UInt8(ascii: "f"): found.append(12)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): found.append(byte)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard next == UInt8(ascii: "\\") else { throw error("half a character") }
                place += 1
                guard next == UInt8(ascii: "u") else { throw error("half a character") }
                place += 1
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw error("half a character") }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("half a character") }
            found += Array(String(Character(scalar)).utf8)
        default: throw error("an escape that is none")
        }
    }

    private mutating func hexadecimal() throws(WireError) -> UInt32 {
        guard place + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw error("an escape that is none") }
        place += 4
        return code
    }
}
