import LedgerDomain

/// Converts between JSON and a tree, with limits on size, depth and number of values.
public enum WireJSON {
    public static func encode(_ value: WireValue) -> [UInt8] {
        var writer = JSONWriter()
        write(value, to: &writer)
        return writer.bytes
    }

    /// Numbers without a fraction become integers, others exact decimals.
    ///
    /// - Parameter rounds: whether to round numbers with more than nine decimals half to even.
    /// - Throws: `WireError` for anything that is not JSON, for numbers with more than nine
    ///   decimals, and beyond the limits.
    public static func decode(
        _ bytes: [UInt8], limits: WireLimits = WireLimits(), rounds: Bool = false
    ) throws(WireError) -> WireValue {
        guard bytes.count <= limits.bytes else { throw WireError("too many bytes", at: 0) }
        var reader = JSONTreeReader(json: JSONReader(bytes), limits: limits, rounds: rounds)
        do throws(JSONFault) {
            let value = try reader.value()
            try reader.json.finish()
            return value
        } catch { throw WireError("\(error)", at: reader.json.position) }
    }

    private static func write(_ value: WireValue, to writer: inout JSONWriter) {
        switch value {
        case .null: writer.null()
        case .bool(let flag): writer.bool(flag)
        case .integer(let number): writer.integer(number)
        case .decimal(let raw): writer.decimal(raw)
        case .text(let text): writer.string(text)
        case .json(let text): writer.raw(text)
        case .instant(let time): writer.string(time.description)
        case .array(let elements):
            writer.beginArray()
            for element in elements { write(element, to: &writer) }
            writer.endArray()
        case .object(let members):
            writer.beginObject()
            for member in members {
                writer.field(member.name)
                write(member.value, to: &writer)
            }
            writer.endObject()
        }
    }
}

private struct JSONTreeReader {
    var json: JSONReader
    let limits: WireLimits
    let rounds: Bool
    private var depth = 0
    private var values = 0

    init(json: JSONReader, limits: WireLimits, rounds: Bool) {
        (self.json, self.limits, self.rounds) = (json, limits, rounds)
    }

    mutating func value() throws(JSONFault) -> WireValue {
        values += 1
        guard values <= limits.values else { throw JSONFault(.tooLong, at: json.position) }
        switch try json.kind() {
        case .string: return .text(try json.string())
        case .bool: return .bool(try json.bool())
        case .null:
            _ = try json.null()
            return .null
        case .number: return try number()
        case .array:
            try enter()
            try json.beginArray()
            var elements: [WireValue] = []
            while try json.nextElement() { elements.append(try value()) }
            depth -= 1
            return .array(elements)
        case .object:
            try enter()
            try json.beginObject()
            var members: [WireValue.Member] = []
            while try json.nextField() {
                let name = json.string(json.field)
                members.append(.init(name, try value()))
            }
            depth -= 1
            return .object(members)
        }
    }

    private mutating func number() throws(JSONFault) -> WireValue {
        var ahead = json
        let number = try ahead.number()
        if number.exponent == 0, !number.isCut, let size = Int64(exactly: number.digits) {
            json = ahead
            return .integer(number.isNegative ? -size : size)
        }
        return .decimal(rounds ? try json.roundedDecimal() : try json.decimal())
    }

    private mutating func enter() throws(JSONFault) {
        guard depth < limits.depth else { throw JSONFault(.tooDeep, at: json.position) }
        depth += 1
    }
}
