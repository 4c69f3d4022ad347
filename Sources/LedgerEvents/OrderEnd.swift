import LedgerDomain

/// An order that ends before it is fully filled: common to `OrderCancelled` and `OrderExpired`.
public protocol OrderEnd: Event, Hashable {
    var instrument: InstrumentID { get }
    var order: OrderID { get }
    var reason: EndReason { get }
    var remaining: Quantity { get }
    init(instrument: InstrumentID, order: OrderID, reason: EndReason, remaining: Quantity)
}
