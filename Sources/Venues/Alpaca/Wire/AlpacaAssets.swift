import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Alpaca's answer to `GET /v2/assets`, or one asset of it.
///
/// Alpaca gives no filters for equities, so the common rules are used: ticks of a cent, or a
/// hundredth of a cent below a dollar (Reg NMS rule 612); whole shares, or nine decimals and at
/// least one dollar for fractionable shares. A crypto asset states its own steps.
public struct AlpacaAssets: Hashable, Sendable {
    public var instruments: [VenueInstrument] = []

    /// - Throws: `JSONFault`, and `missing` for an asset without symbol or class.
    public init(_ bytes: [UInt8]) throws(JSONFault) {
        var json = try JSONReader(bytes, limit: 64 << 20)
        if try json.kind() == .object {
            instruments = [try Self.instrument(&json)]
        } else {
            // One that cannot be read is missing; a run that trades it says so.
            instruments = try json.readableList(.position) { (json) throws(JSONFault) in
                try Self.instrument(&json)
            }.readable()
        }
        try json.finish()
    }

    private struct Fields {
        var symbol = ""
        var kind = ""
        var isActive = true
        var isTradable = false
        var isShortable = false
        var isFractionable = false
        var minimum = Quantity.zero
        var lot = Quantity.zero
        var tick = Price.zero
    }

    private static func instrument(_ json: inout JSONReader) throws(JSONFault) -> VenueInstrument {
        var fields = Fields()
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                fields.symbol = try json.string()
            } else if json.isField("class") || json.isField("asset_class") {
                fields.kind = try json.string()
            } else if json.isField("status") {
                fields.isActive = try json.string() == "active"
            } else if json.isField("tradable") {
                fields.isTradable = try json.bool()
            } else if json.isField("shortable") {
                fields.isShortable = try json.bool()
            } else if json.isField("fractionable") {
                fields.isFractionable = try json.bool()
            } else if json.isField("min_order_size") {
                fields.minimum = try json.quantityOrNull()
            } else if json.isField("min_trade_increment") {
                fields.lot = try json.quantityOrNull()
            } else if json.isField("price_increment") {
                fields.tick = try json.priceOrNull()
            } else {
                try json.skip()
            }
        }
        guard !fields.symbol.isEmpty, !fields.kind.isEmpty else {
            throw JSONFault(.missing, at: json.position)
        }
        return instrument(fields)
    }

    private static func instrument(_ fields: Fields) -> VenueInstrument {
        let isCrypto = fields.kind == "crypto"
        let halves = fields.symbol.split(separator: "/", maxSplits: 1)
        var found = VenueInstrument(
            symbol: fields.symbol, base: halves.first.map(String.init) ?? fields.symbol,
            quote: halves.count == 2 ? String(halves[1]) : "USD", kind: isCrypto ? .crypto : .equity
        )
        found.isTradable =
            fields.isActive && fields.isTradable && (isCrypto || fields.kind == "us_equity")
        found.isShortable = fields.isShortable
        found.filters.tick = isCrypto ? fields.tick : Price(raw: 10_000_000)
        if isCrypto {
            found.filters.lot = fields.lot
            found.filters.minimumQuantity = fields.minimum
        } else {
            found.filters.flags |= VenueFiltersLoaded.finerTickBelowOne
            let lot = Quantity(raw: fields.isFractionable ? 1 : Int128(FixedPoint.one))
            (found.filters.lot, found.filters.minimumQuantity) = (lot, lot)
            if fields.isFractionable {
                found.filters.minimumNotional = Money(raw: Int128(FixedPoint.one))
                found.filters.flags |= VenueFiltersLoaded.minimumNotionalAppliesToMarket
            }
        }
        return found
    }
}
