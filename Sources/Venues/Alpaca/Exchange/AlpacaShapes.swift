import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Orders, their updates and fills in Alpaca's JSON.
extension AlpacaVenue {
    func status(_ order: ExchangeOrder, _ generation: Int) -> String {
        guard generation == order.generations.count - 1 else { return "replaced" }
        switch order.state {
        case .open where faults.isHanging(order.id): return "pending_cancel"
        case .open: return order.own(generation).filled.raw == 0 ? "new" : "partially_filled"
        case .filled: return "filled"
        case .cancelled: return "canceled"
        case .expired: return "expired"
        case .rejected: return "rejected"
        }
    }

    /// The word of a market order that expires empty.
    static let emptied = "market"

    private func type(of order: ExchangeOrder) -> OrderType {
        order.words.split(separator: " ").contains { $0 == Self.emptied }
            ? .market : order.orderType
    }

    /// An order as one of its generations. To Alpaca, each is an order of its own whose quantities
    /// start from zero.
    ///
    /// - Parameter last: the last fill to include; all of them if nil.
    func value(of order: ExchangeOrder, _ generation: Int, through last: Int? = nil) -> WireValue {
        let terms = order.generations[generation]
        let instrument = ledger.instrument(order.instrument)
        let isLast = generation == order.generations.count - 1
        let next = isLast ? nil : order.generations[generation + 1]
        let own = order.own(generation, through: last)
        let average = order.averagePrice(generation, through: last)
        let state = status(order, generation)
        func at(_ states: String...) -> WireValue {
            states.contains(state) ? .instant(next?.at ?? order.updatedAt) : nil
        }
        let words = order.words.split(separator: " ")
        let notional = words.first { $0.hasPrefix("notional=") }?.dropFirst(9)
        let isBuy = order.side == .buy
        return [
            "id": .text(terms.sequence.uuid(Kind.order)),
            "client_order_id": .text(terms.clientOrder),
            "created_at": .instant(terms.at), "updated_at": .instant(next?.at ?? order.updatedAt),
            "submitted_at": .instant(terms.at), "filled_at": at("filled"),
            "expired_at": at("expired"),
            "canceled_at": at("canceled"), "failed_at": at("rejected"),
            "replaced_at": at("replaced"),
            "replaced_by": next.map { .text($0.sequence.uuid(Kind.order)) } ?? nil,
            "replaces": generation > 0
                ? .text(order.generations[generation - 1].sequence.uuid(Kind.order)) : nil,
            "asset_id": .text(instrument.map(assetID) ?? ""),
            "symbol": .text(instrument?.symbol ?? ""),
            "asset_class": instrument?.kind == .crypto ? "crypto" : "us_equity",
            "notional": notional.map { .text(String($0)) } ?? nil,
            "qty": notional == nil ? .text(own.quantity) : nil, "filled_qty": .text(own.filled),
            "filled_avg_price": .optional(average),
            "order_class": "", "order_type": .text(Self.name(type(of: order))),
            "type": .text(Self.name(type(of: order))), "side": isBuy ? "buy" : "sell",
            "position_intent": isBuy ? "buy_to_open" : "sell_to_close",
            "time_in_force": .text(Self.name(order.timeInForce)),
            "limit_price": .optional(terms.limitPrice), "stop_price": .optional(terms.stopPrice),
            "status": .text(state), "extended_hours": .bool(words.contains("extended_hours")),
            "legs": nil, "trail_percent": nil, "trail_price": nil, "hwm": nil, "subtag": nil,
            "source": nil, "expires_at": nil,
        ]
    }

    static func name(_ type: OrderType) -> String {
        switch type {
        case .market: "market"
        case .limit: "limit"
        case .stop: "stop"
        case .stopLimit: "stop_limit"
        }
    }

    static func name(_ time: TimeInForce) -> String {
        switch time {
        case .day: "day"
        case .goodTillCancelled: "gtc"
        case .immediateOrCancel: "ioc"
        case .fillOrKill: "fok"
        }
    }

    // MARK: Updates

    // The stream message for a change.
    func updates(_ change: BookChange) -> [WireValue] {
        switch change {
        case .accepted(let place): return [update("new", ledger.book[place])]
        case .cancelled(let place): return [update("canceled", ledger.book[place])]
        case .expired(let place): return [update("expired", ledger.book[place])]
        case .rejected(let place): return [update("rejected", ledger.book[place])]
        case .replaced(let place):
            let order = ledger.book[place]
            let old = update("replaced", order, order.generations.count - 2)
            return [old, update("new", order)]
        case .filled(let place, let index): return [update(ledger.book[place], index)]
        }
    }

    private func update(
        _ event: String, _ order: ExchangeOrder, _ generation: Int? = nil
    ) -> WireValue {
        let generation = generation ?? order.generations.count - 1
        var value = value(of: order, generation)
        var at = order.updatedAt
        if event == "new" {
            // Later events are reported by the updates that follow.
            value.set("status", "new")
            value.set("filled_qty", "0")
            value.set("filled_avg_price", nil)
            for name in ["filled_at", "canceled_at", "expired_at"] { value.set(name, nil) }
            at = order.generations[generation].at
        }
        return [
            "event": .text(event), "timestamp": .instant(at), "at": .instant(at),
            "event_id": .text(order.id.description),
            "execution_id": .text(order.generations[generation].sequence.uuid(Kind.execution)),
            "order": value,
        ]
    }

    private func update(_ order: ExchangeOrder, _ index: Int) -> WireValue {
        let fill = order.fills[index]
        let isWhole = fill.cumulative >= order.generations[fill.generation].quantity
        var value = value(of: order, fill.generation, through: index)
        value.set("status", isWhole ? "filled" : "partially_filled")
        value.set("filled_at", .instant(fill.time))
        return [
            "event": isWhole ? "fill" : "partial_fill", "timestamp": .instant(fill.time),
            "at": .instant(fill.time), "event_id": .text(fill.sequence.description),
            "execution_id": .text(fill.sequence.uuid(Kind.execution)), "price": .text(fill.price),
            "qty": .text(fill.quantity), "position_qty": .text(fill.position), "order": value,
        ]
    }

    // MARK: Activities

    /// An entry of the account's history.
    typealias AccountEntry = (
        sequence: SequenceNumber, time: Timestamp, id: String, value: WireValue
    )

    func activities(_ request: Request, _ type: String?) throws(AlpacaError) -> Answer {
        let query = request.query
        let types = (type ?? query["activity_types"] ?? query["activity_type"] ?? "FILL").split(
            separator: ",")
        guard types.contains("FILL"), query["category"] != "non_trade_activity" else {
            let isAny = type == nil && query["activity_types"] == nil
            return try otherActivities(request, isAny ? [] : types.map(String.init))
        }
        let size = min(100, Int(query["page_size"] ?? "100") ?? 100)
        guard size > 0 else { throw .invalid("page_size is invalid") }
        let after = try moment(query["after"])
        let until = try moment(query["until"])
        let date = try moment(query["date"])
        let isRising = query["direction"] == "asc"
        func isWanted(_ time: Timestamp) -> Bool {
            after.map { time > $0 } ?? true && until.map { time < $0 } ?? true
                && date.map { $0.utcDay == time.utcDay } ?? true
        }
        var found = ledger.book.fills.map { entry in
            activity(ledger.book[entry.order], entry.fill)
        }.filter { isWanted($0.time) }
        found += correctionActivities().filter { isWanted($0.time) }
        found.sort { isRising ? $0.sequence < $1.sequence : $0.sequence > $1.sequence }
        if let token = query["page_token"] {
            guard let place = found.firstIndex(where: { $0.id == token }) else {
                throw .invalid("page_token is invalid")
            }
            found.removeFirst(place + 1)
        }
        return Answer(200, .array(found.prefix(size).map(\.value)))
    }

    private func activity(
        _ order: ExchangeOrder, _ index: Int
    ) -> AccountEntry {
        let fill = order.fills[index]
        let terms = order.generations[fill.generation]
        let isWhole = fill.cumulative >= terms.quantity
        let id = activityID(fill.time, fill.sequence.uuid(Kind.execution))
        let value: WireValue = [
            "activity_type": "FILL", "id": .text(id), "account_id": .text(accountID),
            "cum_qty": .text(order.own(fill.generation, through: index).filled),
            "leaves_qty": .text(max(terms.quantity - fill.cumulative, .zero)),
            "price": .text(fill.price), "qty": .text(fill.quantity),
            "side": order.side == .buy ? "buy" : "sell",
            "symbol": .text(ledger.instrument(order.instrument)?.symbol ?? ""),
            "transaction_time": .instant(fill.time),
            "order_id": .text(terms.sequence.uuid(Kind.order)),
            "type": isWhole ? "fill" : "partial_fill",
            "order_status": isWhole ? "filled" : "partially_filled",
        ]
        return (fill.sequence, fill.time, id, value)
    }
}
