import LedgerDomain
import Testing

@testable import LedgerVenues

@Suite struct MessagePackTests {
    /// Rows: a value, and its bytes as the specification has them.
    static let rows: [(WireValue, [UInt8])] = [
        (.null, [0xC0]), (false, [0xC2]), (true, [0xC3]), (0, [0x00]), (127, [0x7F]),
        (128, [0xCC, 0x80]), (-1, [0xFF]), (-32, [0xE0]), (-33, [0xD0, 0xDF]),
        (256, [0xD2, 0, 0, 1, 0]), (.integer(1 << 40), [0xD3, 0, 0, 1, 0, 0, 0, 0, 0]),
        (.decimal(1_500_000_000), [0xCB, 0x3F, 0xF8, 0, 0, 0, 0, 0, 0]),
        ("", [0xA0]), ("abc", [0xA3, 0x61, 0x62, 0x63]),
        ([1, 2], [0x92, 1, 2]), (["T": "t"], [0x81, 0xA1, 0x54, 0xA1, 0x74]),
        (.instant(Timestamp(nanoseconds: 1_000_000_000)), [0xD6, 0xFF, 0, 0, 0, 1]),
        (
            .instant(Timestamp(nanoseconds: 1_000_000_001)),
            [0xD7, 0xFF, 0, 0, 0, 4, 0, 0, 0, 1]
        ),
        (
            .instant(Timestamp(nanoseconds: -1)),
            [0xC7, 12, 0xFF, 0x3B, 0x9A, 0xC9, 0xFF, 255, 255, 255, 255, 255, 255, 255, 255]
        ),
    ]

    @Test func `bytes are those of the specification, and read back`() throws {
        for (value, bytes) in Self.rows {
            #expect(MessagePack.encode(value) == bytes, "\(value)")
            #expect(try MessagePack.decode(bytes) == value, "\(value)")
        }
    }

    @Test func `forms that only others write are read`() throws {
        let rows: [([UInt8], WireValue)] = [
            ([0xCD, 1, 0], 256), ([0xCE, 0, 0, 1, 0], 256), ([0xD1, 0xFF, 0], -256),
            ([0xCA, 0x3F, 0xC0, 0, 0], .decimal(1_500_000_000)), ([0xD9, 1, 0x61], "a"),
            ([0xDC, 0, 1, 5], [5]), ([0xDE, 0, 1, 0xA1, 0x61, 5], ["a": 5]),
        ]
        for (bytes, value) in rows { #expect(try MessagePack.decode(bytes) == value) }
    }

    @Test func `long texts and containers keep their length`() throws {
        for count in [31, 32, 255, 256, 65_535, 65_536] {
            let text = WireValue.text(String(repeating: "x", count: count))
            #expect(try MessagePack.decode(MessagePack.encode(text)) == text)
            let list = WireValue.array([WireValue](repeating: 1, count: count))
            #expect(try MessagePack.decode(MessagePack.encode(list)) == list)
        }
    }

    @Test func `hostile bytes are errors`() {
        let rows: [[UInt8]] = [
            [], [0xC1], [0xA5, 0x61], [0xDD, 0xFF, 0xFF, 0xFF, 0xFF], [0x81, 1, 1], [0xC4, 1, 0],
            [0xCB, 0x7F, 0xF0, 0, 0, 0, 0, 0, 0], [0xCF] + [UInt8](repeating: 0xFF, count: 8),
            [0xA1, 0xFF], [1, 2], [0xD7, 0xFF] + [UInt8](repeating: 0xFF, count: 8),
            [0xD6, 0x01, 0, 0, 0, 1], [UInt8](repeating: 0x91, count: 10_000),
        ]
        for bytes in rows {
            #expect(throws: WireError.self, "\(bytes.prefix(10))") {
                try MessagePack.decode(bytes)
            }
        }
    }

    @Test func `damaged messages are read or refused, and never more`() throws {
        let message: WireValue = [
            "T": "q", "S": "AAPL", "bp": .decimal(190_010_000_000),
            "t": .instant(Timestamp(nanoseconds: 5)),
            "c": ["R", nil, true], "n": -70_000,
        ]
        let whole = MessagePack.encode(message)
        var state: UInt64 = 42
        for _ in 0..<20_000 {
            var bytes = whole
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            let end = Int(state >> 40) % (bytes.count + 1)
            if let value = try? MessagePack.decode(Array(bytes[..<end])) {
                #expect(try MessagePack.decode(MessagePack.encode(value)) == value)
            }
        }
    }

    @Test func `a tree is the same after JSON`() throws {
        let tree: WireValue = [
            "text": "a \"b\" \u{1}", "number": .decimal(-1_250_000_000), "list": [1, nil, false],
            "empty": [:],
        ]
        #expect(try WireJSON.decode(WireJSON.encode(tree)) == tree)
        for bad in ["{", "[1,]", "1e400", "0.12345678901", "\"", "tru", "{} {}"] {
            #expect(throws: WireError.self, "\(bad)") { try WireJSON.decode(Array(bad.utf8)) }
        }
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 1000)
        #expect(throws: WireError.self) { try WireJSON.decode(deep) }
    }
}
