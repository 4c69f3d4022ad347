import LedgerDomain

/// An amount as the operator wrote it: the journal keeps `12.50`, not `12.5`.
public struct OperatorAmount: Hashable, Sendable {
    public let money: Money
    public let text: String

    /// - Throws: for a text that is not a number above 0 and at most `Money.limit`.
    public init(_ text: String) throws(OperatorCommandError) {
        guard let money = try? Money(text) else { throw .notAnAmount(text) }
        guard money.raw > 0, money <= Money.limit else { throw .amountOutOfRange(text) }
        (self.money, self.text) = (money, text)
    }
}
