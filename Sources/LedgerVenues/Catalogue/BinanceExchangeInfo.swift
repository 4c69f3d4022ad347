import LedgerDomain
import LedgerEvents

/// Binance's answer to `GET /api/v3/exchangeInfo`, of 2018 and of today, or one entry of its `symbols`.
public struct BinanceExchangeInfo: Hashable, Sendable {
    /// Nil where the answer does not say it, as one symbol alone does not.
    public var serverTime: Timestamp?
    public var instruments: [VenueInstrument] = []

    /// - Throws: `JSONFault`, and `missing` where nothing names a symbol.
    public init(_ bytes: [UInt8]) throws(JSONFault) {
        var json = try JSONReader(bytes, limit: 64 << 20)
        var scout = json
        try scout.beginObject()
        var isSymbol = false
        while try scout.nextField() {
            if scout.isField("symbol") { isSymbol = true }
            try scout.skip()
        }
        if isSymbol {
            instruments = [try Self.instrument(&json)]
        } else {
            try read(&json)
        }
        try json.finish()
        guard !instruments.isEmpty else { throw JSONFault(.missing, at: json.position) }
    }

    private mutating func read(_ json: inout JSONReader) throws(JSONFault) {
        try json.beginObject()
        while try json.nextField() {
            if json.isField("serverTime") {
                serverTime = try json.milliseconds()
            } else if json.isField("symbols") {
                try json.beginArray()
                while try json.nextElement() { instruments.append(try Self.instrument(&json)) }
            } else {
                try json.skip()
            }
        }
    }

    static func instrument(_ json: inout JSONReader) throws(JSONFault) -> VenueInstrument {
        var found = VenueInstrument(symbol: "", base: "", quote: "", kind: .crypto)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                found.symbol = try json.string()
            } else if json.isField("baseAsset") {
                found.base = try json.string()
            } else if json.isField("quoteAsset") {
                found.quote = try json.string()
            } else if json.isField("status") {
                found.isTradable = try json.string() == "TRADING"
            } else if json.isField("filters") {
                try found.readFilters(&json)
            } else {
                try json.skip()
            }
        }
        guard !found.symbol.isEmpty else { throw JSONFault(.missing, at: json.position) }
        return found
    }
}
