import AlpacaWire
import LedgerTransport
import LedgerVenues

extension AlpacaOrder: OrderAnswer {
    /// Empty for an order that may still fail.
    public var reports: [GatewayReport] { isUndecided ? [] : [.order(order)] }
}
