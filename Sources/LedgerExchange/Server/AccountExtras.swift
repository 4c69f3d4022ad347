import LedgerReading
import LedgerVenues

/// What the account has that the exchange's own ledger does not, in the venue's own words: assets that
/// nobody bought here, orders of another kind, activities. An account at a real venue has them.
///
/// ```json
/// {"account": {"buying_power": "0.1234567890123"},
///  "positions": [{"symbol": "XYZ", "qty": "5", …}], "orders": […], "balances": […],
///  "activities": [{"activity_type": "DIV", …}]}
/// ```
public struct AccountExtras: Sendable {
    /// The lists of the venues' answers to which entries can be added.
    public enum List: String, Sendable, CaseIterable {
        case positions
        case orders
        case balances
        case activities
    }

    private var lists: [(list: List, entries: [WireValue])] = []
    /// Fields of the account that replace the exchange's own.
    public private(set) var fields: [WireValue.Member] = []

    public init() {}

    /// - Throws: `InputError` for a name that is none of the lists, and for what is no list.
    public init(_ value: WireValue) throws {
        guard case .object(let members) = value else { throw InputError("not a JSON object") }
        for member in members {
            if member.name == "account" {
                fields = member.value.members
                continue
            }
            guard let list = List(rawValue: member.name), case .array(let entries) = member.value
            else {
                let names = List.allCases.map(\.rawValue).joined(separator: ", ")
                throw InputError("'\(member.name)' is not account or a list of \(names)")
            }
            lists.append((list, entries))
        }
    }

    public subscript(list: List) -> [WireValue] {
        lists.filter { $0.list == list }.flatMap(\.entries)
    }
}
