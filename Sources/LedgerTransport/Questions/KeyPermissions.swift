import LedgerVenues

/// What a venue says that a key may do (X06); nil where it does not say.
public struct KeyPermissions: Hashable, Sendable {
    public var canWithdraw: Bool?
    public var canTrade: Bool?
    /// Whether the key is bound to addresses.
    public var isBound: Bool?

    /// Binance's answer to `GET /sapi/v1/account/apiRestrictions`.
    public init(binance body: [UInt8]) throws(JSONFault) {
        var json = JSONReader(body)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("enableWithdrawals") {
                canWithdraw = try json.bool()
            } else if json.isField("enableSpotAndMarginTrading") {
                canTrade = try json.bool()
            } else if json.isField("ipRestrict") {
                isBound = try json.bool()
            } else {
                try json.skip()
            }
        }
        try json.finish()
    }

    /// Alpaca's answer to `GET /v2/account`; its trading API moves no money out.
    public init(alpaca body: [UInt8]) throws(JSONFault) {
        var json = JSONReader(body)
        var (isActive, isBlocked) = (false, false)
        try json.beginObject()
        while try json.nextField() {
            if json.isField("status") {
                isActive = try json.string() == "ACTIVE"
            } else if json.isField("trading_blocked") || json.isField("account_blocked")
                || json.isField("trade_suspended_by_user")
            {
                if try json.bool() { isBlocked = true }
            } else {
                try json.skip()
            }
        }
        try json.finish()
        (canWithdraw, canTrade) = (false, isActive && !isBlocked)
    }

    public static let binanceRequest = WireRequest(
        .get, "/sapi/v1/account/apiRestrictions", security: .signed)
}
