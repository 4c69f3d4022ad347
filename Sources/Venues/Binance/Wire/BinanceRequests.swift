import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Requests of Binance's spot API v3. `BinanceSigning` adds time stamp and signature.
public enum BinanceRequests {
    /// - Throws: `refused`, with the reason, for orders that Binance does not offer: day orders,
    ///   and stop or market orders that must fill completely at once.
    public static func submit(_ order: OrderRequest) throws(VenueFault) -> WireRequest {
        var query = try terms(order)
        query.add("newClientOrderId", order.clientOrder)
        query.add("newOrderRespType", "FULL")
        return WireRequest(
            .post, "/api/v3/order", query: query, security: .signed, isOrder: true)
    }

    public static func cancel(_ order: OrderReference, cancelID: String = "") -> WireRequest {
        var query = reference(order)
        if !cancelID.isEmpty { query.add("newClientOrderId", cancelID) }
        return WireRequest(
            .delete, "/api/v3/order", query: query, security: .signed, isOrder: true)
    }

    /// Cancels one order and places the other, or does neither: `STOP_ON_FAILURE`, and only while
    /// nothing of the old order has filled, because otherwise both together could fill more than
    /// wanted. An order that has begun to fill is cancelled first; the cancel's answer determines
    /// the new one.
    ///
    /// - Parameter order: `quantity` is for the new order alone.
    public static func replace(
        _ old: OrderReference, with order: OrderRequest, cancelID: String
    ) throws(VenueFault) -> WireRequest {
        var query = try terms(order)
        query.add("cancelReplaceMode", "STOP_ON_FAILURE")
        query.add("cancelRestrictions", "ONLY_NEW")
        query.add("cancelOrigClientOrderId", old.clientOrder)
        query.add("cancelNewClientOrderId", cancelID)
        query.add("newClientOrderId", order.clientOrder)
        query.add("newOrderRespType", "FULL")
        return WireRequest(
            .post, "/api/v3/order/cancelReplace", query: query, security: .signed, isOrder: true)
    }

    public static func order(_ order: OrderReference) -> WireRequest {
        WireRequest(
            .get, "/api/v3/order", query: reference(order), security: .signed, weight: 4)
    }

    /// - Parameter symbol: empty for all, which costs more.
    public static func openOrders(_ symbol: String) -> WireRequest {
        var query = WireQuery()
        if !symbol.isEmpty { query.add("symbol", symbol) }
        return WireRequest(
            .get, "/api/v3/openOrders", query: query, security: .signed,
            weight: symbol.isEmpty ? 80 : 6)
    }

    /// At most 1000 orders of a symbol, starting at this number.
    public static func allOrders(_ symbol: String, from number: Int64) -> WireRequest {
        var query = WireQuery()
        query.add("symbol", symbol)
        query.add("orderId", number)
        query.add("limit", 1000)
        return WireRequest(
            .get, "/api/v3/allOrders", query: query, security: .signed, weight: 20)
    }

    /// At most 1000 executions, oldest first.
    public enum Fills: Hashable, Sendable {
        case order(String)
        /// At most 24 hours; the end is excluded.
        case between(Timestamp, Timestamp)
        /// Starting at this execution.
        case from(Int64)
    }

    public static func fills(_ symbol: String, _ which: Fills) -> WireRequest {
        var query = WireQuery()
        query.add("symbol", symbol)
        var weight = 20
        switch which {
        case .order(let number):
            query.add("orderId", number)
            weight = 5
        case .between(let start, let end):
            query.add("startTime", WireTime.milliseconds(start))
            query.add("endTime", WireTime.milliseconds(end) - 1)
        case .from(let number): query.add("fromId", number)
        }
        query.add("limit", 1000)
        return WireRequest(
            .get, "/api/v3/myTrades", query: query, security: .signed, weight: weight)
    }

    public static var account: WireRequest {
        var query = WireQuery()
        query.add("omitZeroBalances", "true")
        return WireRequest(
            .get, "/api/v3/account", query: query, security: .signed, weight: 20)
    }

    public static let time = WireRequest(.get, "/api/v3/time", security: .none)

    /// - Parameter symbols: empty for all.
    public static func exchangeInfo(_ symbols: [String] = []) -> WireRequest {
        var query = WireQuery()
        if symbols.count == 1 {
            query.add("symbol", symbols[0])
        } else if !symbols.isEmpty {
            var json = JSONWriter()
            json.beginArray()
            for symbol in symbols { json.string(symbol) }
            json.endArray()
            query.add("symbols", String(decoding: json.bytes, as: UTF8.self))
        }
        return WireRequest(
            .get, "/api/v3/exchangeInfo", query: query, security: .none, weight: 20, place: .data)
    }

    public static func commission(_ symbol: String) -> WireRequest {
        var query = WireQuery()
        query.add("symbol", symbol)
        return WireRequest(
            .get, "/api/v3/account/commission", query: query, security: .signed, weight: 20)
    }

    /// - Parameter interval: as Binance names it: `1m`, `1h`, `1d`.
    public static func klines(
        _ symbol: String, interval: String, from: Timestamp, to: Timestamp
    ) -> WireRequest {
        var query = WireQuery()
        query.add("symbol", symbol)
        query.add("interval", interval)
        query.add("startTime", WireTime.milliseconds(from))
        query.add("endTime", WireTime.milliseconds(to))
        query.add("limit", 1000)
        return WireRequest(
            .get, "/api/v3/klines", query: query, security: .none, weight: 2, place: .data)
    }

    // MARK: Listen keys

    public static let openListenKey = WireRequest(.post, "/api/v3/userDataStream", weight: 2)

    public static func keepListenKey(_ key: String) -> WireRequest {
        var query = WireQuery()
        query.add("listenKey", key)
        return WireRequest(.put, "/api/v3/userDataStream", query: query, weight: 2)
    }

    public static func closeListenKey(_ key: String) -> WireRequest {
        var query = WireQuery()
        query.add("listenKey", key)
        return WireRequest(.delete, "/api/v3/userDataStream", query: query, weight: 2)
    }

    // MARK: Terms

    /// By the client's id if it is known, because a number might belong to another order.
    private static func reference(_ order: OrderReference) -> WireQuery {
        var query = WireQuery()
        query.add("symbol", order.symbol)
        if order.clientOrder.isEmpty {
            query.add("orderId", order.venueOrder)
        } else {
            query.add("origClientOrderId", order.clientOrder)
        }
        return query
    }

    private static func terms(_ order: OrderRequest) throws(VenueFault) -> WireQuery {
        if let reason = refusal(order) { throw .refused(code: "order", reason) }
        var query = WireQuery()
        query.add("symbol", order.symbol)
        query.add("side", order.side == .buy ? "BUY" : "SELL")
        let type: String
        switch order.orderType {
        case .market: type = "MARKET"
        case .limit: type = "LIMIT"
        case .stop: type = "STOP_LOSS"
        case .stopLimit: type = "STOP_LOSS_LIMIT"
        }
        query.add("type", type)
        if order.orderType == .limit || order.orderType == .stopLimit {
            query.add("timeInForce", name(order.timeInForce))
            query.add("price", decimal: Int128(order.limitPrice.raw))
        }
        query.add("quantity", decimal: order.quantity.raw)
        if order.orderType == .stop || order.orderType == .stopLimit {
            query.add("stopPrice", decimal: Int128(order.stopPrice.raw))
        }
        return query
    }

    /// Binance has no day orders. A market order fills what it can and the rest expires, which is
    /// immediate-or-cancel; good-till-cancelled has the same effect.
    private static func refusal(_ order: OrderRequest) -> String? {
        switch (order.orderType, order.timeInForce) {
        case (_, .day): "binance has no time in force day"
        case (.market, .fillOrKill): "binance has no market order with FOK"
        case (.stop, .fillOrKill), (.stop, .immediateOrCancel):
            "binance has no stop order with \(name(order.timeInForce))"
        default: nil
        }
    }

    private static func name(_ time: TimeInForce) -> String {
        switch time {
        case .day: "day"
        case .goodTillCancelled: "GTC"
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        }
    }
}
