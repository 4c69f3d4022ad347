import LedgerDomain
import LedgerEvents

/// The instruments of one venue with their filters at one time: the content of a file in
/// `venue.filters` (Q07).
///
/// ```json
/// {"metadata":{"format":"ledger-filters-1","venue":"acme","source":"exchangeInfo.json",
///   "madeAt":"2018-02-10T02:40:25.348Z","count":265},
/// "symbols":[
/// {"symbol":"ETHBTC","baseAsset":"ETH","quoteAsset":"BTC","kind":"crypto","status":"TRADING",
///   "shortable":false,"filters":[{"filterType":"PRICE_FILTER",…},…]},
/// …]}
/// ```
public struct VenueCatalogue: Hashable, Sendable {
    public static let format = "ledger-filters-1"

    private var origin: FileOrigin
    public var venue: String { origin.venue }
    /// The file or address that it was made from.
    public var source: String { origin.source }
    /// When the venue answered, not when it was imported.
    public var madeAt: Timestamp { origin.madeAt }
    /// Sorted by symbol.
    public private(set) var instruments: [VenueInstrument]

    public init(
        venue: String, source: String, madeAt: Timestamp, instruments: [VenueInstrument]
    ) {
        origin = FileOrigin(format: Self.format, venue: venue, source: source, madeAt: madeAt)
        self.instruments = instruments.sorted { $0.symbol < $1.symbol }
    }

    public subscript(symbol: String) -> VenueInstrument? {
        var (low, high) = (0, instruments.count)
        while low < high {
            let middle = (low + high) / 2
            if instruments[middle].symbol < symbol { low = middle + 1 } else { high = middle }
        }
        guard low < instruments.count, instruments[low].symbol == symbol else { return nil }
        return instruments[low]
    }

    /// The same catalogue with only the named symbols.
    public func narrowed(to symbols: [String]) -> VenueCatalogue {
        var copy = self
        copy.instruments = symbols.sorted().compactMap { self[$0] }
        return copy
    }

    /// What the journal records of one instrument; nil for an unknown symbol.
    public func event(_ symbol: String, _ instrument: InstrumentID) -> VenueFiltersLoaded? {
        guard var event = self[symbol]?.filters else { return nil }
        event.instrument = instrument
        event.origin = "\(venue) \(madeAt) \(source)"
        return event
    }

    // MARK: Bytes

    /// - Throws: `JSONFault`; `unknownName` where the file is none of this kind.
    public init(_ bytes: [UInt8]) throws(JSONFault) {
        var json = try JSONReader(bytes, limit: 64 << 20)
        (origin, instruments) = (FileOrigin(format: ""), [])
        try json.beginObject()
        while try json.nextField() {
            if json.isField("metadata") {
                try readMetadata(&json)
            } else if json.isField("symbols") {
                try json.beginArray()
                while try json.nextElement() {
                    instruments.append(try Self.instrument(&json))
                }
            } else {
                try json.skip()
            }
        }
        try json.finish()
        guard origin.format == Self.format else { throw JSONFault(.unknownName, at: 0) }
        instruments.sort { $0.symbol < $1.symbol }
    }

    private mutating func readMetadata(_ json: inout JSONReader) throws(JSONFault) {
        try json.beginObject()
        while try json.nextField() {
            if try !origin.read(&json) { try json.skip() }
        }
    }

    private static func instrument(_ json: inout JSONReader) throws(JSONFault) -> VenueInstrument {
        var scout = json
        var found = try VenueInstrument(&json)
        try scout.beginObject()
        while try scout.nextField() {
            if scout.isField("kind") {
                found.kind = try scout.string() == "equity" ? .equity : .crypto
            } else if scout.isField("shortable") {
                found.isShortable = try scout.bool()
            } else {
                try scout.skip()
            }
        }
        return found
    }

    /// An instrument a line.
    public var bytes: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("metadata")
        json.beginObject()
        origin.write(to: &json)
        json.field("count")
        json.integer(Int64(instruments.count))
        json.endObject()
        json.field("symbols")
        json.lines(instruments) { $1.write(to: &$0) }
        json.endObject()
        return json.bytes + [UInt8(ascii: "\n")]
    }
}

extension VenueInstrument {
    func write(to json: inout JSONWriter) {
        json.beginObject()
        for (name, text): (StaticString, String) in [
            ("symbol", symbol), ("baseAsset", base), ("quoteAsset", quote), ("kind", "\(kind)"),
            ("status", isTradable ? "TRADING" : "BREAK"),
        ] {
            json.field(name)
            json.string(text)
        }
        json.field("shortable")
        json.bool(isShortable)
        json.field("filters")
        json.beginArray()
        writePrices(&json)
        writeSizes(&json)
        writeNotional(&json)
        writeCounts(&json)
        json.endArray()
        json.endObject()
    }

    private func write(
        _ type: String, _ fields: [(StaticString, Int128)], to json: inout JSONWriter,
        _ more: (inout JSONWriter) -> Void = { _ in }
    ) {
        guard fields.contains(where: { $0.1 != 0 }) else { return }
        json.beginObject()
        json.field("filterType")
        json.string(type)
        for (name, raw) in fields {
            json.field(name)
            json.quotedDecimal(raw)
        }
        more(&json)
        json.endObject()
    }

    private func writePrices(_ json: inout JSONWriter) {
        let rules = filters
        write(
            "PRICE_FILTER",
            [
                ("minPrice", Int128(rules.minimumPrice.raw)),
                ("maxPrice", Int128(rules.maximumPrice.raw)), ("tickSize", Int128(rules.tick.raw)),
            ], to: &json
        ) { json in
            guard rules.flags & VenueFiltersLoaded.finerTickBelowOne != 0 else { return }
            json.field("finerBelowOne")
            json.bool(true)
        }
        write(
            "PERCENT_PRICE_BY_SIDE",
            [
                ("bidMultiplierUp", Int128(rules.bidMultiplierUp.raw)),
                ("bidMultiplierDown", Int128(rules.bidMultiplierDown.raw)),
                ("askMultiplierUp", Int128(rules.askMultiplierUp.raw)),
                ("askMultiplierDown", Int128(rules.askMultiplierDown.raw)),
            ], to: &json
        ) { json in
            json.field("avgPriceMins")
            json.integer(Int64(rules.averageMinutes))
        }
    }

    private func writeSizes(_ json: inout JSONWriter) {
        write(
            "LOT_SIZE",
            [
                ("minQty", filters.minimumQuantity.raw), ("maxQty", filters.maximumQuantity.raw),
                ("stepSize", filters.lot.raw),
            ], to: &json)
        write(
            "MARKET_LOT_SIZE",
            [
                ("minQty", filters.marketMinimumQuantity.raw),
                ("maxQty", filters.marketMaximumQuantity.raw), ("stepSize", filters.marketLot.raw),
            ], to: &json)
    }

    private func writeNotional(_ json: inout JSONWriter) {
        let rules = filters
        write(
            "NOTIONAL",
            [
                ("minNotional", rules.minimumNotional.raw),
                ("maxNotional", rules.maximumNotional.raw),
            ], to: &json
        ) { json in
            json.field("applyMinToMarket")
            json.bool(rules.flags & VenueFiltersLoaded.minimumNotionalAppliesToMarket != 0)
            json.field("applyMaxToMarket")
            json.bool(rules.flags & VenueFiltersLoaded.maximumNotionalAppliesToMarket != 0)
            json.field("avgPriceMins")
            json.integer(Int64(rules.averageMinutes))
        }
    }

    private func writeCounts(_ json: inout JSONWriter) {
        let counts: [(String, StaticString, UInt32)] = [
            ("MAX_NUM_ORDERS", "maxNumOrders", filters.maximumOrders),
            ("MAX_NUM_ALGO_ORDERS", "maxNumAlgoOrders", filters.maximumStops),
        ]
        for (type, name, count) in counts where count > 0 {
            json.beginObject()
            json.field("filterType")
            json.string(type)
            json.field(name)
            json.integer(Int64(count))
            json.endObject()
        }
    }
}
