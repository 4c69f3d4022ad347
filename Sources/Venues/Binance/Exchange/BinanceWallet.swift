import LedgerDomain
import LedgerEvents
import LedgerExchange
import LedgerVenues

/// The wallet: deposits, withdrawals and distributions that a test makes, told by `sapi` and on the user
/// stream.
extension BinanceVenue {
    /// `{"type": "deposit", "asset": "USDT", "amount": "100"}`; also `withdrawal` and `distribution`.
    func move(_ terms: WireValue) throws {
        let (type, asset) = (terms["type"]?.string ?? "", terms["asset"]?.string ?? "")
        let amount = try Quantity(terms["amount"]?.string ?? "")
        let signs: [String: Int128] = ["deposit": 1, "distribution": 1, "withdrawal": -1]
        guard let sign = signs[type], amount.raw > 0 else {
            throw BinanceError(
                -1100, "a movement has a type of \(signs.keys.sorted()) and an amount")
        }
        let instrument = ledger.instruments.first { $0.symbol == asset + ledger.currency }
        guard asset == ledger.currency || instrument != nil else {
            throw BinanceError(-1100, "the account has no asset '\(asset)'")
        }
        let moved = Quantity(raw: sign * amount.raw)
        try ledger.move(type, of: asset, instrument?.id ?? .none, moved)
        let now = now.milliseconds
        say([
            "e": "balanceUpdate", "E": .integer(now), "a": .text(asset),
            "d": .eight(moved), "T": .integer(now),
        ])
    }

    /// - Parameter path: after `sapi/v1/`.
    func wallet(_ path: String, _ parameters: Parameters) throws(BinanceError) -> WireValue {
        let start = Int64(parameters["startTime"] ?? "") ?? .min
        let moved = ledger.book.movements.filter { $0.time.milliseconds >= start }
        switch path {
        case "capital/deposit/hisrec":
            return .array(
                moved.filter { $0.type == "deposit" }.map {
                    [
                        "id": .text($0.sequence.description), "amount": .text($0.quantity),
                        "coin": .text($0.asset), "network": .text($0.asset), "status": 1,
                        "insertTime": .integer($0.time.milliseconds), "walletType": 0,
                    ]
                })
        case "capital/withdraw/history":
            return .array(
                moved.filter { $0.type == "withdrawal" }.map {
                    [
                        "id": .text($0.sequence.description),
                        "amount": .text($0.quantity.magnitude),
                        "transactionFee": "0", "coin": .text($0.asset), "status": 6,
                        "applyTime": .text(
                            String($0.time.description.prefix(19)).replacing("T", with: " ")),
                    ]
                })
        case "asset/assetDividend":
            let rows = moved.filter { $0.type == "distribution" }.map { entry -> WireValue in
                [
                    "id": .integer(Int64(entry.sequence.number)), "amount": .text(entry.quantity),
                    "asset": .text(entry.asset), "divTime": .integer(entry.time.milliseconds),
                    "enInfo": "distribution", "direction": 1,
                ]
            }
            return ["rows": .array(rows), "total": .integer(Int64(rows.count))]
        case "asset/dribblet": return ["total": 0, "userAssetDribblets": []]
        default: throw BinanceError(-1000, "This exchange has no such endpoint.", status: 404)
        }
    }
}
