import LedgerVenues

/// A seeded generator.
struct HostileDraw {
    var state: UInt64

    mutating func next(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(limit, 1)))
    }
}

/// Messages as a broken or hostile venue says them. Each is one that nobody may believe: no damage makes of
/// a true message another one that could be true.
enum HostileMessages {
    static func answer(
        _ head: String, _ body: [UInt8], _ draw: inout HostileDraw
    ) -> HostileProxy.Output {
        func whole(_ body: [UInt8]) -> HostileProxy.Output {
            let lines = head.components(separatedBy: "\r\n").filter {
                !$0.lowercased().hasPrefix("content-length")
            }
            let text = lines.dropLast(2) + ["Content-Length: \(body.count)", "", ""]
            return .init(bytes: Array(text.joined(separator: "\r\n").utf8) + body)
        }
        switch draw.next(8) {
        case 0 where !body.isEmpty: return whole(Array(body.prefix(draw.next(body.count))))
        case 1: return whole(deep)
        case 2: return whole(Array("\"\(String(repeating: "x", count: 300_000))\"".utf8))
        case 3: return whole(Array("<html>\u{0} not json</html>".utf8))
        case 4:
            return .init(
                bytes: Array(head.utf8) + body.prefix(body.count / 2), closes: true)
        case 5: return .init(bytes: Array("HTTP/1.1 banana\r\n\r\n".utf8), closes: true)
        default: return whole(poisoned(body, &draw))
        }
    }

    static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        var bytes: [UInt8] = [isFinal ? 0x80 | opcode : opcode]
        switch payload.count {
        case 0...125: bytes.append(UInt8(payload.count))
        case 126...65_535: bytes += [126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        default:
            bytes.append(127)
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: payload.count >> shift))
            }
        }
        return bytes + payload
    }

    static func frame(
        _ opcode: UInt8, _ payload: [UInt8], _ draw: inout HostileDraw
    ) -> HostileProxy.Output {
        switch draw.next(12) {
        case 0: return .init(bytes: frame(opcode, Array(payload.dropLast(1 + draw.next(30)))))
        case 1: return .init(bytes: frame(opcode, deep))
        case 2:
            let half = frame(opcode, payload)
            return .init(bytes: Array(half.prefix(half.count / 2)), closes: true)
        // Text where bytes are due, and the reverse: a message all the same.
        case 3: return .init(bytes: frame(opcode == 1 ? 2 : 1, payload))
        case 4: return .init(bytes: [0x80 | opcode, 127, 0, 0, 1, 0, 0, 0, 0, 0])
        case 5: return .init(bytes: [0xf0 | opcode, 1, 65])
        case 6: return .init(bytes: frame(opcode, [0xff, 0xfe, 0x00] + payload))
        case 7: return .init(bytes: frame(opcode, []))
        // A message that begins and never ends, then another one.
        case 8: return .init(bytes: frame(opcode, payload, isFinal: false) + frame(opcode, payload))
        default: return .init(bytes: frame(opcode, poisoned(payload, &draw)))
        }
    }

    private static let deep = Array(String(repeating: #"{"data":["#, count: 50_000).utf8)

    // MARK: Poison

    /// The message with one value in it that cannot stand there, or with one field less.
    static func poisoned(_ bytes: [UInt8], _ draw: inout HostileDraw) -> [UInt8] {
        guard let tree = try? WireJSON.decode(bytes, rounds: true) else { return [0x7b] }
        return WireJSON.encode(poisoned(tree, &draw))
    }

    private static func poisoned(_ value: WireValue, _ draw: inout HostileDraw) -> WireValue {
        switch value {
        case .object(var members) where !members.isEmpty && draw.next(12) > 0:
            let place = draw.next(members.count)
            if draw.next(6) == 0 {
                members.remove(at: place)
            } else {
                members[place].value = poisoned(members[place].value, &draw)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty && draw.next(12) > 0:
            let place = draw.next(elements.count)
            elements[place] = poisoned(elements[place], &draw)
            return .array(elements)
        default: return poison(of: value, &draw)
        }
    }

    /// Another kind of value, or a number that no amount, price or id can be.
    private static func poison(of value: WireValue, _ draw: inout HostileDraw) -> WireValue {
        var others = ["null", "{}", "[]", #""\#(String(repeating: "x", count: 300))""#, #""""#]
        if case .bool = value {} else { others.append("true") }
        let numbers = ["-1", "1e400", "9999999999999999999999999999999999999999999"]
        switch value {
        case .integer, .decimal: others += numbers + [#""NaN""#, #""\ud800""#]
        case .text(let text) where text.utf8.allSatisfy({ (46...57).contains($0) }):
            others += numbers + numbers.map { "\"\($0)\"" } + [#""NaN""#]
        default: others += ["-1", "1e400"]
        }
        return .json(Array(others[draw.next(others.count)].utf8))
    }
}
