import LedgerEvents

/// The verdict of a venue's filters on an order.
public enum FilterVerdict: Hashable, Sendable {
    case pass
    /// The order in a form that the venue accepts, and which filter changed what: the filter's
    /// limit and the requested value.
    case adjusted(OrderIntended, [Refusal])
    /// No equally safe form of the order would be accepted.
    case refused(Refusal)
}
