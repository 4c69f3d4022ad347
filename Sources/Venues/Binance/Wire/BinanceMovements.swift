import LedgerDomain
import LedgerEvents
import LedgerVenues

/// What changed the account outside of orders: deposits, withdrawals, distributions, and small balances
/// that were converted to BNB. The wallet's API tells them, which Binance's test net does not have.
public enum BinanceMovements: CaseIterable, Sendable {
    case deposits
    case withdrawals
    case distributions
    case conversions

    /// At most 1000 entries, 500 of distributions.
    public func request(since: Timestamp) -> WireRequest {
        var query = WireQuery()
        query.add("startTime", WireTime.milliseconds(since))
        let (path, limit, weight): (String, Int64?, Int) =
            switch self {
            case .deposits: ("/sapi/v1/capital/deposit/hisrec", 1000, 1)
            case .withdrawals: ("/sapi/v1/capital/withdraw/history", 1000, 18)
            case .distributions: ("/sapi/v1/asset/assetDividend", 500, 10)
            case .conversions: ("/sapi/v1/asset/dribblet", nil, 1)
            }
        if let limit { query.add("limit", limit) }
        var request = WireRequest(.get, path, query: query, security: .signed, weight: weight)
        request.isOptional = true
        return request
    }

    /// - Parameter cash: the asset that is the account's cash; what it is exchanged for is a pair with it.
    public func read(
        _ body: [UInt8], cash: String
    ) throws(JSONFault) -> VenueList<[VenueActivity]> {
        let tree = try JSONValue(body)
        let entries: [JSONValue]?
        switch self {
        case .deposits, .withdrawals: entries = tree.array
        case .distributions: entries = tree["rows"]?.array
        case .conversions:
            entries = tree["userAssetDribblets"]?.array?.flatMap {
                $0["userAssetDribbletDetails"]?.array ?? []
            }
        }
        guard let entries else { throw JSONFault(.missing, at: 0) }
        var list = VenueList<[VenueActivity]>()
        for entry in entries {
            do throws(JSONFault) {
                list.elements.append(try activities(entry, cash))
            } catch {
                list.fault = list.fault ?? error
                list.unread.append(VenueUnread(.activity, entry, "\(error)"))
            }
        }
        return list
    }

    private func activities(
        _ entry: JSONValue, _ cash: String
    ) throws(JSONFault) -> [VenueActivity] {
        switch self {
        case .deposits:
            // Credited, and whether or not it can be withdrawn yet.
            guard let status = entry["status"]?.integer else { throw JSONFault(.missing, at: 0) }
            guard status == 1 || status == 6 else { return [] }
            return [
                try Self.activity(
                    entry, "deposit", .transfer, asset: "coin", amount: "amount", sign: 1,
                    Self.time(entry["insertTime"]), cash: cash)
            ]
        case .withdrawals: return try withdrawal(entry, cash)
        case .distributions:
            let sign: Int128 = entry["direction"]?.integer == -1 ? -1 : 1
            return [
                try Self.activity(
                    entry, "distribution", .other, asset: "asset", amount: "amount", sign: sign,
                    Self.time(entry["divTime"]), cash: cash)
            ]
        case .conversions:
            let time = Self.time(entry["operateTime"])
            var into = try Self.activity(
                entry, "conversion", .other, asset: "targetAsset", amount: "transferedAmount",
                sign: 1, time, cash: cash, fallback: "BNB")
            into.id += "-into"
            return [
                try Self.activity(
                    entry, "conversion", .other, asset: "fromAsset", amount: "amount", sign: -1,
                    time, cash: cash),
                into,
            ]
        }
    }

    /// Its fee is charged beside its amount. It counts once the venue processes it.
    private func withdrawal(
        _ entry: JSONValue, _ cash: String
    ) throws(JSONFault) -> [VenueActivity] {
        guard let status = entry["status"]?.integer else { throw JSONFault(.missing, at: 0) }
        guard status == 4 || status == 6 else { return [] }
        let time = Self.time(entry["applyTime"])
        var found = [
            try Self.activity(
                entry, "withdrawal", .transfer, asset: "coin", amount: "amount", sign: -1, time,
                cash: cash)
        ]
        guard let fee = entry["transactionFee"]?.decimal, fee > 0 else { return found }
        var charged = try Self.activity(
            entry, "withdrawalFee", .fee, asset: "coin", amount: "transactionFee", sign: -1, time,
            cash: cash)
        charged.id += "-fee"
        found.append(charged)
        return found
    }

    private static func activity(
        _ entry: JSONValue, _ type: String, _ kind: ActivityKind, asset: String,
        amount: String, sign: Int128, _ time: Timestamp?, cash: String, fallback: String = ""
    ) throws(JSONFault) -> VenueActivity {
        let coin = entry[asset]?.string ?? fallback
        guard let id = text(entry["id"] ?? entry["transId"] ?? entry["tranId"]), let time,
            !coin.isEmpty, let size = entry[amount]?.decimal, size > 0,
            size <= Money.limit.raw
        else { throw JSONFault(.missing, at: 0) }
        var activity = VenueActivity(
            id: "\(type) \(id)", kind: kind, type: type, occurred: time)
        if coin == cash {
            activity.amount = Money(raw: sign * size)
        } else {
            activity.symbol = coin + cash
            activity.quantity = Quantity(raw: sign * size)
        }
        activity.detail = "\(coin) \(entry["enInfo"]?.string ?? entry["network"]?.string ?? "")"
        return activity
    }

    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text)?, .number(let text)?: text.isEmpty ? nil : String(text.prefix(80))
        default: nil
        }
    }

    /// Milliseconds, or `2026-01-02 03:04:05` in UTC.
    private static func time(_ value: JSONValue?) -> Timestamp? {
        guard let value else { return nil }
        if let number = value.integer {
            let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: 1_000_000)
            return overflow || nanoseconds <= 0 ? nil : Timestamp(nanoseconds: nanoseconds)
        }
        guard let text = value.string, text.utf8.count == 19 else { return nil }
        return Timestamp(text.replacing(" ", with: "T") + "Z")
    }
}
