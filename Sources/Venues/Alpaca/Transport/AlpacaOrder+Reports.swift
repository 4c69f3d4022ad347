import AlpacaWire
import LedgerTransport
import LedgerVenues

extension AlpacaOrder: OrderAnswer {
    /// None of an order that may still come to nothing.
    public var reports: [GatewayReport] { isUndecided ? [] : [.order(order)] }
}
