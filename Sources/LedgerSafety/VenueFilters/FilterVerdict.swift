import LedgerEvents

/// What a venue's filters make of an order.
public enum FilterVerdict: Hashable, Sendable {
    case pass
    /// The same order in a form that the venue takes, and which filter changed what: the filter's limit
    /// and what was asked for.
    case adjusted(OrderIntended, [Refusal])
    /// No form of it that is as safe would be taken.
    case refused(Refusal)
}
