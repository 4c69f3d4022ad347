import BinanceWire
import LedgerTransport
import LedgerVenues

extension KeyPermissions {
    /// Binance's answer to `GET /sapi/v1/account/apiRestrictions`.
    public init(binance body: [UInt8]) throws(JSONFault) {
        self.init()
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

    static let binanceRequest = WireRequest(
        .get, "/sapi/v1/account/apiRestrictions", security: .signed)
}
