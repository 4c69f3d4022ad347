import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Requests of Alpaca's trading API v2 and its data API.
public enum AlpacaRequests {
    /// - Throws: `refused`, with the reason, for orders that Alpaca does not offer: a plain stop or
    ///   anything but gtc and ioc in crypto, stops that would have to fill at once, and fractional
    ///   shares at a limit or a stop for longer than the day.
    public static func submit(_ order: OrderRequest) throws(VenueFault) -> WireRequest {
        if let reason = refusal(order) { throw .refused(code: "order", reason) }
        var json = JSONWriter()
        json.beginObject()
        json.field("symbol")
        json.string(order.symbol)
        json.field("side")
        json.string(order.side == .buy ? "buy" : "sell")
        json.field("type")
        json.string(name(order.orderType))
        json.field("time_in_force")
        json.string(name(isForTheDay(order) ? .day : order.timeInForce))
        addTerms(order, &json)
        json.endObject()
        return WireRequest(.post, "/v2/orders", body: json.bytes, isOrder: true)
    }

    /// Whether an order is sent for the day although it asks for longer: parts of a share are taken for the
    /// day only, and an order at the market fills at once or with the next open.
    public static func isForTheDay(_ order: OrderRequest) -> Bool {
        order.orderType == .market && order.timeInForce == .goodTillCancelled && !isWhole(order)
    }

    /// Whether the order has no fractional shares; coins have no shares.
    public static func isWhole(_ order: OrderRequest) -> Bool {
        isCrypto(order.symbol) || order.quantity.raw % Int128(FixedPoint.one) == 0
    }

    /// - Parameter venueOrder: the venue's id of the order to replace.
    public static func replace(
        _ venueOrder: String, with order: OrderRequest
    ) throws(VenueFault) -> WireRequest {
        if let reason = refusal(order) { throw .refused(code: "order", reason) }
        var json = JSONWriter()
        json.beginObject()
        json.field("time_in_force")
        json.string(name(order.timeInForce))
        addTerms(order, &json)
        json.endObject()
        return WireRequest(
            .patch, "/v2/orders/" + escaped(venueOrder), body: json.bytes, isOrder: true)
    }

    public static func cancel(_ venueOrder: String) -> WireRequest {
        WireRequest(.delete, "/v2/orders/" + escaped(venueOrder), isOrder: true)
    }

    public static func order(client: String) -> WireRequest {
        var query = WireQuery()
        query.add("client_order_id", client)
        return WireRequest(.get, "/v2/orders:by_client_order_id", query: query)
    }

    public static func order(venue: String) -> WireRequest {
        WireRequest(.get, "/v2/orders/" + escaped(venue))
    }

    /// At most 500, oldest first.
    ///
    /// - Parameter after: only orders submitted after this time; 0 for all.
    public static func openOrders(after: Timestamp = .zero) -> WireRequest {
        var query = WireQuery()
        query.add("status", "open")
        query.add("limit", 500)
        query.add("direction", "asc")
        query.add("nested", "false")
        if after > .zero { query.add("after", "\(after)") }
        return WireRequest(.get, "/v2/orders", query: query)
    }

    /// At most 100, oldest first.
    ///
    /// - Parameter page: the id of the last entry on the previous page.
    public static func fills(after: Timestamp, page: String = "") -> WireRequest {
        var query = WireQuery()
        if after > .zero { query.add("after", "\(after)") }
        query.add("direction", "asc")
        query.add("page_size", 100)
        if !page.isEmpty { query.add("page_token", page) }
        return WireRequest(.get, "/v2/account/activities/FILL", query: query)
    }

    /// Everything but fills; at most 100, oldest first.
    ///
    /// - Parameter page: the id of the last entry on the previous page.
    public static func activities(after: Timestamp, page: String = "") -> WireRequest {
        var query = WireQuery()
        query.add("category", "non_trade_activity")
        if after > .zero { query.add("after", "\(after)") }
        query.add("direction", "asc")
        query.add("page_size", 100)
        if !page.isEmpty { query.add("page_token", page) }
        return WireRequest(.get, "/v2/account/activities", query: query)
    }

    public static let account = WireRequest(.get, "/v2/account")
    public static let positions = WireRequest(.get, "/v2/positions")
    public static let clock = WireRequest(.get, "/v2/clock")

    /// - Parameter isCrypto: crypto assets, otherwise US equities; active ones only.
    public static func assets(isCrypto: Bool) -> WireRequest {
        var query = WireQuery()
        query.add("status", "active")
        query.add("asset_class", isCrypto ? "crypto" : "us_equity")
        return WireRequest(.get, "/v2/assets", query: query)
    }

    /// Whether prices before a split are in the units after it.
    public enum Adjustment: String, Sendable { case raw, split }

    /// - Parameter timeframe: as Alpaca names it: `1Min`, `1Hour`, `1Day`.
    public static func bars(
        _ symbol: String, timeframe: String, from: Timestamp, to: Timestamp, page: String = "",
        adjustment: Adjustment = .raw
    ) -> WireRequest {
        var query = WireQuery()
        query.add("symbols", symbol)
        query.add("timeframe", timeframe)
        query.add("start", "\(from)")
        query.add("end", "\(to)")
        query.add("limit", 10_000)
        if !isCrypto(symbol) { query.add("adjustment", adjustment.rawValue) }
        if !page.isEmpty { query.add("page_token", page) }
        let path = isCrypto(symbol) ? "/v1beta3/crypto/us/bars" : "/v2/stocks/bars"
        return WireRequest(.get, path, query: query, place: .data)
    }

    /// Pairs are written with a slash.
    public static func isCrypto(_ symbol: String) -> Bool {
        symbol.utf8.contains(UInt8(ascii: "/"))
    }

    // MARK: Streams

    /// The path of the stream of coins, and of the stream of shares that every account has.
    public static let coinStream = "/v1beta3/crypto/us"
    private static let shareStream = "/v2/iex"

    /// The addresses of both streams of market data. The setting for shares may name the stream of
    /// coins, and each server has both.
    ///
    /// - Parameter coins: empty if it is not set.
    public static func marketStreams(
        shares: String, coins: String
    ) -> (shares: String, coins: String) {
        var slashes = 0
        let server = String(
            shares.prefix { character in
                if character == "/" { slashes += 1 }
                return slashes < 3
            })
        let namesCoins = shares.dropFirst(server.count).hasPrefix("/v1beta3/crypto/")
        return (
            namesCoins ? server + shareStream : shares,
            !coins.isEmpty ? coins : namesCoins ? shares : server + coinStream
        )
    }

    public static func authenticate(_ keys: VenueKeys) -> [UInt8] {
        message("auth") { json in
            json.field("key")
            json.string(keys.key.reveal())
            json.field("secret")
            json.string(keys.secret.reveal())
        }
    }

    /// Sent after `authenticate` on the order stream.
    public static let listen = message("listen") { json in
        json.field("data")
        json.beginObject()
        json.field("streams")
        json.beginArray()
        json.string("trade_updates")
        json.endArray()
        json.endObject()
    }

    /// Subscribes to quotes, trades and minute bars of these.
    public static func subscribe(_ symbols: [String], bars: Bool) -> [UInt8] {
        message("subscribe") { json in
            list("trades", symbols, &json)
            list("quotes", symbols, &json)
            if bars { list("bars", symbols, &json) }
        }
    }

    private static func message(
        _ action: String, _ body: (inout JSONWriter) -> Void
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("action")
        json.string(action)
        body(&json)
        json.endObject()
        return json.bytes
    }

    private static func list(
        _ name: StaticString, _ symbols: [String], _ json: inout JSONWriter
    ) {
        json.field(name)
        json.beginArray()
        for symbol in symbols { json.string(symbol) }
        json.endArray()
    }

    // MARK: Terms

    private static func addTerms(_ order: OrderRequest, _ json: inout JSONWriter) {
        json.field("qty")
        json.quantity(order.quantity)
        if order.limitPrice > .zero {
            json.field("limit_price")
            json.price(order.limitPrice)
        }
        if order.stopPrice > .zero {
            json.field("stop_price")
            json.price(order.stopPrice)
        }
        json.field("client_order_id")
        json.string(order.clientOrder)
    }

    private static func refusal(_ order: OrderRequest) -> String? {
        let isStop = order.orderType == .stop || order.orderType == .stopLimit
        let isAtOnce =
            order.timeInForce == .immediateOrCancel || order.timeInForce == .fillOrKill
        if isCrypto(order.symbol) {
            if order.orderType == .stop { return "alpaca has no plain stop order in crypto" }
            if order.timeInForce == .day || order.timeInForce == .fillOrKill {
                return "alpaca has no time in force \(name(order.timeInForce)) in crypto"
            }
        } else if isStop, isAtOnce {
            return "alpaca has no \(name(order.orderType)) order with \(name(order.timeInForce))"
        } else if !isWhole(order), order.timeInForce != .day, !isForTheDay(order) {
            return "alpaca takes a part of a share for the day only"
        }
        return nil
    }

    private static func name(_ type: OrderType) -> String {
        switch type {
        case .market: "market"
        case .limit: "limit"
        case .stop: "stop"
        case .stopLimit: "stop_limit"
        }
    }

    private static func name(_ time: TimeInForce) -> String {
        switch time {
        case .day: "day"
        case .goodTillCancelled: "gtc"
        case .immediateOrCancel: "ioc"
        case .fillOrKill: "fok"
        }
    }

    /// An id in a path, escaped so that it cannot end the path.
    private static func escaped(_ id: String) -> String {
        var query = WireQuery()
        query.add("", id)
        return String(decoding: query.bytes.dropFirst(), as: UTF8.self)
    }
}
