import LedgerDomain
import LedgerEvents
import LedgerReading
import LedgerSafety
import LedgerVenues

/// A venue's account, positions and open orders in one JSON object, in the form of Alpaca's API:
///
///     {"account": {"cash": "1000.00", "portfolio_value": "1500", "buying_power": "1000"},
///      "positions": [{"symbol": "AAPL", "qty": "5", "avg_entry_price": "100.10"}],
///      "orders": [{"id": "61e6", "client_order_id": "…", "symbol": "AAPL", "side": "buy",
///                  "qty": "10", "filled_qty": "4", "limit_price": null, "status": "new"}]}
///
/// Numbers may be strings or numbers; their digits are used as written. Other fields are ignored. A
/// position or an order that cannot be read is one difference and hides nothing else; the file itself
/// is checked before anything is journaled.
public struct VenueSnapshotFile {
    public private(set) var account: VenueAccount
    /// Derived from the file's text, which identifies the snapshot.
    public let number: UInt64
    /// The venue's name and the time of its answer, if the file states them.
    public let venue: String?
    public let takenAt: Timestamp?

    /// The states in which an order no longer works. Orders in any other state are open, also in one
    /// that is newer than this list.
    private static let closed = [
        "filled", "canceled", "cancelled", "expired", "replaced", "rejected",
    ]

    public init(_ text: String, name: String, kind: SnapshotKind) throws {
        var hash = FNV1a()
        hash.add(text.utf8)
        hash.add(kind.rawValue)
        number = hash.value
        let root = try Self.json(text, of: name)
        guard case .object = root else {
            throw InputError("\(name): not a JSON object with account, positions and orders")
        }
        let reader = FieldReader(name: name)
        venue = try? reader.text(root, "venue", of: "")
        takenAt = try (try? reader.text(root, "taken_at", of: "")).map { text in
            guard let time = Timestamp(text) else {
                throw InputError("\(name): taken_at '\(text)' is not a UTC time")
            }
            return time
        }
        let fields = try reader.object(root, "account", of: "")
        account = VenueAccount(
            cash: try reader.money(fields, "cash", of: "account"),
            portfolioValue: reader.displayed(fields, "portfolio_value")
                ?? reader.displayed(fields, "equity") ?? .zero,
            buyingPower: reader.displayed(fields, "buying_power") ?? .zero)
        for (index, node) in try reader.list(root, "positions").enumerated() {
            do {
                account.positions.append(try position(node, "positions[\(index)]", reader))
            } catch let error as InputError {
                account.unread.append(VenueUnread(.position, node, "\(error)"))
            }
        }
        for (index, node) in try reader.list(root, "orders").enumerated() {
            do {
                let order = try order(node, "orders[\(index)]", reader)
                if !order.status.isEnd { account.openOrders.append(order) }
            } catch let error as InputError {
                account.unread.append(VenueUnread(.order, node, "\(error)"))
            }
        }
        try checkTwice(name)
    }

    private static func json(_ text: String, of name: String) throws -> JSONValue {
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw InputError("\(name): the file is empty")
        }
        let root: JSONValue
        do throws(JSONFault) { root = try JSONValue(Array(text.utf8)) } catch {
            throw InputError("\(name): is no JSON: \(error)")
        }
        if let field = root.repeatedField {
            throw InputError("\(name): is not valid JSON: \(field) appears twice in one object")
        }
        return root
    }

    private func position(
        _ node: JSONValue, _ place: String, _ reader: FieldReader
    ) throws -> VenuePosition {
        let symbol = try reader.text(node, "symbol", of: place)
        var quantity = Quantity(raw: try reader.money(node, "qty", of: place).raw)
        if (try? reader.text(node, "side", of: place)) == "short", quantity.raw > 0 {
            quantity = -quantity
        }
        let average = try reader.optional(node, "avg_entry_price", of: place) ?? .zero
        guard quantity.magnitude <= Quantity.limit else {
            throw InputError("\(reader.name): \(place).qty \(quantity) is beyond 10^12")
        }
        guard average.raw >= 0, let price = Int64(exactly: average.raw) else {
            throw InputError("\(reader.name): \(place).avg_entry_price \(average) cannot be")
        }
        let mark = reader.displayed(node, "current_price").flatMap { Int64(exactly: $0.raw) } ?? 0
        let kind = (try? reader.text(node, "asset_class", of: place)) ?? ""
        return VenuePosition(
            symbol: symbol, quantity: quantity, averagePrice: Price(raw: price),
            mark: Price(raw: max(0, mark)),
            kind: kind == "crypto" || symbol.contains("/") ? .crypto : .equity)
    }

    private func order(
        _ node: JSONValue, _ place: String, _ reader: FieldReader
    ) throws -> VenueOrder {
        let status = try reader.text(node, "status", of: place).lowercased()
        let symbol = try reader.text(node, "symbol", of: place)
        let side = try reader.text(node, "side", of: place)
        guard side.hasPrefix("buy") || side.hasPrefix("sell") else {
            throw InputError("\(reader.name): \(place).side '\(side)' is neither buy nor sell")
        }
        // An order for an amount of money has no quantity.
        let hasAmount = (try? reader.text(node, "notional", of: place)) != nil
        let quantity =
            hasAmount
            ? try reader.optional(node, "qty", of: place) ?? .zero
            : try reader.money(node, "qty", of: place)
        let filled = try reader.optional(node, "filled_qty", of: place) ?? .zero
        guard quantity.raw > 0 || hasAmount, quantity.raw >= 0,
            quantity.raw <= Quantity.limit.raw, filled.raw >= 0,
            filled.raw <= (quantity.raw > 0 ? quantity.raw : Quantity.limit.raw)
        else {
            throw InputError(
                "\(reader.name): \(place) has filled \(filled) of \(quantity), which is impossible")
        }
        let limit = reader.displayed(node, "limit_price") ?? .zero
        return VenueOrder(
            clientOrder: (try? reader.text(node, "client_order_id", of: place)) ?? "",
            venueOrder: try reader.text(node, "id", of: place), symbol: symbol,
            side: side.hasPrefix("buy") ? .buy : .sell,
            status: Self.closed.contains(status) ? .cancelled : .accepted,
            quantity: Quantity(raw: quantity.raw), filled: Quantity(raw: filled.raw),
            limitPrice: Price(raw: Int64(clamping: limit.raw)))
    }

    private func checkTwice(_ name: String) throws {
        let (positions, orders) = (account.positions, account.openOrders)
        for (index, position) in positions.enumerated()
        where positions[..<index].contains(where: { $0.symbol == position.symbol }) {
            throw InputError("\(name): positions[\(index)] has \(position.symbol) a second time")
        }
        for (index, order) in orders.enumerated()
        where orders[..<index].contains(where: { $0.venueOrder == order.venueOrder }) {
            throw InputError("\(name): orders[\(index)] has \(order.venueOrder) a second time")
        }
    }
}

/// Reads fields of a JSON object and reports the field that is wrong.
private struct FieldReader {
    let name: String

    func object(_ node: JSONValue, _ key: String, of place: String) throws -> JSONValue {
        guard let value = node[key], case .object = value else {
            throw InputError("\(name): \(key) is missing or not an object")
        }
        return value
    }

    /// Empty if the field is missing.
    func list(_ node: JSONValue, _ key: String) throws -> [JSONValue] {
        guard let value = node[key] else {
            throw InputError("\(name): \(key) is missing; write [] if there are none")
        }
        guard let elements = value.array else { throw InputError("\(name): \(key) is not a list") }
        return elements
    }

    func text(_ node: JSONValue, _ key: String, of place: String) throws -> String {
        guard let text = written(node[key]) else {
            throw InputError("\(name): \(place).\(key) is missing")
        }
        return text
    }

    func optional(_ node: JSONValue, _ key: String, of place: String) throws -> Money? {
        guard let text = written(node[key]) else { return nil }
        guard let value = try? Money(text) else {
            throw InputError(
                "\(name): \(place).\(key) '\(text)' is not a plain decimal with at most nine places"
            )
        }
        return value
    }

    /// An amount that is only displayed: rounded, and nil where it cannot be read.
    func displayed(_ node: JSONValue, _ key: String) -> Money? {
        guard let text = written(node[key]) else { return nil }
        var json = JSONReader(Array(text.utf8))
        return try? json.displayedMoney()
    }

    func money(_ node: JSONValue, _ key: String, of place: String) throws -> Money {
        guard let value = try optional(node, key, of: place) else {
            throw InputError("\(name): \(place).\(key) is missing")
        }
        return value
    }

    /// A string, number or boolean as written; nil for anything else, for null and for a missing
    /// value.
    private func written(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text), .number(let text): text.isEmpty ? nil : text
        case .bool(let flag): "\(flag)"
        case .null, .array, .object, nil: nil
        }
    }
}

extension JSONValue {
    /// The first name that occurs twice in one object, at any depth.
    fileprivate var repeatedField: String? {
        switch self {
        case .object(let members):
            let names = members.map(\.name).sorted()
            let repeated = zip(names, names.dropFirst()).first { $0.0 == $0.1 }
            return repeated?.0 ?? members.lazy.compactMap(\.value.repeatedField).first
        case .array(let values): return values.lazy.compactMap(\.repeatedField).first
        case .null, .bool, .number, .string: return nil
        }
    }
}
