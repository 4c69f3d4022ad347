import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Messages of Binance's stream of account events: the bare events with a listen key, in an
/// envelope over the web-socket API.
public enum BinanceUserStream {
    public enum Message: Hashable, Sendable {
        case reports([GatewayReport])
        /// The answer to a request over the same socket.
        case answer(id: Int64, status: Int, BinanceErrors.Body?)
        /// The stream ends and must be opened again.
        case ended(String)
        case other
    }

    /// The prefix of the id of a cancel that is half of a replacement.
    public static let replacing = "replace-"

    public static func read(_ bytes: [UInt8]) throws(JSONFault) -> Message {
        var json = JSONReader(bytes)
        var envelope = json
        let kind = try kind(&json)
        try json.finish()
        switch kind {
        case .event(let name): return try event(name, &envelope)
        case .wrapped(var mark):
            var copy = mark
            guard case .event(let name) = try self.kind(&copy) else { return .other }
            return try event(name, &mark)
        case .answer(let id, let status, let error): return .answer(id: id, status: status, error)
        case .other: return .other
        }
    }

    private enum Kind {
        case event(String)
        case wrapped(JSONReader)
        case answer(Int64, Int, BinanceErrors.Body?)
        case other
    }

    private static func kind(_ json: inout JSONReader) throws(JSONFault) -> Kind {
        var kind = Kind.other
        var (id, status, error): (Int64?, Int?, BinanceErrors.Body?) = (nil, nil, nil)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("e"), try json.kind() == .string {
                kind = .event(try json.string())
            } else if json.isField("event"), try json.kind() == .object {
                kind = .wrapped(json)
                try json.skip()
            } else if json.isField("id"), try json.kind() == .number {
                id = try json.integer()
            } else if json.isField("status"), try json.kind() == .number {
                status = try json.integer()
            } else if json.isField("error") {
                error = BinanceErrors.body(try json.value())
            } else {
                try json.skip()
            }
        }
        if case .other = kind, let id, let status { return .answer(id, status, error) }
        return kind
    }

    private static func event(_ name: String, _ json: inout JSONReader) throws(JSONFault) -> Message
    {
        switch name {
        case "executionReport": return .reports(try BinanceExecution(&json).reports)
        case "eventStreamTerminated", "listenKeyExpired", "serverShutdown": return .ended(name)
        case "outboundAccountPosition":
            // It lists only what changed, so the whole account is queried.
            try json.skip()
            return .other
        default: return .other
        }
    }
}

/// One `executionReport`.
struct BinanceExecution {
    private var order = VenueOrder(clientOrder: "", status: .accepted)
    private var fill = VenueFill(
        clientOrder: "", venueOrder: "", execution: "", symbol: "", side: .buy, price: .zero,
        quantity: .zero, time: .zero)
    private var clientID = ""
    private var originalID = ""
    private var kind = ""
    private var (hasFilled, hasFee) = (false, false)

    init(_ json: inout JSONReader) throws(JSONFault) {
        var (side, hasStatus): (Side?, Bool) = (nil, false)
        var unknown = ""
        fill.isStreamed = true
        try json.beginObject()
        while try json.nextField() {
            if json.isField("s") {
                order.symbol = try json.name()
            } else if json.isField("c") {
                clientID = try json.name()
            } else if json.isField("C") {
                originalID = try json.nameOrNull()
            } else if json.isField("S") {
                side = try BinanceOrder.side(&json)
            } else if json.isField("x") {
                kind = try json.name()
            } else if json.isField("X") {
                let name = try json.name()
                if let status = BinanceOrder.status(named: name) {
                    order.status = status
                } else {
                    unknown = name
                }
                hasStatus = true
            } else if json.isField("i") {
                order.venueOrder = String(try json.integer(UInt64.self))
            } else {
                try readTerms(&json)
            }
        }
        let isWhole = !order.symbol.isEmpty && !order.venueOrder.isEmpty && !clientID.isEmpty
        guard isWhole, hasStatus, hasFilled, !kind.isEmpty, let side, order.updatedAt > .zero
        else { throw JSONFault(.missing, at: json.position) }
        if !unknown.isEmpty { order.settleUnknown(status: unknown) }
        guard order.isPlausible else { throw JSONFault(.outOfRange, at: json.position) }
        (order.side, fill.side) = (side, side)
        try settle(json.position)
    }

    private mutating func readTerms(_ json: inout JSONReader) throws(JSONFault) {
        if json.isField("q") {
            order.quantity = try json.quantity()
        } else if json.isField("p") {
            order.limitPrice = try json.displayedPrice()
        } else if json.isField("P") {
            order.stopPrice = try json.displayedPrice()
        } else if json.isField("z") {
            (order.filled, hasFilled) = (try json.quantity(), true)
        } else if json.isField("r") || json.isField("eR") {
            let reason = try json.wordsOrNull()
            if reason != "NONE" { order.reason = reason }
        } else if json.isField("T") {
            order.updatedAt = try json.milliseconds()
        } else if json.isField("l") {
            fill.quantity = try json.quantity()
        } else if json.isField("L") {
            fill.price = try json.price()
        } else if json.isField("n") {
            if try !json.null() { (fill.fee, hasFee) = (try json.money(), true) }
        } else if json.isField("N") {
            fill.feeAsset = try json.nameOrNull()
        } else if json.isField("t") {
            fill.execution = String(try json.integer(Int64.self))
        } else if json.isField("m") {
            fill.liquidity = try json.bool() ? .maker : .taker
        } else {
            try json.skip()
        }
    }

    /// A cancel has its own id in `c`; the order's id is in `C`.
    private mutating func settle(_ end: Int) throws(JSONFault) {
        order.clientOrder = originalID.isEmpty ? clientID : originalID
        let replacing = BinanceUserStream.replacing
        if order.status == .cancelled, clientID.hasPrefix(replacing) { order.status = .replaced }
        guard kind == "TRADE" else { return }
        order.clientOrder = clientID
        guard fill.quantity > .zero, fill.price > .zero, !fill.execution.isEmpty,
            !fill.execution.hasPrefix("-"), hasFee, fill.fee == .zero || !fill.feeAsset.isEmpty
        else { throw JSONFault(.missing, at: end) }
        // Spot markets pay no rebates for an order.
        guard fill.quantity <= order.filled, fill.fee >= .zero else {
            throw JSONFault(.outOfRange, at: end)
        }
        (fill.clientOrder, fill.venueOrder) = (order.clientOrder, order.venueOrder)
        (fill.symbol, fill.cumulative, fill.time) = (order.symbol, order.filled, order.updatedAt)
    }

    /// A fill comes before the state that it leads to.
    var reports: [GatewayReport] {
        kind == "TRADE" ? [.fill(fill), .order(order)] : [.order(order)]
    }
}
