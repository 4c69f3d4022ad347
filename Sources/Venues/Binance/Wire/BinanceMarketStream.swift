import LedgerDomain
import LedgerVenues

/// Messages of Binance's market streams, raw or in the envelope of combined streams.
public enum BinanceMarketStream {
    public enum Signal: Hashable, Sendable {
        case none
        /// The answer to a request over the same socket.
        case answered(id: Int64)
        case failed(code: Int, String)
        /// The server is shutting down: reconnect.
        case shutdown
    }

    /// The streams of one symbol: trades, best quotes, closed bars of a minute.
    public static func streams(_ symbol: String, bars: Bool) -> [String] {
        let name = symbol.lowercased()
        return ["\(name)@trade", "\(name)@bookTicker"] + (bars ? ["\(name)@kline_1m"] : [])
    }

    public static func subscribe(_ streams: [String], id: Int64) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.field("method")
        json.string("SUBSCRIBE")
        json.field("params")
        json.beginArray()
        for stream in streams { json.string(stream) }
        json.endArray()
        json.field("id")
        json.integer(id)
        json.endObject()
        return json.bytes
    }

    /// Adds the trade, quote or closed bar of a message to `reports`; skips others.
    ///
    /// - Parameter received: when it arrived, on the venue's clock, because best quotes have no
    ///   time.
    public static func read(
        _ bytes: [UInt8], received: Timestamp, into reports: inout [GatewayReport]
    ) throws(JSONFault) -> Signal {
        var json = JSONReader(bytes)
        var whole = json
        var found = Found()
        try look(&json, &found)
        try json.finish()
        if var data = found.data {
            var mark = data
            var inner = Found()
            try look(&mark, &inner)
            return try read(inner, &data, received, into: &reports)
        }
        return try read(found, &whole, received, into: &reports)
    }

    /// The result of a first look at a message.
    private struct Found {
        var data: JSONReader?
        var event = ""
        var id: Int64?
        var hasResult = false
        var hasBook = 0
        var error: (code: Int, message: String)?
    }

    private static func look(_ json: inout JSONReader, _ found: inout Found) throws(JSONFault) {
        var (code, message): (Int?, String?) = (nil, nil)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("data"), try json.kind() == .object {
                found.data = json
            } else if json.isField("e"), try json.kind() == .string {
                found.event = try json.string()
                continue
            } else if json.isField("b") || json.isField("B") || json.isField("a")
                || json.isField("A")
            {
                if try json.kind() == .string { found.hasBook += 1 }
            } else if json.isField("id"), try json.kind() == .number {
                found.id = try json.integer()
                continue
            } else if json.isField("result") {
                found.hasResult = true
            } else if json.isField("error"), try json.kind() == .object {
                let error = try json.value()
                code = error["code"]?.integer.map { Int($0) } ?? 0
                message = String((error["msg"]?.string ?? "").prefix(160))
                continue
            } else if json.isField("code"), try json.kind() == .number {
                code = try json.integer()
                continue
            } else if json.isField("msg"), try json.kind() == .string {
                message = try json.wordsOrNull()
                continue
            }
            try json.skip()
        }
        if let code, let message { found.error = (code, message) }
    }

    private static func read(
        _ found: Found, _ json: inout JSONReader, _ received: Timestamp,
        into reports: inout [GatewayReport]
    ) throws(JSONFault) -> Signal {
        switch found.event {
        case "trade", "aggTrade":
            reports.append(try trade(&json, number: found.event == "trade" ? "t" : "a"))
        case "kline":
            if let bar = try closedBar(&json) { reports.append(bar) }
        case "serverShutdown": return .shutdown
        // Best quotes of spot markets state neither their type nor their time; those of futures do.
        case "" where found.hasBook == 4, "bookTicker" where found.hasBook == 4:
            reports.append(try quote(&json, received))
        case "":
            if let error = found.error { return .failed(code: error.code, error.message) }
            if let id = found.id, found.hasResult { return .answered(id: id) }
        default: break
        }
        return .none
    }

    private static func trade(
        _ json: inout JSONReader, number: StaticString
    ) throws(JSONFault) -> GatewayReport {
        var (symbol, seen) = ("", 0)
        var (price, size, time) = (Price.zero, Quantity.zero, Timestamp.zero)
        var (aggressor, id): (Side?, UInt64) = (nil, 0)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("s") {
                symbol = try json.name()
            } else if json.isField("p") {
                (price, seen) = (try json.price(), seen + 1)
            } else if json.isField("q") {
                (size, seen) = (try json.quantity(), seen + 1)
            } else if json.isField("T") {
                (time, seen) = (try json.milliseconds(), seen + 1)
            } else if json.isField(number) {
                id = try json.integer()
            } else if json.isField("m") {
                // Whether the buyer was the maker; then the seller was the aggressor.
                aggressor = try json.bool() ? .sell : .buy
            } else {
                try json.skip()
            }
        }
        guard seen >= 3, !symbol.isEmpty, price > .zero else {
            throw JSONFault(.missing, at: json.position)
        }
        return .trade(
            symbol: symbol, price: price, size: size, aggressor: aggressor, id: id, time)
    }

    private static func quote(
        _ json: inout JSONReader, _ received: Timestamp
    ) throws(JSONFault) -> GatewayReport {
        var symbol = ""
        var (bid, ask, bidSize, askSize) = (Price.zero, Price.zero, Quantity.zero, Quantity.zero)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("s") {
                symbol = try json.name()
            } else if json.isField("b") {
                bid = try json.price()
            } else if json.isField("B") {
                bidSize = try json.quantity()
            } else if json.isField("a") {
                ask = try json.price()
            } else if json.isField("A") {
                askSize = try json.quantity()
            } else {
                try json.skip()
            }
        }
        guard !symbol.isEmpty else { throw JSONFault(.missing, at: json.position) }
        return .quote(
            symbol: symbol, bid: bid, bidSize: bidSize, ask: ask, askSize: askSize, received)
    }

    private static func closedBar(_ json: inout JSONReader) throws(JSONFault) -> GatewayReport? {
        try json.beginObject()
        var report: GatewayReport?
        while try json.nextField() {
            if json.isField("k") { report = try bar(&json) } else { try json.skip() }
        }
        return report
    }

    /// Nil if it is not closed.
    private static func bar(_ json: inout JSONReader) throws(JSONFault) -> GatewayReport? {
        var (bar, seen, isClosed) = (
            VenueBar(
                symbol: "", start: .zero, open: .zero, high: .zero, low: .zero, close: .zero,
                volume: .zero), 0, false
        )
        var end = Timestamp.zero
        try json.beginObject()
        while try json.nextField() {
            seen += 1
            if json.isField("s") {
                bar.symbol = try json.name()
            } else if json.isField("t") {
                bar.start = try json.milliseconds()
            } else if json.isField("T") {
                end = try json.milliseconds()
            } else if json.isField("o") {
                bar.open = try json.price()
            } else if json.isField("h") {
                bar.high = try json.price()
            } else if json.isField("l") {
                bar.low = try json.price()
            } else if json.isField("c") {
                bar.close = try json.price()
            } else if json.isField("v") {
                bar.volume = try json.quantity()
            } else if json.isField("x") {
                isClosed = try json.bool()
            } else {
                seen -= 1
                try json.skip()
            }
        }
        guard seen >= 9, !bar.symbol.isEmpty else { throw JSONFault(.missing, at: json.position) }
        // The close time is the last millisecond of the bar.
        let (length, overflow) = end.nanoseconds.subtractingReportingOverflow(
            bar.start.nanoseconds)
        guard !overflow, length >= 0, length < Int64(UInt32.max) * 1_000_000_000 else {
            throw JSONFault(.outOfRange, at: json.position)
        }
        let interval = UInt32((length + 1_000_000) / 1_000_000_000)
        return isClosed ? bar.report(interval: interval) : nil
    }
}
