import LedgerDomain

/// A selection of symbols: the content of `data/universe/symbols.json` (Q05).
///
/// A plain list of strings is also accepted; it does not state when it was made.
public struct SymbolUniverse: Hashable, Sendable {
    public static let format = "ledger-universe-1"

    public var venue: String
    public var source: String
    /// 0 if the file does not state it.
    public var madeAt: Timestamp
    /// Sorted, without duplicates.
    public private(set) var symbols: [String]

    public init(venue: String, source: String, madeAt: Timestamp, symbols: [String]) {
        (self.venue, self.source, self.madeAt) = (venue, source, madeAt)
        self.symbols = Self.unique(symbols)
    }

    private static func unique(_ symbols: [String]) -> [String] {
        var result: [String] = []
        for symbol in symbols.sorted() where symbol != result.last { result.append(symbol) }
        return result
    }

    /// - Throws: `JSONFault`; `unknownName` if the file is of another kind.
    public init(_ bytes: [UInt8]) throws(JSONFault) {
        var json = try JSONReader(bytes, limit: 16 << 20)
        (venue, source, madeAt, symbols) = ("", "", .zero, [])
        if try json.kind() == .array {
            symbols = try Self.texts(&json)
        } else {
            var format = ""
            try json.beginObject()
            while try json.nextField() {
                if json.isField("format") {
                    format = try json.string()
                } else if json.isField("venue") {
                    venue = try json.string()
                } else if json.isField("source") {
                    source = try json.string()
                } else if json.isField("madeAt") {
                    madeAt = try json.timestamp()
                } else if json.isField("symbols") {
                    symbols = try Self.texts(&json)
                } else {
                    try json.skip()
                }
            }
            guard format == Self.format else { throw JSONFault(.unknownName, at: 0) }
        }
        try json.finish()
        symbols = Self.unique(symbols)
    }

    private static func texts(_ json: inout JSONReader) throws(JSONFault) -> [String] {
        var texts: [String] = []
        try json.beginArray()
        while try json.nextElement() { texts.append(try json.string()) }
        return texts
    }

    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        for (name, text): (StaticString, String) in [
            ("format", Self.format), ("venue", venue), ("source", source),
        ] {
            json.field(name)
            json.string(text)
        }
        json.field("madeAt")
        json.timestamp(madeAt)
        json.field("symbols")
        json.beginArray()
        for symbol in symbols { json.string(symbol) }
        json.endArray()
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
