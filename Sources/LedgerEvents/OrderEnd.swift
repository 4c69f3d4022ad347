import LedgerDomain

/// An order that ends before it fills whole: what `OrderCancelled` and `OrderExpired` have in common.
public protocol OrderEnd: Event, Hashable {
    var instrument: InstrumentID { get }
    var order: OrderID { get }
    var reason: EndReason { get }
    var remaining: Quantity { get }
    init(instrument: InstrumentID, order: OrderID, reason: EndReason, remaining: Quantity)
}
