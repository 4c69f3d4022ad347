import LedgerDomain
import LedgerReading
import LedgerVenues

extension VenueSnapshotFile {
    /// The text of the file for an account that a venue stated. `init` reads it as the same account.
    ///
    /// What could not be read of the venue's answer is written with its identity and the reason,
    /// but without its numbers, so it is a difference for the reader of the file too.
    ///
    /// - Parameters:
    ///   - venue: the venue's name.
    ///   - takenAt: when the venue answered.
    public static func text(
        of account: VenueAccount, venue: String, takenAt: Timestamp
    ) -> String {
        var money = JSONObject()
        money.add("cash", "\(account.cash)")
        money.add("portfolio_value", "\(account.portfolioValue)")
        money.add("buying_power", "\(account.buyingPower)")
        var object = JSONObject()
        object.add("venue", venue)
        object.add("taken_at", "\(takenAt)")
        object.add("account", raw: money.line)
        object.add(
            "positions",
            raw: list(
                account.positions.map(line)
                    + account.unread.filter { $0.item == .position }
                    .map(line)))
        object.add(
            "orders",
            raw: list(
                account.openOrders.map(line)
                    + account.unread.filter { $0.item == .order }
                    .map(line)))
        return object.text + "\n"
    }

    private static func list(_ lines: [String]) -> String {
        lines.isEmpty ? "[]" : "[\n    " + lines.joined(separator: ",\n    ") + "\n  ]"
    }

    private static func line(_ position: VenuePosition) -> String {
        var object = JSONObject()
        object.add("symbol", position.symbol)
        object.add("qty", "\(position.quantity)")
        object.add("avg_entry_price", "\(position.averagePrice)")
        if position.mark.raw > 0 { object.add("current_price", "\(position.mark)") }
        object.add("asset_class", position.kind == .crypto ? "crypto" : "us_equity")
        return object.line
    }

    private static func line(_ order: VenueOrder) -> String {
        var object = JSONObject()
        object.add("id", order.venueOrder)
        object.add("client_order_id", order.clientOrder)
        object.add("symbol", order.symbol)
        object.add("side", "\(order.side)")
        // An order for an amount of money has no quantity.
        if order.quantity.raw > 0 {
            object.add("qty", "\(order.quantity)")
        } else {
            object.add("notional", "not stated")
        }
        object.add("filled_qty", "\(order.filled)")
        if order.limitPrice.raw > 0 { object.add("limit_price", "\(order.limitPrice)") }
        object.add("status", order.filled.raw > 0 ? "partially_filled" : "new")
        return object.line
    }

    private static func line(_ unread: VenueUnread) -> String {
        var object = JSONObject()
        if !unread.id.isEmpty { object.add("id", unread.id) }
        let legs = unread.symbols.map { symbol in
            var leg = JSONObject()
            leg.add("symbol", symbol)
            return leg.line
        }
        if !legs.isEmpty { object.add("legs", raw: "[" + legs.joined(separator: ", ") + "]") }
        if unread.isOfOtherKind { object.add("asset_class", "other") }
        object.add("unread", unread.detail)
        return object.line
    }
}
