import LedgerTransport
import LedgerVenues

extension KeyPermissions {
    /// Alpaca's answer to `GET /v2/account`; its trading API cannot withdraw money.
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
        self.init(canWithdraw: false, canTrade: isActive && !isBlocked)
    }
}
