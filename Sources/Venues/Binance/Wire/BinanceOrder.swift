import LedgerDomain
import LedgerEvents
import LedgerVenues

/// An order in an answer of Binance's spot API. An `ACK` contains only the ids.
public struct BinanceOrder: Hashable, Sendable {
    public var order: VenueOrder
    /// The executions of an answer to a new order.
    public var fills: [VenueFill] = []
    /// Which of its terms were present.
    private var (hasStatus, hasFilled, hasSide) = (false, false, false)
    /// A state that nobody knows.
    private var unknown = ""

    /// - Throws: `missing` without a symbol, a client's id or a number, and with a status but without side
    ///   and what has filled; `outOfRange` where these contradict each other; `unknownName` for a
    ///   side that nobody knows. An order in a state that nobody knows is at the venue, and its reason
    ///   names the state.
    public init(_ json: inout JSONReader) throws(JSONFault) {
        order = VenueOrder(clientOrder: "", status: .accepted)
        var (original, fillsMark): (String, JSONReader?) = ("", nil)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                order.symbol = try json.name()
            } else if json.isField("clientOrderId") {
                order.clientOrder = try json.name()
            } else if json.isField("origClientOrderId") {
                original = try json.name()
            } else if json.isField("orderId") {
                order.venueOrder = String(try json.integer(UInt64.self))
            } else if json.isField("fills") {
                fillsMark = json
                try json.skip()
            } else {
                try readTerms(&json)
            }
        }
        // The answer to a cancel has the cancel's own id in addition to the order's.
        if !original.isEmpty { order.clientOrder = original }
        let isWhole = !order.clientOrder.isEmpty && !order.venueOrder.isEmpty
        let hasTerms = hasStatus ? hasFilled && hasSide : !hasFilled
        guard isWhole, !order.symbol.isEmpty, hasTerms else {
            throw JSONFault(.missing, at: json.position)
        }
        if !unknown.isEmpty { order.settleUnknown(status: unknown) }
        guard order.isPlausible else { throw JSONFault(.outOfRange, at: json.position) }
        if var mark = fillsMark { try readFills(&mark) }
    }

    private mutating func readTerms(_ json: inout JSONReader) throws(JSONFault) {
        if json.isField("price") {
            order.limitPrice = try json.displayedPrice()
        } else if json.isField("stopPrice") {
            order.stopPrice = try json.displayedPrice()
        } else if json.isField("origQty") {
            order.quantity = try json.quantity()
        } else if json.isField("executedQty") {
            (order.filled, hasFilled) = (try json.quantity(), true)
        } else if json.isField("status") {
            let name = try json.name()
            if let status = Self.status(named: name) {
                order.status = status
            } else {
                unknown = name
            }
            hasStatus = true
        } else if json.isField("side") {
            (order.side, hasSide) = (try Self.side(&json), true)
        } else if json.isField("transactTime") || json.isField("updateTime") {
            order.updatedAt = try json.milliseconds()
        } else {
            try json.skip()
        }
    }

    private mutating func readFills(_ json: inout JSONReader) throws(JSONFault) {
        var cumulative = Quantity.zero
        try json.beginArray()
        while try json.nextElement() {
            var trade = BinanceTrade()
            try trade.read(&json)
            var fill = trade.fill
            guard !fill.execution.isEmpty, fill.quantity > .zero, fill.price > .zero else {
                throw JSONFault(.missing, at: json.position)
            }
            cumulative = cumulative + fill.quantity
            guard cumulative <= order.filled else {
                throw JSONFault(.outOfRange, at: json.position)
            }
            (fill.clientOrder, fill.venueOrder) = (order.clientOrder, order.venueOrder)
            (fill.symbol, fill.side, fill.time) = (order.symbol, order.side, order.updatedAt)
            fill.cumulative = cumulative
            fills.append(fill)
        }
    }

    static func side(_ json: inout JSONReader) throws(JSONFault) -> Side {
        let start = json.position
        let text = try json.text()
        if json.matches(text, "BUY") { return .buy }
        guard json.matches(text, "SELL") else { throw JSONFault(.unknownName, at: start) }
        return .sell
    }

    static func status(named name: String) -> VenueStatus? {
        switch name {
        case "NEW", "PENDING_CANCEL": .accepted
        case "PENDING_NEW": .pending
        case "PARTIALLY_FILLED": .partiallyFilled
        case "FILLED": .filled
        case "CANCELED": .cancelled
        case "REJECTED": .rejected
        case "EXPIRED", "EXPIRED_IN_MATCH": .expired
        default: nil
        }
    }

    /// The executions first, then the resulting state.
    public var reports: [GatewayReport] { fills.map { .fill($0) } + [.order(order)] }
}

/// One execution in an answer: in the account's history, or for a new order.
public struct BinanceTrade: Hashable, Sendable {
    /// It names its order only by the venue's number.
    public var fill: VenueFill
    /// The token for the next page.
    public var number: Int64 = 0
    var hasSide = false
    private var hasFee = false

    init() {
        fill = VenueFill(
            clientOrder: "", venueOrder: "", execution: "", symbol: "", side: .buy, price: .zero,
            quantity: .zero, time: .zero)
    }

    mutating func read(_ json: inout JSONReader) throws(JSONFault) {
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                fill.symbol = try json.name()
            } else if json.isField("id") || json.isField("tradeId") {
                let start = json.position
                number = try json.integer()
                guard number >= 0 else { throw JSONFault(.outOfRange, at: start) }
                fill.execution = String(number)
            } else if json.isField("orderId") {
                fill.venueOrder = String(try json.integer(UInt64.self))
            } else if json.isField("price") {
                fill.price = try json.price()
            } else if json.isField("qty") {
                fill.quantity = try json.quantity()
            } else if json.isField("commission") {
                (fill.fee, hasFee) = (try json.money(), true)
            } else if json.isField("commissionAsset") {
                fill.feeAsset = try json.nameOrNull()
            } else if json.isField("time") {
                fill.time = try json.milliseconds()
            } else if json.isField("isBuyer") {
                (fill.side, hasSide) = (try json.bool() ? .buy : .sell, true)
            } else if json.isField("isMaker") {
                fill.liquidity = try json.bool() ? .maker : .taker
            } else {
                try json.skip()
            }
        }
        // A fee without its asset would be booked as cash.
        guard hasFee, fill.fee == .zero || !fill.feeAsset.isEmpty else {
            throw JSONFault(.missing, at: json.position)
        }
        guard fill.fee >= .zero else { throw JSONFault(.outOfRange, at: json.position) }
    }
}
