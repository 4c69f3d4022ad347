import LedgerDomain
import Testing

@testable import LedgerVenues

@Suite struct JSONReaderTests {
    private func fault(_ text: String) -> JSONFault.Kind? {
        var reader = JSONReader(Array(text.utf8))
        do {
            try reader.skip()
            try reader.finish()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func `fields are pulled by name, others are skipped`() throws {
        var json = JSONReader(
            Array(
                #" {"p":"61837.63000000", "x":{"a":[1,{"b":[]}],"c":null}, "q":0.02,"m":true} "#
                    .utf8))
        var (price, quantity, isMaker) = (Price.zero, Quantity.zero, false)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("p") {
                price = try json.price()
            } else if json.isField("q") {
                quantity = try json.quantity()
            } else if json.isField("m") {
                isMaker = try json.bool()
            } else {
                try json.skip()
            }
        }
        try json.finish()
        #expect(price.raw == 61_837_630_000_000 && quantity.raw == 20_000_000 && isMaker)
    }

    @Test(arguments: [
        "0", "-0", "1.5e3", "[]", "{}", "[1,2]", #"{"a":{}}"#, #""\u00e9\n""#, "true", "false",
        "null",
        " [ 1 , [ ] , { } ] ", "\"é😀\"", #"{"a":1,"a":2}"#,
    ])
    func `well-formed texts pass`(_ text: String) { #expect(fault(text) == nil, "\(text)") }

    @Test(arguments: [
        ("", JSONFault.Kind.cut), ("{", .cut), ("[1", .cut), (#"{"a""#, .cut), (#"{"a":"#, .cut),
        (#""abc"#, .cut), (#""\"#, .cut), ("tru", .cut), ("[1,]", .unexpected),
        (#"{"a":1,}"#, .unexpected), ("{,}", .unexpected), ("[,1]", .unexpected),
        ("{1:2}", .unexpected), (#"{"a" 1}"#, .unexpected), ("[1 2]", .unexpected),
        ("[1}", .unexpected), (#"{"a":1]"#, .unexpected), ("nulL", .unexpected),
        ("NaN", .unexpected),
        ("+1", .unexpected), ("'a'", .unexpected), ("]", .unexpected), ("01", .badNumber),
        ("-", .cut), ("-a", .badNumber), ("1.", .cut), ("[1.]", .badNumber), ("[1e]", .badNumber),
        (".5", .unexpected), ("1 2", .trailing), ("{}x", .trailing), ("\"\u{1}\"", .badText),
        (#""\x""#, .badText), (#""\u12g4""#, .badText),
    ])
    func `malformed texts are named`(_ text: String, _ kind: JSONFault.Kind) {
        #expect(fault(text) == kind, "\(text)")
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        for bad: [UInt8] in [
            [0xff], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
            [0xf4, 0x90, 0x80, 0x80], [0x80], [0xe2, 0x28, 0xa1], [0xf0, 0x9f, 0x98],
        ] {
            var json = JSONReader([0x22] + bad + [0x22])
            #expect(throws: JSONFault.self) { try json.skip() }
        }
    }

    @Test func `depth is bounded without recursion`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(fault(nested(JSONReader.deepest)) == nil)
        #expect(fault(nested(JSONReader.deepest + 1)) == .tooDeep)
        #expect(fault(nested(1_000_000)) == .tooDeep)
        #expect(fault(String(repeating: #"{"a":"#, count: 1_000_000)) == .tooDeep)
        #expect(throws: JSONFault.self) { try JSONValue(Array(nested(100_000).utf8)) }
        #expect(throws: JSONFault(.tooLong, at: 3)) { try JSONReader([1, 2, 3, 4], limit: 3) }
    }

    @Test(
        arguments: [
            ("12.5", 12_500_000_000), (#""12.50""#, 12_500_000_000), ("1e-9", 1),
            ("-0.000000001", -1),
            (#""-3""#, -3_000_000_000), ("2.5E2", 250_000_000_000),
            ("0.1000000000000000000000", 100_000_000),
            ("100e-2", 1_000_000_000), ("0", 0), ("0e999999999999", 0),
        ] as [(String, Int128)])
    func `decimals are exact`(_ text: String, _ raw: Int128) throws {
        var json = JSONReader(Array(text.utf8))
        #expect(try json.decimal() == raw)
        try json.finish()
    }

    @Test(arguments: [
        ("0.0000000001", JSONFault.Kind.tooPrecise), ("1e-10", .tooPrecise), ("1e400", .outOfRange),
        ("1e-4000000", .tooPrecise), (#""""#, .badNumber), (#""12,5""#, .badNumber),
        (#"" 1""#, .badNumber), (#""1 ""#, .badNumber), (#""0x1""#, .badNumber),
        ("true", .wrongKind),
        ("[]", .wrongKind), ("null", .wrongKind),
        ("99999999999999999999999999999999999999999", .outOfRange),
    ])
    func `what is no exact decimal is refused`(_ text: String, _ kind: JSONFault.Kind) {
        var json = JSONReader(Array(text.utf8))
        do {
            let value = try json.decimal()
            Issue.record("\(text) became \(value)")
        } catch {
            #expect(error.kind == kind, "\(text)")
        }
    }

    @Test func `averages are rounded half to even`() throws {
        for (text, raw): (String, Int128) in [
            ("0.0000000005", 0), ("0.0000000015", 2), ("-0.0000000025", -2),
            ("1.23456789012345678901234567890123456789012345", 1_234_567_890),
            ("1e-100", 0),
        ] {
            var json = JSONReader(Array(text.utf8))
            #expect(try json.roundedDecimal() == raw, "\(text)")
        }
    }

    @Test func `values beyond their types are out of range`() {
        var price = JSONReader(Array("9223372036.854775808".utf8))
        #expect(throws: JSONFault(.outOfRange, at: 0)) { try price.price() }
        var quantity = JSONReader(Array("1000000000000.000000001".utf8))
        #expect(throws: JSONFault(.outOfRange, at: 0)) { try quantity.quantity() }
        var whole = JSONReader(Array("1.5".utf8))
        #expect(throws: JSONFault(.outOfRange, at: 0)) { try whole.integer(Int64.self) }
        var small = JSONReader(Array("300".utf8))
        #expect(throws: JSONFault(.outOfRange, at: 0)) { try small.integer(UInt8.self) }
    }

    @Test func `escapes are resolved, and names are compared after them`() throws {
        var json = JSONReader(
            Array(#"{"\u0070":"a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800x"}"#.utf8))
        try json.beginObject()
        #expect(try json.nextField())
        #expect(json.isField("p"))
        #expect(try json.string() == "a\"\\/\u{8}\u{c}\n\r\té😀\u{fffd}x")
        #expect(try !json.nextField())
    }

    @Test func `a copy is a bookmark`() throws {
        var json = JSONReader(Array(#"{"data":{"a":1},"stream":"s"}"#.utf8))
        try json.beginObject()
        _ = try json.nextField()
        var mark = json
        try json.skip()
        _ = try json.nextField()
        #expect(try json.string() == "s")
        try mark.beginObject()
        #expect(try mark.nextField() && mark.isField("a"))
        #expect(try mark.integer(Int.self) == 1)
    }

    @Test func `a tree keeps the document's order and numbers as written`() throws {
        let tree = try JSONValue(Array(#"{"b":[1.50,"x",null,true],"a":{"n":"2"}}"#.utf8))
        #expect(
            tree["b"]?.array == [.number("1.50"), .string("x"), .null, .bool(true)])
        #expect(tree["a"]?["n"]?.integer == 2)
        #expect(tree["b"]?.array?.first?.decimal == 1_500_000_000)
        #expect(tree["z"] == nil && tree["b"]?["z"] == nil)
    }
}
