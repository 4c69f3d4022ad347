import LedgerDomain

/// A selection of symbols: the content of `data/universe/symbols.json` (Q05).
///
/// A plain list of strings is also accepted; it does not state when it was made.
public struct SymbolUniverse: Hashable, Sendable {
    public static let format = "ledger-universe-1"

    private var origin: FileOrigin
    public var venue: String { origin.venue }
    public var source: String { origin.source }
    /// 0 if the file does not state it.
    public var madeAt: Timestamp { origin.madeAt }
    /// Sorted, without duplicates.
    public private(set) var symbols: [String]

    public init(venue: String, source: String, madeAt: Timestamp, symbols: [String]) {
        origin = FileOrigin(format: Self.format, venue: venue, source: source, madeAt: madeAt)
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
        (origin, symbols) = (FileOrigin(format: Self.format), [])
        if try json.kind() == .array {
            symbols = try Self.texts(&json)
        } else {
            origin.format = ""
            try json.beginObject()
            while try json.nextField() {
                if json.isField("symbols") {
                    symbols = try Self.texts(&json)
                } else if try !origin.read(&json) {
                    try json.skip()
                }
            }
            guard origin.format == Self.format else { throw JSONFault(.unknownName, at: 0) }
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
        origin.write(to: &json)
        json.field("symbols")
        json.beginArray()
        for symbol in symbols { json.string(symbol) }
        json.endArray()
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}
