import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// Fills that are taken back or get other terms afterwards, told on the order stream and in the history.
extension AlpacaVenue {
    /// `{"client_order_id": "…", "qty": "0", "price": "101"}`: the last fill of the order. A quantity of 0
    /// takes it back; what is absent stays as it was.
    func correct(_ terms: WireValue) throws {
        let name = terms["client_order_id"]?.string ?? ""
        guard let place = ledger.book.find(client: name),
            let fill = ledger.book[place].fills.last
        else { throw AlpacaError.invalid("order '\(name)' has no fill") }
        try correct(
            (place, ledger.book[place].fills.count - 1),
            price: try terms["price"]?.string.map { try Price($0) } ?? fill.price,
            quantity: try terms["qty"]?.string.map { try Quantity($0) } ?? fill.quantity)
    }

    /// Remembers a fill that ends its order, if a fault says that it will be corrected.
    func noteCorrection(_ change: BookChange) {
        guard case .filled(let place, let index) = change else { return }
        let order = ledger.book[place]
        let fill = order.fills[index]
        guard fill.cumulative >= order.current.quantity else { return }
        if order.side == .buy, faults.happens(.bust) {
            waitingCorrections.append((place, index, fill.price, .zero))
        } else if faults.happens(.correct) {
            let tick = ledger.instrument(order.instrument)?.tick ?? .zero
            waitingCorrections.append(
                (place, index, Price(raw: fill.price.raw + tick.raw), fill.quantity))
        }
    }

    func settleFaults() throws {
        let waiting = waitingCorrections
        waitingCorrections = []
        for entry in waiting {
            try correct((entry.order, entry.fill), price: entry.price, quantity: entry.quantity)
        }
    }

    private func correct(
        _ entry: (order: Int, fill: Int), price: Price, quantity: Quantity
    ) throws {
        try ledger.correct(entry, price: price, quantity: quantity)
        guard let correction = ledger.book.corrections.last else { return }
        say(["stream": "trade_updates", "data": update(correction)])
    }

    private static func event(_ correction: ExchangeCorrection) -> String {
        correction.quantity.raw == 0 ? "trade_bust" : "trade_correct"
    }

    private func update(_ correction: ExchangeCorrection) -> WireValue {
        let order = ledger.book[correction.order]
        let fill = order.fills[correction.fill]
        let isBust = correction.quantity.raw == 0
        return [
            "event": .text(Self.event(correction)), "timestamp": .instant(correction.time),
            "at": .instant(correction.time), "event_id": .text(correction.sequence.description),
            "execution_id": .text(correction.sequence.uuid(Kind.execution)),
            "previous_execution_id": .text(fill.sequence.uuid(Kind.execution)),
            "price": .text(isBust ? fill.price : correction.price),
            "qty": .text(isBust ? fill.quantity : correction.quantity),
            "reason": isBust ? "TRADE_BUST" : nil, "order": value(of: order, fill.generation),
        ]
    }

    /// The entries of the history.
    func correctionActivities() -> [AccountEntry] {
        ledger.book.corrections.map { correction in
            let order = ledger.book[correction.order]
            let fill = order.fills[correction.fill]
            let isBust = correction.quantity.raw == 0
            let id = activityID(correction.time, correction.sequence.uuid(Kind.execution))
            let value: WireValue = [
                "activity_type": "FILL", "id": .text(id), "account_id": .text(accountID),
                "type": .text(Self.event(correction)),
                "previous_id": .text(fill.sequence.uuid(Kind.execution)),
                "price": .text(isBust ? fill.price : correction.price),
                "qty": .text(isBust ? fill.quantity : correction.quantity),
                "side": order.side == .buy ? "buy" : "sell",
                "symbol": .text(ledger.instrument(order.instrument)?.symbol ?? ""),
                "transaction_time": .instant(correction.time),
                "order_id": .text(order.generations[fill.generation].sequence.uuid(Kind.order)),
            ]
            return (correction.sequence, correction.time, id, value)
        }
    }
}
