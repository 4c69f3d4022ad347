import LedgerDomain
import Testing

@testable import LedgerVenues

@Suite struct JSONWriterTests {
    @Test func `commas stand between values and nowhere else`() throws {
        var json = JSONWriter()
        json.beginObject()
        json.field("a")
        json.beginArray()
        json.integer(1)
        json.integer(-2)
        json.beginObject()
        json.endObject()
        json.endArray()
        json.field("b \"quoted\"")
        json.string("é\n\u{1}\u{1f}\\")
        json.field("c")
        json.quotedDecimal(1_500_000_000, decimals: 8)
        json.field("d")
        json.decimal(-1)
        json.field("e")
        json.timestamp(Timestamp(nanoseconds: 1_500_000_000))
        json.field("f")
        json.null()
        json.field("g")
        json.bool(true)
        json.endObject()
        let text = String(decoding: json.bytes, as: UTF8.self)
        #expect(
            text
                == #"{"a":[1,-2,{}],"b \"quoted\"":"é\n\u0001\u001f\\","c":"1.50000000","#
                + #""d":-0.000000001,"e":"1970-01-01T00:00:01.500Z","f":null,"g":true}"#)
        #expect(try JSONValue(json.bytes)["b \"quoted\""]?.string == "é\n\u{1}\u{1f}\\")
    }

    @Test func `decimals get zeros, never fewer digits`() {
        #expect(WireDecimal.text(0, decimals: 8) == "0.00000000")
        #expect(WireDecimal.text(12_000_000_000, decimals: 2) == "12.00")
        #expect(WireDecimal.text(1, decimals: 8) == "0.000000001")
        #expect(WireDecimal.text(12_000_000_000) == "12")
    }
}
