import LedgerDomain
import LedgerEvents

/// What a venue says of one instrument: how it is called and how it may be traded.
public struct VenueInstrument: Hashable, Sendable {
    public var symbol: String
    /// What is bought, and what it is paid in.
    public var base: String
    public var quote: String
    public var kind: InstrumentKind
    public var isTradable = true
    public var isShortable = false
    /// Without an instrument's number, which the journal gives.
    public var filters = VenueFiltersLoaded(instrument: .none, origin: "")

    public init(symbol: String, base: String, quote: String, kind: InstrumentKind) {
        (self.symbol, self.base, self.quote, self.kind) = (symbol, base, quote, kind)
    }
}

extension VenueInstrument {
    /// Reads one instrument of a catalogue file. Venues of the same form use it too.
    ///
    /// - Throws: `JSONFault`; `missing` when nothing names the symbol.
    public init(_ json: inout JSONReader) throws(JSONFault) {
        self.init(symbol: "", base: "", quote: "", kind: .crypto)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                symbol = try json.string()
            } else if json.isField("baseAsset") {
                base = try json.string()
            } else if json.isField("quoteAsset") {
                quote = try json.string()
            } else if json.isField("status") {
                isTradable = try json.string() == "TRADING"
            } else if json.isField("filters") {
                try readFilters(&json)
            } else {
                try json.skip()
            }
        }
        guard !symbol.isEmpty else { throw JSONFault(.missing, at: json.position) }
    }
}
