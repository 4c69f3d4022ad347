import LedgerDomain
import LedgerVenues

/// Messages of Alpaca's market data stream in JSON: an array of messages, each with a one-letter
/// type.
public enum AlpacaDataStream {
    /// What a message requires of the connection, besides its market data.
    public enum Signal: Hashable, Sendable {
        case connected
        case authenticated
        case subscribed
        /// Alpaca's number: 402 is a wrong key, 406 is one connection too many.
        case failed(code: Int, String)
    }

    /// - Parameters:
    ///   - reports: receives quotes, trades and closed minute bars, in order.
    ///   - signals: receives what concerns the connection.
    public static func read(
        _ bytes: [UInt8], into reports: inout [GatewayReport], signals: inout [Signal]
    ) throws(JSONFault) {
        var json = JSONReader(bytes)
        try json.beginArray()
        while try json.nextElement() {
            var mark = json
            let kind = try kind(&json)
            switch kind {
            case .trade, .quote, .bar: try readMarket(&mark, kind, into: &reports)
            case .success, .failure, .subscription: try readSignal(&mark, kind, into: &signals)
            case .other: break
            }
        }
        try json.finish()
    }

    private enum Kind {
        case trade, quote, bar, success, failure, subscription, other
    }

    /// Skips the message and returns its kind.
    private static func kind(_ json: inout JSONReader) throws(JSONFault) -> Kind {
        var kind = Kind.other
        try json.beginObject()
        while try json.nextField() {
            guard json.isField("T") else {
                try json.skip()
                continue
            }
            let text = try json.text()
            if json.matches(text, "q") {
                kind = .quote
            } else if json.matches(text, "t") {
                kind = .trade
            } else if json.matches(text, "b") {
                kind = .bar
            } else if json.matches(text, "success") {
                kind = .success
            } else if json.matches(text, "error") {
                kind = .failure
            } else if json.matches(text, "subscription") {
                kind = .subscription
            }
        }
        return kind
    }

    private static func readMarket(
        _ json: inout JSONReader, _ kind: Kind, into reports: inout [GatewayReport]
    ) throws(JSONFault) {
        var values = Values()
        try json.beginObject()
        while try json.nextField() {
            if json.isField("S") {
                values.symbol = try json.name()
            } else if json.isField("t") {
                values.time = try json.timestamp()
            } else if kind == .quote {
                try values.readQuote(&json)
            } else if kind == .trade {
                try values.readTrade(&json)
            } else {
                try values.readBar(&json)
            }
        }
        let hasPrice = kind == .quote || values.open > .zero
        guard !values.symbol.isEmpty, values.time > .zero, hasPrice, values.isWhole(kind == .bar)
        else {
            throw JSONFault(.missing, at: json.position)
        }
        switch kind {
        case .quote:
            reports.append(
                .quote(
                    symbol: values.symbol, bid: values.open, bidSize: values.size,
                    ask: values.high, askSize: values.otherSize, values.time))
        case .trade:
            reports.append(
                .trade(
                    symbol: values.symbol, price: values.open, size: values.size,
                    aggressor: values.aggressor, id: values.id, values.time))
        default:
            let bar = VenueBar(
                symbol: values.symbol, start: values.time, open: values.open, high: values.high,
                low: values.low, close: values.close, volume: values.size)
            reports.append(bar.report(interval: 60))
        }
    }

    /// Fields of any of the three: a quote's bid is in `open`, its ask in `high`.
    private struct Values {
        var symbol = ""
        var time = Timestamp.zero
        var (open, high, low, close) = (Price.zero, Price.zero, Price.zero, Price.zero)
        var (size, otherSize) = (Quantity.zero, Quantity.zero)
        var (aggressor, id): (Side?, UInt64) = (nil, 0)
        var seen = 0

        func isWhole(_ isBar: Bool) -> Bool { seen >= (isBar ? 5 : 2) }

        mutating func readQuote(_ json: inout JSONReader) throws(JSONFault) {
            if json.isField("bp") {
                (open, seen) = (try json.price(), seen + 1)
            } else if json.isField("bs") {
                size = try json.quantity()
            } else if json.isField("ap") {
                (high, seen) = (try json.price(), seen + 1)
            } else if json.isField("as") {
                otherSize = try json.quantity()
            } else {
                try json.skip()
            }
        }

        mutating func readTrade(_ json: inout JSONReader) throws(JSONFault) {
            if json.isField("p") {
                (open, seen) = (try json.price(), seen + 1)
            } else if json.isField("s") {
                (size, seen) = (try json.quantity(), seen + 1)
            } else if json.isField("i") {
                id = try json.integer()
            } else if json.isField("tks") {
                // The taker's side; only crypto has it.
                switch try json.string() {
                case "B": aggressor = .buy
                case "S": aggressor = .sell
                default: break
                }
            } else {
                try json.skip()
            }
        }

        mutating func readBar(_ json: inout JSONReader) throws(JSONFault) {
            seen += 1
            if json.isField("o") {
                open = try json.price()
            } else if json.isField("h") {
                high = try json.price()
            } else if json.isField("l") {
                low = try json.price()
            } else if json.isField("c") {
                close = try json.price()
            } else if json.isField("v") {
                size = try json.quantity()
            } else {
                seen -= 1
                try json.skip()
            }
        }
    }

    private static func readSignal(
        _ json: inout JSONReader, _ kind: Kind, into signals: inout [Signal]
    ) throws(JSONFault) {
        var (message, code) = ("", 0)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("msg") {
                message = try json.wordsOrNull()
            } else if json.isField("code") {
                code = try json.integer()
            } else {
                try json.skip()
            }
        }
        switch (kind, message) {
        case (.failure, _): signals.append(.failed(code: code, message))
        case (.subscription, _): signals.append(.subscribed)
        case (_, "connected"): signals.append(.connected)
        case (_, "authenticated"): signals.append(.authenticated)
        default: break
        }
    }
}
