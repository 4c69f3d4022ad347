import LedgerDomain

/// MessagePack, which some venues' data streams offer.
///
/// Reads all forms of nil, booleans, integers, floats, strings, arrays, maps with string keys, and
/// the time extension. Refuses binary and other extensions. Checks lengths against the message
/// before allocating.
public enum MessagePack {
    public static func encode(_ value: WireValue) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, to: &bytes)
        return bytes
    }

    /// - Throws: `WireError` for a message that is truncated, too long, too deep, followed by more
    ///   bytes, or of a form that no venue sends.
    public static func decode(
        _ bytes: [UInt8], limits: WireLimits = WireLimits()
    ) throws(WireError) -> WireValue {
        guard bytes.count <= limits.bytes else { throw WireError("too many bytes", at: 0) }
        var reader = MessagePackReader(bytes: bytes[...], limits: limits)
        let value = try reader.value(depth: 0)
        guard reader.bytes.isEmpty else {
            throw WireError("more bytes follow", at: reader.bytes.startIndex)
        }
        return value
    }

    private static func append(_ value: WireValue, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0xC0)
        case .bool(let flag): bytes.append(flag ? 0xC3 : 0xC2)
        case .integer(let number): append(number, to: &bytes)
        case .decimal(let raw):
            bytes.append(0xCB)
            append(bigEndian: (FixedPoint.double(raw) / 1e9).bitPattern, count: 8, to: &bytes)
        case .text(let text): append(Array(text.utf8), to: &bytes)
        case .json(let text): append(text, to: &bytes)
        case .instant(let time): append(time, to: &bytes)
        case .array(let elements):
            append(count: elements.count, fix: 0x90, wide: 0xDC, to: &bytes)
            for element in elements { append(element, to: &bytes) }
        case .object(let members):
            append(count: members.count, fix: 0x80, wide: 0xDE, to: &bytes)
            for member in members {
                append(Array(member.name.utf8), to: &bytes)
                append(member.value, to: &bytes)
            }
        }
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        switch number {
        case 0...127, -32 ... -1: bytes.append(UInt8(truncatingIfNeeded: number))
        case 128...255: bytes += [0xCC, UInt8(number)]
        case -128 ... -33: bytes += [0xD0, UInt8(truncatingIfNeeded: number)]
        case let number where Int32(exactly: number) != nil:
            bytes.append(0xD2)
            append(bigEndian: UInt64(bitPattern: number), count: 4, to: &bytes)
        default:
            bytes.append(0xD3)
            append(bigEndian: UInt64(bitPattern: number), count: 8, to: &bytes)
        }
    }

    private static func append(_ text: [UInt8], to bytes: inout [UInt8]) {
        switch text.count {
        case 0...31: bytes.append(0xA0 | UInt8(text.count))
        case 32...255: bytes += [0xD9, UInt8(text.count)]
        case 256...65_535:
            bytes.append(0xDA)
            append(bigEndian: UInt64(text.count), count: 2, to: &bytes)
        default:
            bytes.append(0xDB)
            append(bigEndian: UInt64(text.count), count: 4, to: &bytes)
        }
        bytes += text
    }

    /// The time extension, type −1: 32 bits of seconds; 30 bits of nanoseconds and 34 of seconds;
    /// or 96 bits.
    private static func append(_ time: Timestamp, to bytes: inout [UInt8]) {
        let seconds = time.nanoseconds.floorDivided(by: 1_000_000_000)
        let rest = UInt64(time.nanoseconds &- seconds &* 1_000_000_000)
        if seconds >= 0, seconds < 1 << 34 {
            if rest == 0, seconds <= UInt32.max {
                bytes += [0xD6, 0xFF]
                return append(bigEndian: UInt64(seconds), count: 4, to: &bytes)
            }
            bytes += [0xD7, 0xFF]
            return append(bigEndian: rest << 34 | UInt64(seconds), count: 8, to: &bytes)
        }
        bytes += [0xC7, 12, 0xFF]
        append(bigEndian: rest, count: 4, to: &bytes)
        append(bigEndian: UInt64(bitPattern: seconds), count: 8, to: &bytes)
    }

    private static func append(
        count: Int, fix: UInt8, wide: UInt8, to bytes: inout [UInt8]
    ) {
        switch count {
        case 0...15: bytes.append(fix | UInt8(count))
        case 16...65_535:
            bytes.append(wide)
            append(bigEndian: UInt64(count), count: 2, to: &bytes)
        default:
            bytes.append(wide + 1)
            append(bigEndian: UInt64(count), count: 4, to: &bytes)
        }
    }

    private static func append(bigEndian value: UInt64, count: Int, to bytes: inout [UInt8]) {
        for place in stride(from: count - 1, through: 0, by: -1) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * place)))
        }
    }
}

private struct MessagePackReader {
    var bytes: ArraySlice<UInt8>
    let limits: WireLimits
    var values = 0

    private func error(_ problem: String) -> WireError {
        WireError(problem, at: bytes.startIndex)
    }

    private mutating func read(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count <= bytes.count else { throw error("the message is truncated") }
        let taken = bytes.prefix(count)
        bytes = bytes.dropFirst(count)
        return taken
    }

    private mutating func number(_ count: Int) throws(WireError) -> UInt64 {
        try read(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private mutating func count(_ width: Int) throws(WireError) -> Int {
        let count = try number(width)
        // Each element has at least one byte.
        guard count <= UInt64(bytes.count) else { throw error("a length exceeds the message") }
        return Int(count)
    }

    mutating func value(depth: Int) throws(WireError) -> WireValue {
        guard depth <= limits.depth else { throw error("nested too deep") }
        values += 1
        guard values <= limits.values else { throw error("too many values") }
        let mark = try read(1).first ?? 0xC1
        switch mark {
        case 0x00...0x7F: return .integer(Int64(mark))
        case 0xE0...0xFF: return .integer(Int64(Int8(bitPattern: mark)))
        case 0x80...0x8F: return try map(Int(mark & 15), depth: depth)
        case 0x90...0x9F: return try array(Int(mark & 15), depth: depth)
        case 0xA0...0xBF: return try text(Int(mark & 31))
        case 0xC0: return .null
        case 0xC2: return false
        case 0xC3: return true
        case 0xCA:
            return try double(Double(Float(bitPattern: UInt32(truncatingIfNeeded: number(4)))))
        case 0xCB: return try double(Double(bitPattern: number(8)))
        case 0xCC...0xCF: return try unsigned(1 << Int(mark - 0xCC))
        case 0xD0...0xD3: return try signed(1 << Int(mark - 0xD0))
        case 0xD9...0xDB: return try text(count(1 << Int(mark - 0xD9)))
        case 0xDC, 0xDD: return try array(count(mark == 0xDC ? 2 : 4), depth: depth)
        case 0xDE, 0xDF: return try map(count(mark == 0xDE ? 2 : 4), depth: depth)
        case 0xD6: return try instant(4)
        case 0xD7: return try instant(8)
        case 0xC7: return try instant(Int(number(1)))
        default: throw error("an unsupported type")
        }
    }

    private mutating func unsigned(_ width: Int) throws(WireError) -> WireValue {
        guard let value = Int64(exactly: try number(width)) else { throw error("too large") }
        return .integer(value)
    }

    private mutating func signed(_ width: Int) throws(WireError) -> WireValue {
        let shift = UInt64(64 - 8 * width)
        return .integer(Int64(bitPattern: try number(width) << shift) >> Int64(shift))
    }

    /// The shortest decimal that reads back as this double, with at most nine decimals.
    private func double(_ value: Double) throws(WireError) -> WireValue {
        guard value.isFinite, value.magnitude < 1e15 else { throw error("not a usable number") }
        var text = JSONReader(Array("\(value)".utf8))
        guard let raw = try? text.decimal() else { throw error("more than nine decimals") }
        return .decimal(raw)
    }

    private mutating func text(_ count: Int) throws(WireError) -> WireValue {
        let start = bytes.startIndex
        guard let text = String(validating: try read(count), as: UTF8.self) else {
            throw WireError("invalid UTF-8 text", at: start)
        }
        return .text(text)
    }

    private mutating func array(_ count: Int, depth: Int) throws(WireError) -> WireValue {
        var elements: [WireValue] = []
        for _ in 0..<count { elements.append(try value(depth: depth + 1)) }
        return .array(elements)
    }

    private mutating func map(_ count: Int, depth: Int) throws(WireError) -> WireValue {
        var members: [WireValue.Member] = []
        for _ in 0..<count {
            guard case .text(let name) = try value(depth: depth + 1) else {
                throw error("a key that is not text")
            }
            members.append(.init(name, try value(depth: depth + 1)))
        }
        return .object(members)
    }

    private mutating func instant(_ count: Int) throws(WireError) -> WireValue {
        guard try number(1) == 0xFF else { throw error("an extension that is not a time") }
        let (seconds, rest): (Int64, UInt64)
        switch count {
        case 4: (seconds, rest) = (Int64(try number(4)), 0)
        case 8:
            let both = try number(8)
            (seconds, rest) = (Int64(both & (1 << 34 - 1)), both >> 34)
        case 12:
            rest = try number(4)
            seconds = Int64(bitPattern: try number(8))
        default: throw error("a time of \(count) bytes")
        }
        let whole = Int128(seconds) * 1_000_000_000 + Int128(rest)
        guard rest < 1_000_000_000, let nanoseconds = Int64(exactly: whole) else {
            throw error("an impossible time")
        }
        return .instant(Timestamp(nanoseconds: nanoseconds))
    }
}
