import LedgerDomain
import LedgerVenues

/// The fees that Binance charges, from its own answers.
public enum BinanceFees {
    /// Reads Binance's answers to `account/commission` (rates of one symbol), `tradeFee` (a list)
    /// or `account` (`commissionRates`, for all symbols).
    ///
    /// A rate is a share of the notional. Standard, special and tax commission are added, and to
    /// each of them the higher of the buyer's and the seller's. Discounts are ignored, because they
    /// depend on the asset in which fees are paid. The result is rounded up to a thousandth of a
    /// basis point.
    public static func read(_ bytes: [UInt8]) throws(JSONFault) -> [VenueFee] {
        var json = try JSONReader(bytes, limit: 16 << 20)
        var fees: [VenueFee] = []
        if try json.kind() == .array {
            try json.beginArray()
            while try json.nextElement() {
                if let fee = try fee(&json) { fees.append(fee) }
            }
        } else if let fee = try fee(&json) {
            fees.append(fee)
        }
        try json.finish()
        guard !fees.isEmpty else { throw JSONFault(.missing, at: json.position) }
        return fees
    }

    private static func fee(_ json: inout JSONReader) throws(JSONFault) -> VenueFee? {
        var symbol = ""
        var (maker, taker): (Int128, Int128) = (0, 0)
        var isFound = false
        try json.beginObject()
        while try json.nextField() {
            if json.isField("symbol") {
                symbol = try json.string()
            } else if json.isField("standardCommission") || json.isField("specialCommission")
                || json.isField("taxCommission") || json.isField("commissionRates")
            {
                let rates = try rates(&json)
                maker += rates.maker
                taker += rates.taker
                isFound = true
            } else if json.isField("makerCommission"), try json.kind() == .string {
                maker += try rate(&json)
                isFound = true
            } else if json.isField("takerCommission"), try json.kind() == .string {
                taker += try rate(&json)
            } else {
                try json.skip()
            }
        }
        guard isFound else { return nil }
        return VenueFee(symbol: symbol, maker: points(maker), taker: points(taker))
    }

    private static func rates(
        _ json: inout JSONReader
    ) throws(JSONFault) -> (maker: Int128, taker: Int128) {
        var (maker, taker, buyer, seller): (Int128, Int128, Int128, Int128) = (0, 0, 0, 0)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("maker") {
                maker = try rate(&json)
            } else if json.isField("taker") {
                taker = try rate(&json)
            } else if json.isField("buyer") {
                buyer = try rate(&json)
            } else if json.isField("seller") {
                seller = try rate(&json)
            } else {
                try json.skip()
            }
        }
        return (maker + max(buyer, seller), taker + max(buyer, seller))
    }

    /// A share in units of 10^-9, at most 1.
    private static func rate(_ json: inout JSONReader) throws(JSONFault) -> Int128 {
        let rate = try json.decimal()
        guard rate.magnitude <= FixedPoint.one.magnitude else {
            throw JSONFault(.outOfRange, at: json.position)
        }
        return rate
    }

    /// A share in units of 10^-9 is 10^7 thousandths of a basis point.
    private static func points(_ share: Int128) -> BasisPoints {
        let (quotient, rest) = share.quotientAndRemainder(dividingBy: 100)
        return BasisPoints(raw: Int64(clamping: rest > 0 ? quotient + 1 : quotient))
    }
}
