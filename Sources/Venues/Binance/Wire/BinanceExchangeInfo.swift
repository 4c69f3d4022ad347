import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Binance's answer to `GET /api/v3/exchangeInfo`, of 2018 and of today, or one entry of its `symbols`.
public struct BinanceExchangeInfo: Hashable, Sendable {
    /// Nil if the answer does not state it, as in an answer for one symbol.
    public var serverTime: Timestamp?
    public var instruments: [VenueInstrument] = []

    /// - Throws: `JSONFault`, and `missing` if there is no symbol.
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
            instruments = [try VenueInstrument(&json)]
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
                // One that cannot be read is missing; a run that trades it says so.
                instruments += try json.readableList(.position) { (json) throws(JSONFault) in
                    try VenueInstrument(&json)
                }.readable()
            } else {
                try json.skip()
            }
        }
    }
}
