import LedgerDomain
import LedgerEvents
import LedgerVenues

/// An order object of Alpaca's trading API, in answers and on the stream.
public struct AlpacaOrder: Hashable, Sendable {
    public var order: VenueOrder
    /// When the venue created it.
    public var createdAt: Timestamp
    public var submittedAt: Timestamp
    /// The order that it replaces and the one that replaces it; the venue's ids.
    public var replaces: String
    public var replacedBy: String
    private var isForTheDay = false

    /// - Throws: `missing` without an id, a client's id, a symbol, a side, a status or what has filled;
    ///   `outOfRange` where these contradict each other; `unknownName` for a side that nobody knows. An order
    ///   in a state that nobody knows is at the venue, and its reason names the state.
    public init(_ json: inout JSONReader) throws(JSONFault) {
        order = VenueOrder(clientOrder: "", status: .pending)
        (createdAt, submittedAt, replaces, replacedBy) = (.zero, .zero, "", "")
        var (status, side, filled): (VenueStatus?, Side?, Quantity?) = (nil, nil, nil)
        var unknown = ""
        try json.beginObject()
        while try json.nextField() {
            if json.isField("id") {
                order.venueOrder = try json.name()
            } else if json.isField("client_order_id") {
                order.clientOrder = try json.name()
            } else if json.isField("symbol") {
                order.symbol = try json.name()
            } else if json.isField("side") {
                side = try Self.side(&json)
            } else if json.isField("status") {
                let name = try json.name()
                status = Self.status(named: name)
                if status == nil { unknown = name }
            } else if json.isField("qty") {
                order.quantity = try json.quantityOrNull()
            } else if json.isField("filled_qty") {
                filled = try json.quantity()
            } else if json.isField("limit_price") {
                order.limitPrice = try json.displayedPrice()
            } else if json.isField("stop_price") {
                order.stopPrice = try json.displayedPrice()
            } else {
                try readTimes(&json)
            }
        }
        let isWhole = !order.venueOrder.isEmpty && !order.clientOrder.isEmpty
        guard isWhole, !order.symbol.isEmpty, let side, let filled,
            let status = status ?? (unknown.isEmpty ? nil : .accepted)
        else { throw JSONFault(.missing, at: json.position) }
        (order.side, order.status, order.filled) = (side, status, filled)
        if !unknown.isEmpty { order.settleUnknown(status: unknown) }
        guard order.isPlausible else { throw JSONFault(.outOfRange, at: json.position) }
        settleStatus()
        if isForPartsOfShares, order.reason.isEmpty {
            order.reason = "for the day, because alpaca takes parts of a share for no longer"
        }
    }

    private var isForPartsOfShares: Bool {
        isForTheDay && !AlpacaRequests.isCrypto(order.symbol)
            && order.quantity.raw % Int128(FixedPoint.one) != 0
    }

    /// Whether it replaces another order and does not itself say whether that one is gone.
    public var isUndecided: Bool {
        !replaces.isEmpty && (order.status == .pending || order.status == .rejected)
    }

    private mutating func readTimes(_ json: inout JSONReader) throws(JSONFault) {
        if json.isField("updated_at") {
            order.updatedAt = try json.timestampOrNull()
        } else if json.isField("created_at") {
            createdAt = try json.timestampOrNull()
        } else if json.isField("submitted_at") {
            submittedAt = try json.timestampOrNull()
        } else if json.isField("replaces") {
            replaces = try json.nameOrNull()
        } else if json.isField("replaced_by") {
            replacedBy = try json.nameOrNull()
        } else if json.isField("time_in_force") {
            isForTheDay = try json.stringOrNull() == "day"
        } else if json.isField("reject_reason") {
            order.reason = try json.wordsOrNull()
        } else {
            try json.skip()
        }
    }

    /// A state that does not mention fills may also apply to a partly filled order.
    private mutating func settleStatus() {
        if order.status == .accepted, order.filled > .zero { order.status = .partiallyFilled }
    }

    /// All of Alpaca's sides begin with one of these words: `buy_minus`, `sell_short`, …
    static func side(_ json: inout JSONReader) throws(JSONFault) -> Side {
        let start = json.position
        let text = try json.string()
        if text == "buy" || text.hasPrefix("buy_") { return .buy }
        if text == "sell" || text.hasPrefix("sell_") { return .sell }
        throw JSONFault(.unknownName, at: start)
    }

    /// At Alpaca, `accepted` means received but not yet routed. The end of the day or a pending
    /// change leaves an order where it is.
    static func status(named name: String) -> VenueStatus? {
        switch name {
        case "accepted", "pending_new", "accepted_for_bidding", "held": .pending
        case "new", "done_for_day", "pending_cancel", "pending_replace", "stopped", "suspended",
            "calculated":
            .accepted
        case "partially_filled": .partiallyFilled
        case "filled": .filled
        case "canceled": .cancelled
        case "expired": .expired
        case "rejected": .rejected
        case "replaced": .replaced
        default: nil
        }
    }
}
