import LedgerDomain
import LedgerEvents
import LedgerVenues

/// Messages of Alpaca's order stream.
public enum AlpacaOrderStream {
    public enum Message: Hashable, Sendable {
        case authorized
        case unauthorized
        /// The current subscriptions.
        case listening([String])
        case reports([GatewayReport])
        /// A replacement that is pending or rejected: query whether the old order is gone.
        case undecided(AlpacaOrder)
        case other
    }

    public static func read(_ bytes: [UInt8]) throws(JSONFault) -> Message {
        var json = JSONReader(bytes)
        var (stream, data): (String, JSONReader?) = ("", nil)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("stream") {
                stream = try json.string()
            } else if json.isField("data") {
                data = json
                try json.skip()
            } else {
                try json.skip()
            }
        }
        try json.finish()
        guard var data else { return .other }
        switch stream {
        case "authorization":
            switch try status(&data) {
            case "authorized": return .authorized
            case "unauthorized": return .unauthorized
            default: throw JSONFault(.unknownName, at: data.position)
            }
        case "listening": return .listening(try streams(&data))
        case "trade_updates":
            let update = try AlpacaUpdate(&data)
            return update.undecided.map { .undecided($0) } ?? .reports(update.reports)
        default: return .other
        }
    }

    private static func status(_ json: inout JSONReader) throws(JSONFault) -> String {
        var status = ""
        try json.beginObject()
        while try json.nextField() {
            if json.isField("status") { status = try json.string() } else { try json.skip() }
        }
        return status
    }

    private static func streams(_ json: inout JSONReader) throws(JSONFault) -> [String] {
        var names: [String] = []
        try json.beginObject()
        while try json.nextField() {
            guard json.isField("streams") else {
                try json.skip()
                continue
            }
            try json.beginArray()
            while try json.nextElement() { names.append(try json.string()) }
        }
        return names
    }
}

/// One `trade_updates` message.
struct AlpacaUpdate {
    /// A fill was taken back.
    static let bust = "trade_bust"
    /// A fill has other terms.
    static let correction = "trade_correct"

    private var event = ""
    private var execution = ""
    /// The execution that a correction is about.
    private var corrected = ""
    private var price = Price.zero
    private var quantity = Quantity.zero
    private var time = Timestamp.zero
    private var reason = ""
    private var order: AlpacaOrder?

    init(_ json: inout JSONReader) throws(JSONFault) {
        try json.beginObject()
        while try json.nextField() {
            if json.isField("event") {
                event = try json.name()
            } else if json.isField("execution_id") {
                execution = try json.nameOrNull()
            } else if json.isField("previous_execution_id") {
                corrected = try json.nameOrNull()
            } else if json.isField("price") {
                price = try json.priceOrNull()
            } else if json.isField("qty") {
                quantity = try json.quantityOrNull()
            } else if json.isField("timestamp") {
                time = try json.timestampOrNull()
            } else if json.isField("reason") {
                reason = try json.wordsOrNull()
            } else if json.isField("order") {
                order = try AlpacaOrder(&json)
            } else {
                try json.skip()
            }
        }
        guard !event.isEmpty, let order else { throw JSONFault(.missing, at: json.position) }
        guard quantity <= order.order.filled || !isFill else {
            throw JSONFault(.outOfRange, at: json.position)
        }
    }

    var undecided: AlpacaOrder? { order.flatMap { $0.isUndecided ? $0 : nil } }

    private var isFill: Bool { event == "fill" || event == "partial_fill" }

    /// A fill comes before the state that it leads to. A fill without an execution id is ignored:
    /// the order's filled quantity shows that a query is needed.
    var reports: [GatewayReport] {
        guard var order = order?.order else { return [] }
        if !reason.isEmpty { order.reason = reason }
        if time > .zero { order.updatedAt = time }
        switch event {
        case "fill", "partial_fill":
            guard !execution.isEmpty, quantity > .zero, price.raw != 0 else {
                return [.order(order)]
            }
            return [.fill(fill(of: order)), .order(order)]
        case "order_cancel_rejected": order.status = .cancelRefused
        case "order_replace_rejected": order.status = .replaceRefused
        case Self.bust, Self.correction: return [correction(in: order)]
        default: break
        }
        return [.order(order)]
    }

    /// One that says too little is a fault: the comparison of the account finds what it did.
    private func correction(in order: VenueOrder) -> GatewayReport {
        var fill = fill(of: order)
        fill.isStreamed = false
        if event == Self.bust {
            fill.quantity = .zero
            // The venue may name the busted execution alone.
            if corrected.isEmpty || execution.isEmpty || corrected == execution {
                let named = corrected.isEmpty ? execution : corrected
                fill.execution = named.isEmpty ? "" : "bust of \(named)"
                return .correction(VenueCorrection(of: named, to: fill, reason: reason))
            }
        } else if execution.isEmpty || quantity <= .zero || price <= .zero {
            return .fault(.malformed("\(event) without its terms"), order.clientOrder)
        }
        return .correction(VenueCorrection(of: corrected, to: fill, reason: reason))
    }

    private func fill(of order: VenueOrder) -> VenueFill {
        var fill = VenueFill(
            clientOrder: order.clientOrder, venueOrder: order.venueOrder, execution: execution,
            symbol: order.symbol, side: order.side, price: price, quantity: quantity,
            cumulative: order.filled, time: time > .zero ? time : order.updatedAt)
        fill.isStreamed = true
        return fill
    }
}
