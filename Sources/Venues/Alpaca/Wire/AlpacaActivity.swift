import LedgerDomain
import LedgerEvents
import LedgerVenues

/// An entry of the account's history that is no fill.
public struct AlpacaActivity: Hashable, Sendable {
    public var activity: VenueActivity

    /// - Throws: `missing` without an id, a type or a day; `badTime` for a day that is none.
    public init(_ json: inout JSONReader) throws(JSONFault) {
        activity = VenueActivity(id: "", kind: .other, type: "", occurred: .zero)
        var (date, status) = ("", "")
        var (units, rate) = (Quantity.zero, Price.zero)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("id") {
                activity.id = try json.name()
            } else if json.isField("activity_type") {
                activity.type = try json.name()
            } else if json.isField("symbol") {
                activity.symbol = try json.nameOrNull()
            } else if json.isField("net_amount") {
                activity.amount = try json.moneyOrNull()
            } else if json.isField("qty") {
                units = try json.null() ? .zero : try json.signedQuantity()
            } else if json.isField("price") {
                activity.price = max(.zero, try json.displayedPrice())
            } else if json.isField("per_share_amount") {
                rate = max(.zero, try json.displayedPrice())
            } else if json.isField("date") {
                date = try json.stringOrNull()
            } else if json.isField("status") {
                status = try json.stringOrNull()
            } else if json.isField("description") {
                activity.detail = try json.wordsOrNull()
            } else {
                try json.skip()
            }
        }
        guard !activity.id.isEmpty, !activity.type.isEmpty else {
            throw JSONFault(.missing, at: json.position)
        }
        activity.kind = Self.kind(of: activity.type)
        // A dividend's quantity is what earned it.
        if activity.kind == .dividend { activity.price = rate } else { activity.quantity = units }
        guard let occurred = Self.time(of: date, activity.id) else {
            throw JSONFault(.badTime, at: json.position)
        }
        activity.occurred = occurred
        activity.isCancelled = status == "canceled"
    }

    /// Types are added now and then; one that nobody knows is booked by its amount and its units.
    static func kind(of type: String) -> ActivityKind {
        switch type {
        case "FEE", "CFEE", "PTC", "PTR", "DIVFEE": .fee
        case "CSD", "CSW", "JNL", "JNLC", "JNLS", "TRANS", "ACATC", "ACATS": .transfer
        case "SPLIT", "SSP", "SSO": .split
        default: type.hasPrefix("DIV") ? .dividend : type.hasPrefix("INT") ? .interest : .other
        }
    }

    /// The id begins with the time to the millisecond; an entry of a whole day has midnight there.
    private static func time(of date: String, _ id: String) -> Timestamp? {
        let digits = id.utf8.prefix(17).filter { (48...57).contains($0) }.map { Int($0 - 48) }
        if digits.count == 17 {
            func number(_ from: Int, count: Int) -> Int {
                digits[from..<from + count].reduce(0) { $0 * 10 + $1 }
            }
            func two(_ from: Int) -> String { "\(digits[from])\(digits[from + 1])" }
            let day = "\(digits[0])\(digits[1])\(digits[2])\(digits[3])-\(two(4))-\(two(6))"
            let text = "\(day)T\(two(8)):\(two(10)):\(two(12))Z"
            if let time = Timestamp(text) {
                return time.advanced(by: .milliseconds(Int64(number(14, count: 3))))
            }
        }
        return Timestamp("\(date)T00:00:00Z")
    }
}
