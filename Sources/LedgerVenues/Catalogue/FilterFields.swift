import LedgerDomain
import LedgerEvents

/// One field of a filter: its name in the file and where it is stored.
struct FilterField: Sendable {
    enum Place: Sendable {
        case price(@Sendable (inout VenueFiltersLoaded, Price) -> Void)
        case quantity(@Sendable (inout VenueFiltersLoaded, Quantity) -> Void)
        case money(@Sendable (inout VenueFiltersLoaded, Money) -> Void)
        case count(@Sendable (inout VenueFiltersLoaded, UInt32) -> Void)
        case flag(UInt16)
        case averageMinutes
    }

    let name: String
    let place: Place

    init(_ name: String, _ place: Place) { (self.name, self.place) = (name, place) }

    private static let averageMinutes = FilterField("avgPriceMins", .averageMinutes)

    /// The fields of a filter that are used; empty for an unused filter.
    ///
    /// `MIN_NOTIONAL` without `applyToMarket` is the form of 2018, which applied only to orders
    /// with a limit. `finerBelowOne` is this ledger's own field, for venues with finer ticks below
    /// one unit of currency.
    static func fields(of filter: String) -> [FilterField] {
        switch filter {
        case "PRICE_FILTER":
            [
                FilterField("minPrice", .price { $0.minimumPrice = $1 }),
                FilterField("maxPrice", .price { $0.maximumPrice = $1 }),
                FilterField("tickSize", .price { $0.tick = $1 }),
                FilterField("finerBelowOne", .flag(VenueFiltersLoaded.finerTickBelowOne)),
            ]
        case "LOT_SIZE":
            [
                FilterField("minQty", .quantity { $0.minimumQuantity = $1 }),
                FilterField("maxQty", .quantity { $0.maximumQuantity = $1 }),
                FilterField("stepSize", .quantity { $0.lot = $1 }),
            ]
        case "MARKET_LOT_SIZE":
            [
                FilterField("minQty", .quantity { $0.marketMinimumQuantity = $1 }),
                FilterField("maxQty", .quantity { $0.marketMaximumQuantity = $1 }),
                FilterField("stepSize", .quantity { $0.marketLot = $1 }),
            ]
        case "MIN_NOTIONAL", "NOTIONAL": notional
        case "PERCENT_PRICE", "PERCENT_PRICE_BY_SIDE": percent
        case "MAX_NUM_ORDERS":
            // Older answers call it `limit`.
            ["maxNumOrders", "limit"].map {
                FilterField($0, .count { $0.maximumOrders = $1 })
            }
        case "MAX_NUM_ALGO_ORDERS":
            ["maxNumAlgoOrders", "limit"].map { FilterField($0, .count { $0.maximumStops = $1 }) }
        default: []
        }
    }

    private static let notional = [
        FilterField("minNotional", .money { $0.minimumNotional = $1 }),
        FilterField("maxNotional", .money { $0.maximumNotional = $1 }),
        FilterField("applyToMarket", .flag(VenueFiltersLoaded.minimumNotionalAppliesToMarket)),
        FilterField("applyMinToMarket", .flag(VenueFiltersLoaded.minimumNotionalAppliesToMarket)),
        FilterField("applyMaxToMarket", .flag(VenueFiltersLoaded.maximumNotionalAppliesToMarket)),
        averageMinutes,
    ]

    private static let percent = [
        FilterField(
            "multiplierUp",
            .price { ($0.bidMultiplierUp, $0.askMultiplierUp) = ($1, $1) }),
        FilterField(
            "multiplierDown",
            .price { ($0.bidMultiplierDown, $0.askMultiplierDown) = ($1, $1) }),
        FilterField("bidMultiplierUp", .price { $0.bidMultiplierUp = $1 }),
        FilterField("bidMultiplierDown", .price { $0.bidMultiplierDown = $1 }),
        FilterField("askMultiplierUp", .price { $0.askMultiplierUp = $1 }),
        FilterField("askMultiplierDown", .price { $0.askMultiplierDown = $1 }),
        averageMinutes,
    ]

    /// A rule beyond the ledger's number range becomes the largest value.
    ///
    /// - Throws: `outOfRange` if a rule is negative.
    func read(
        _ json: inout JSONReader, into filters: inout VenueFiltersLoaded
    ) throws(JSONFault) {
        switch place {
        case .flag(let bit):
            if try json.bool() { filters.flags |= bit }
        case .averageMinutes: filters.averageMinutes = try json.integer()
        case .count(let set): set(&filters, try json.integer())
        case .price(let set): set(&filters, Price(raw: Int64(clamping: try Self.rule(&json))))
        case .quantity(let set):
            set(&filters, Quantity(raw: min(try Self.rule(&json), Quantity.limit.raw)))
        case .money(let set):
            set(&filters, Money(raw: min(try Self.rule(&json), Money.limit.raw)))
        }
    }

    private static func rule(_ json: inout JSONReader) throws(JSONFault) -> Int128 {
        let start = json.position
        let rule = try json.decimal()
        guard rule >= 0 else { throw JSONFault(.outOfRange, at: start) }
        return rule
    }
}

extension VenueInstrument {
    /// Reads a list of filters from a file. Unknown filters and fields are ignored; 0 means no
    /// rule.
    mutating func readFilters(_ json: inout JSONReader) throws(JSONFault) {
        try json.beginArray()
        while try json.nextElement() {
            var scout = json
            let fields = FilterField.fields(of: try Self.filterName(&scout))
            try json.beginObject()
            while try json.nextField() {
                let name = json.string(json.field)
                guard let field = fields.first(where: { $0.name == name }) else {
                    try json.skip()
                    continue
                }
                try field.read(&json, into: &filters)
            }
        }
    }

    private static func filterName(_ json: inout JSONReader) throws(JSONFault) -> String {
        var name = ""
        try json.beginObject()
        while try json.nextField() {
            if json.isField("filterType") { name = try json.string() } else { try json.skip() }
        }
        return name
    }
}
