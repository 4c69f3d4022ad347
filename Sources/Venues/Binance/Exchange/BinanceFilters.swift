import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Applies a symbol's filters from exchangeInfo, in the form of 2018 or of today.
struct BinanceFilters {
    private let filters: [WireValue]

    init(_ symbol: WireValue) { filters = symbol["filters"]?.elements ?? [] }

    private func number(_ filter: WireValue, name: String) -> Int128 {
        filter[name]?.string.flatMap { try? FixedPoint.parse(Array($0.utf8)) } ?? 0
    }

    /// - Parameters:
    ///   - average: the price that values market orders and bounds limit prices; 0 if there is
    ///     none.
    ///   - open: open orders in the symbol, and how many of them wait for a stop price.
    /// - Throws: the first filter that the order fails.
    func check(
        _ order: OrderRequested, average: Price, open: (orders: Int, stops: Int)
    ) throws(BinanceError) {
        for filter in filters {
            let name = filter["filterType"]?.string ?? ""
            let isGood: Bool
            switch name {
            case "PRICE_FILTER": isGood = checkPrice(filter, order)
            case "LOT_SIZE": isGood = checkLot(filter, order)
            case "MARKET_LOT_SIZE": isGood = order.orderType != .market || checkLot(filter, order)
            case "MIN_NOTIONAL", "NOTIONAL": isGood = checkNotional(filter, order, average)
            case "PERCENT_PRICE": isGood = checkPercent(filter, order, average, prefix: nil)
            case "PERCENT_PRICE_BY_SIDE":
                isGood = checkPercent(
                    filter, order, average, prefix: order.side == .buy ? "bid" : "ask")
            case "MAX_NUM_ORDERS":
                isGood =
                    open.orders
                    < Int(clamping: number(filter, name: "maxNumOrders") / Int128(FixedPoint.one))
            case "MAX_NUM_ALGO_ORDERS":
                let isStop = order.orderType == .stop || order.orderType == .stopLimit
                isGood =
                    !isStop
                    || open.stops
                        < Int(
                            clamping: number(filter, name: "maxNumAlgoOrders")
                                / Int128(FixedPoint.one))
            default: isGood = true
            }
            guard isGood else { throw .filter(name) }
        }
    }

    private func checkPrice(_ filter: WireValue, _ order: OrderRequested) -> Bool {
        let low = number(filter, name: "minPrice")
        let high = number(filter, name: "maxPrice")
        let tick = number(filter, name: "tickSize")
        return [order.limitPrice, order.stopPrice].filter { $0.raw > 0 }.allSatisfy { price in
            let raw = Int128(price.raw)
            return (low == 0 || raw >= low) && (high == 0 || raw <= high)
                && (tick == 0 || (raw - low) % tick == 0)
        }
    }

    private func checkLot(_ filter: WireValue, _ order: OrderRequested) -> Bool {
        let low = number(filter, name: "minQty")
        let high = number(filter, name: "maxQty")
        let step = number(filter, name: "stepSize")
        let raw = order.quantity.raw
        return raw >= low && (high == 0 || raw <= high) && (step == 0 || (raw - low) % step == 0)
    }

    private func checkNotional(
        _ filter: WireValue, _ order: OrderRequested, _ average: Price
    ) -> Bool {
        let isMarket = order.limitPrice.raw == 0
        let price = isMarket ? average : order.limitPrice
        guard price.raw > 0, let value = try? Money.notional(price, order.quantity) else {
            return true
        }
        // Without the flag, the minimum also applies to market orders.
        let low = number(filter, name: "minNotional")
        let lowApplies =
            !isMarket || (filter["applyMinToMarket"] ?? filter["applyToMarket"])?.flag ?? true
        let high = number(filter, name: "maxNotional")
        let highApplies = !isMarket || filter["applyMaxToMarket"]?.flag ?? false
        return (!lowApplies || value.raw >= low) && (high == 0 || !highApplies || value.raw <= high)
    }

    private func checkPercent(
        _ filter: WireValue, _ order: OrderRequested, _ average: Price, prefix: String?
    ) -> Bool {
        guard order.limitPrice.raw > 0, average.raw > 0 else { return true }
        let up = prefix.map { "\($0)MultiplierUp" } ?? "multiplierUp"
        let down = prefix.map { "\($0)MultiplierDown" } ?? "multiplierDown"
        let one = Int128(FixedPoint.one)
        let price = Int128(order.limitPrice.raw) * one
        let high = Int128(average.raw) * number(filter, name: up)
        let low = Int128(average.raw) * number(filter, name: down)
        return (high == 0 || price <= high) && price >= low
    }
}

/// One symbol of exchangeInfo, recorded or made from an instrument.
struct BinanceSymbol {
    var name: String
    var base: String
    var quote: String
    var value: WireValue
    var filters: BinanceFilters

    init(recorded value: WireValue) {
        self.value = value
        name = value["symbol"]?.string ?? ""
        base = value["baseAsset"]?.string ?? ""
        quote = value["quoteAsset"]?.string ?? ""
        filters = BinanceFilters(value)
    }

    init(_ instrument: Instrument) {
        let quote = instrument.currency
        let base =
            instrument.symbol.hasSuffix(quote)
            ? String(instrument.symbol.dropLast(quote.count)) : instrument.symbol
        self.init(
            recorded: [
                "symbol": .text(instrument.symbol), "status": "TRADING", "baseAsset": .text(base),
                "baseAssetPrecision": 8, "quoteAsset": .text(quote), "quotePrecision": 8,
                "quoteAssetPrecision": 8, "baseCommissionPrecision": 8,
                "quoteCommissionPrecision": 8,
                "orderTypes": ["LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT"],
                "icebergAllowed": false, "ocoAllowed": false, "otoAllowed": false,
                "quoteOrderQtyMarketAllowed": true, "allowTrailingStop": false,
                "cancelReplaceAllowed": true, "amendAllowed": true, "isSpotTradingAllowed": true,
                "isMarginTradingAllowed": false,
                "filters": [
                    [
                        "filterType": "PRICE_FILTER", "minPrice": .eight(instrument.tick),
                        "maxPrice": "1000000.00000000", "tickSize": .eight(instrument.tick),
                    ],
                    [
                        "filterType": "LOT_SIZE", "minQty": .eight(instrument.lot),
                        "maxQty": "9000000.00000000", "stepSize": .eight(instrument.lot),
                    ],
                    [
                        "filterType": "NOTIONAL", "minNotional": "5.00000000",
                        "applyMinToMarket": true, "maxNotional": "9000000.00000000",
                        "applyMaxToMarket": false, "avgPriceMins": 5,
                    ],
                    ["filterType": "MAX_NUM_ORDERS", "maxNumOrders": 200],
                ], "permissions": [], "permissionSets": [["SPOT"]],
                "defaultSelfTradePreventionMode": "EXPIRE_MAKER",
                "allowedSelfTradePreventionModes": [
                    "EXPIRE_TAKER", "EXPIRE_MAKER", "EXPIRE_BOTH",
                ],
            ])
    }

    private func number(_ filter: String, name: String) -> Int128? {
        value["filters"]?.elements.first { $0["filterType"]?.string == filter }?[name]?.string
            .flatMap { try? FixedPoint.parse(Array($0.utf8)) }
    }

    /// The smallest steps of price and quantity.
    var tick: Price {
        Price(raw: Int64(clamping: number("PRICE_FILTER", name: "tickSize") ?? 10_000_000))
    }
    var lot: Quantity { Quantity(raw: number("LOT_SIZE", name: "stepSize") ?? 10_000) }
}
