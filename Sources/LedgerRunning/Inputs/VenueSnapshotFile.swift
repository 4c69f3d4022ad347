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
/// Numbers may be strings or numbers; their digits are used as written. Other fields are ignored.
/// Everything is checked before anything is journaled.
public struct VenueSnapshotFile {
    public private(set) var began: VenueSnapshotBegan
    public private(set) var positions: [VenuePositionReported] = []
    public private(set) var orders: [VenueOrderReported] = []

    public var snapshot: VenueSnapshot {
        VenueSnapshot(began, positions: positions, orders: orders)
    }

    /// The states in which an order is still working; orders in others are skipped.
    private static let open = [
        "new", "accepted", "pending_new", "accepted_for_bidding", "partially_filled", "held",
        "pending_replace", "pending_cancel", "stopped", "suspended", "calculated", "open",
    ]
    private static let closed = [
        "filled", "done_for_day", "canceled", "cancelled", "expired", "replaced", "rejected",
    ]

    /// - Parameter instrument: the ledger's number for a symbol; none for an unknown symbol.
    public init(
        _ text: String, name: String, kind: SnapshotKind,
        instrument: (String) -> InstrumentID
    ) throws {
        var hash = FNV1a()
        hash.add(text.utf8)
        hash.add(kind.rawValue)
        let root = try Self.json(text, of: name)
        guard case .object = root else {
            throw InputError("\(name): not a JSON object with account, positions and orders")
        }
        let reader = FieldReader(name: name)
        let account = try reader.object(root, "account", of: "")
        began = VenueSnapshotBegan(
            kind: kind, snapshot: hash.value,
            cash: try reader.money(account, "cash", of: "account"),
            portfolioValue: try reader.optional(account, "portfolio_value", of: "account")
                ?? reader.optional(account, "equity", of: "account") ?? .zero,
            buyingPower: try reader.optional(account, "buying_power", of: "account") ?? .zero,
            origin: name)
        for (index, node) in try reader.list(root, "positions").enumerated() {
            positions.append(try position(node, "positions[\(index)]", reader, instrument))
        }
        for (index, node) in try reader.list(root, "orders").enumerated() {
            let place = "orders[\(index)]"
            let status = try reader.text(node, "status", of: place).lowercased()
            if Self.closed.contains(status) { continue }
            guard Self.open.contains(status) else {
                throw InputError("\(name): \(place).status '\(status)' is not known")
            }
            orders.append(try order(node, place, reader, instrument))
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
        _ node: JSONValue, _ place: String, _ reader: FieldReader,
        _ instrument: (String) -> InstrumentID
    ) throws -> VenuePositionReported {
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
        return VenuePositionReported(
            instrument: instrument(symbol), snapshot: began.snapshot, quantity: quantity,
            averagePrice: Price(raw: price), symbol: symbol)
    }

    private func order(
        _ node: JSONValue, _ place: String, _ reader: FieldReader,
        _ instrument: (String) -> InstrumentID
    ) throws -> VenueOrderReported {
        let symbol = try reader.text(node, "symbol", of: place)
        let side = try reader.text(node, "side", of: place)
        guard side == "buy" || side == "sell" else {
            throw InputError("\(reader.name): \(place).side '\(side)' is neither buy nor sell")
        }
        let quantity = try reader.money(node, "qty", of: place)
        let filled = try reader.optional(node, "filled_qty", of: place) ?? .zero
        let limit = try reader.optional(node, "limit_price", of: place) ?? .zero
        guard quantity.raw > 0, quantity.raw <= Quantity.limit.raw, filled.raw >= 0,
            filled.raw <= quantity.raw
        else {
            throw InputError(
                "\(reader.name): \(place) has filled \(filled) of \(quantity), which is impossible")
        }
        guard limit.raw >= 0, let price = Int64(exactly: limit.raw) else {
            throw InputError("\(reader.name): \(place).limit_price \(limit) cannot be")
        }
        let client = (try? reader.text(node, "client_order_id", of: place)) ?? ""
        return VenueOrderReported(
            instrument: instrument(symbol), side: side == "buy" ? .buy : .sell,
            snapshot: began.snapshot, quantity: Quantity(raw: quantity.raw),
            filled: Quantity(raw: filled.raw), limitPrice: Price(raw: price),
            intent: ClientOrderID(client)?.intent ?? IntentID(high: 0, low: 0), symbol: symbol,
            venueOrder: try reader.text(node, "id", of: place))
    }

    private func checkTwice(_ name: String) throws {
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
