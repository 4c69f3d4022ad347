import LedgerDomain

/// What a refusal names: the rule, its limit and the value that broke it.
public struct Refusal: Hashable, Sendable {
    public var reason: RejectionReason
    public var limit: Money
    public var value: Money

    public init(_ reason: RejectionReason, limit: Money = .zero, value: Money = .zero) {
        self.reason = reason
        self.limit = limit
        self.value = value
    }
}
