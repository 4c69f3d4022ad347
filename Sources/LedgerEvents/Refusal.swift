import LedgerDomain

/// A refusal: the rule, its limit and the value that broke it.
public struct Refusal: Hashable, Sendable {
    public var reason: RejectionReason
    public var limit: Measure
    public var value: Measure

    public init(_ reason: RejectionReason, limit: Measure = .zero, value: Measure = .zero) {
        self.reason = reason
        self.limit = limit
        self.value = value
    }
}
