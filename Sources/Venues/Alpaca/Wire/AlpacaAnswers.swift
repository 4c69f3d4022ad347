import LedgerDomain
import LedgerEvents
import LedgerVenues

/// The bodies of Alpaca's answers.
public enum AlpacaAnswers {
    public static func order(_ body: [UInt8]) throws(JSONFault) -> AlpacaOrder {
        var json = JSONReader(body)
        let order = try AlpacaOrder(&json)
        try json.finish()
        return order
    }

    public static func orders(_ body: [UInt8]) throws(JSONFault) -> VenueList<AlpacaOrder> {
        try JSONReader.readable(body, .order) { (json) throws(JSONFault) in
            try AlpacaOrder(&json)
        }
    }

    /// Fills only; other activities, such as fees and dividends, are skipped.
    public static func fills(_ body: [UInt8]) throws(JSONFault) -> VenueList<AlpacaFill> {
        var list = try JSONReader.readable(body, .activity) { (json) throws(JSONFault) in
            try AlpacaFill(&json)
        }
        list.elements.removeAll { !$0.isFill }
        return list
    }

    /// Everything but fills.
    public static func activities(
        _ body: [UInt8]
    ) throws(JSONFault) -> VenueList<AlpacaActivity> {
        var list = try JSONReader.readable(body, .activity) { (json) throws(JSONFault) in
            try AlpacaActivity(&json)
        }
        list.elements.removeAll { $0.activity.type == "FILL" }
        return list
    }

    public static func positions(
        _ body: [UInt8]
    ) throws(JSONFault) -> VenueList<AlpacaPosition> {
        try JSONReader.readable(body, .position) { (json) throws(JSONFault) in
            try AlpacaPosition(&json)
        }
    }

    /// Cash, portfolio value and buying power; the rest of the account comes from elsewhere.
    public static func account(_ body: [UInt8]) throws(JSONFault) -> VenueAccount {
        var json = JSONReader(body)
        var (cash, value, power): (Money?, Money, Money) = (nil, .zero, .zero)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("cash") {
                let isNone = try json.kind() == .null
                let found = try json.displayedMoney()
                if !isNone { cash = found }
            } else if json.isField("portfolio_value") {
                value = try json.displayedMoney()
            } else if json.isField("buying_power") {
                power = try json.displayedMoney()
            } else {
                try json.skip()
            }
        }
        try json.finish()
        guard let cash else { throw JSONFault(.missing, at: body.count) }
        return VenueAccount(cash: cash, portfolioValue: value, buyingPower: power)
    }

    /// The venue's time.
    public static func clock(_ body: [UInt8]) throws(JSONFault) -> Timestamp {
        var json = JSONReader(body)
        var time: Timestamp?
        try json.beginObject()
        while try json.nextField() {
            if json.isField("timestamp") { time = try json.timestamp() } else { try json.skip() }
        }
        try json.finish()
        guard let time else { throw JSONFault(.missing, at: body.count) }
        return time
    }

    /// Bars of one symbol or of several.
    public static func bars(_ body: [UInt8]) throws(JSONFault) -> VenueBars {
        var json = JSONReader(body)
        var page = VenueBars([])
        try json.beginObject()
        while try json.nextField() {
            if json.isField("next_page_token") {
                page.nextPage = try json.stringOrNull()
            } else if json.isField("bars"), try json.kind() == .object {
                try json.beginObject()
                while try json.nextField() {
                    let symbol = json.string(json.field)
                    try append(&json, symbol, to: &page)
                }
            } else {
                try json.skip()
            }
        }
        try json.finish()
        return page
    }

    private static func append(
        _ json: inout JSONReader, _ symbol: String, to page: inout VenueBars
    ) throws(JSONFault) {
        if try json.kind() == .object {
            page.bars.append(try bar(&json, symbol))
            return
        }
        try json.beginArray()
        while try json.nextElement() { page.bars.append(try bar(&json, symbol)) }
    }

    private static func bar(
        _ json: inout JSONReader, _ symbol: String
    ) throws(JSONFault) -> VenueBar {
        var (prices, seen): ([Price], Int) = (Array(repeating: .zero, count: 4), 0)
        var (volume, start) = (Quantity.zero, Timestamp.zero)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("o") {
                (prices[0], seen) = (try json.price(), seen + 1)
            } else if json.isField("h") {
                (prices[1], seen) = (try json.price(), seen + 1)
            } else if json.isField("l") {
                (prices[2], seen) = (try json.price(), seen + 1)
            } else if json.isField("c") {
                (prices[3], seen) = (try json.price(), seen + 1)
            } else if json.isField("v") {
                volume = try json.quantity()
            } else if json.isField("t") {
                (start, seen) = (try json.timestamp(), seen + 1)
            } else {
                try json.skip()
            }
        }
        guard seen >= 5 else { throw JSONFault(.missing, at: json.position) }
        return VenueBar(
            symbol: symbol, start: start, open: prices[0], high: prices[1], low: prices[2],
            close: prices[3], volume: volume)
    }
}

/// A fill in the account's history, or the correction of one. It names the order only by the venue's id.
public struct AlpacaFill: Hashable, Sendable {
    /// The token for the next page.
    public var activity: String
    /// Of a correction: what the fill is now; its quantity is 0 where it was taken back.
    public var fill: VenueFill
    public var isCorrection = false
    /// The execution that is corrected; empty where the venue does not say.
    public var corrected = ""
    var isFill: Bool

    /// - Throws: `missing` if a fill lacks its id, order, symbol, side, price, quantity or time. One that was
    ///   taken back needs neither price nor quantity.
    public init(_ json: inout JSONReader) throws(JSONFault) {
        fill = VenueFill(
            clientOrder: "", venueOrder: "", execution: "", symbol: "", side: .buy, price: .zero,
            quantity: .zero, time: .zero)
        (activity, isFill) = ("", false)
        var (side, hasType, type): (Side?, Bool, String) = (nil, false, "")
        try json.beginObject()
        while try json.nextField() {
            if json.isField("activity_type") {
                (isFill, hasType) = (try json.string() == "FILL", true)
            } else if json.isField("id") {
                activity = try json.name()
            } else if json.isField("type") {
                type = try json.stringOrNull()
            } else if json.isField("previous_id") || json.isField("previous_execution_id") {
                corrected = Self.execution(of: try json.nameOrNull())
            } else if json.isField("order_id") {
                fill.venueOrder = try json.nameOrNull()
            } else if json.isField("symbol") {
                fill.symbol = try json.nameOrNull()
            } else if json.isField("side") {
                side = try AlpacaOrder.side(&json)
            } else if json.isField("price") {
                fill.price = try json.priceOrNull()
            } else if json.isField("qty") {
                fill.quantity = try json.quantityOrNull()
            } else if json.isField("cum_qty") {
                fill.cumulative = try json.quantityOrNull()
            } else if json.isField("transaction_time") {
                fill.time = try json.timestampOrNull()
            } else {
                try json.skip()
            }
        }
        guard hasType else { throw JSONFault(.missing, at: json.position) }
        guard isFill else { return }
        fill.execution = Self.execution(of: activity)
        let isWhole = !fill.execution.isEmpty && !fill.venueOrder.isEmpty && !fill.symbol.isEmpty
        let isBust = type == AlpacaUpdate.bust
        isCorrection = isBust || type == AlpacaUpdate.correction
        if isBust { fill.quantity = .zero }
        guard isWhole, let side, isBust || fill.quantity > .zero && fill.price > .zero,
            fill.time > .zero
        else { throw JSONFault(.missing, at: json.position) }
        fill.side = side
    }

    /// `20220208125959696::…`: after the colons is the id that the stream gives to the execution.
    static func execution(of activity: String) -> String {
        let bytes = Array(activity.utf8)
        let colon = UInt8(ascii: ":")
        for index in bytes.indices.dropLast() where bytes[index] == colon {
            guard bytes[index + 1] == colon else { continue }
            return String(decoding: bytes[(index + 2)...], as: UTF8.self)
        }
        return activity
    }
}

/// A position as Alpaca has it.
public struct AlpacaPosition: Hashable, Sendable {
    public var position: VenuePosition
    public var isCrypto: Bool

    public init(_ json: inout JSONReader) throws(JSONFault) {
        position = VenuePosition(symbol: "", quantity: .zero, kind: .equity)
        isCrypto = false
        var (isShort, quantity): (Bool, Quantity?) = (false, nil)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                position.symbol = try json.name()
            } else if json.isField("qty") {
                quantity = try json.signedQuantity()
            } else if json.isField("side") {
                isShort = try json.stringOrNull() == "short"
            } else if json.isField("avg_entry_price") {
                position.averagePrice = max(.zero, try json.displayedPrice())
            } else if json.isField("current_price") {
                position.mark = max(.zero, try json.displayedPrice())
            } else if json.isField("asset_class") {
                isCrypto = try json.string() == "crypto"
                position.kind = isCrypto ? .crypto : .equity
            } else {
                try json.skip()
            }
        }
        guard let quantity, !position.symbol.isEmpty else {
            throw JSONFault(.missing, at: json.position)
        }
        position.quantity = isShort ? -quantity.magnitude : quantity
    }

    /// Crypto positions are named without the slash that orders have. Returns the symbol among
    /// these that differs only by it.
    public func named(among symbols: [String]) -> VenuePosition {
        guard isCrypto, !AlpacaRequests.isCrypto(position.symbol) else { return position }
        let slash = UInt8(ascii: "/")
        var named = position
        named.symbol =
            symbols.first { $0.utf8.filter { $0 != slash }.elementsEqual(position.symbol.utf8) }
            ?? position.symbol
        return named
    }
}
