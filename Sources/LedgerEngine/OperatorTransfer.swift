import LedgerDomain

/// Money that goes to another account of the journal.
public struct OperatorTransfer: Hashable, Sendable {
    public let amount: OperatorAmount
    /// The name of the account that receives it.
    public let to: String
    public var text: String { "\(amount.text) to \(to)" }

    /// - Throws: for a text that is not an amount, perhaps with a currency, and an account, such as
    ///   `1000 EUR to paper`.
    public init(_ text: String) throws(OperatorCommandError) {
        guard let (what, to) = text.aroundTo else { throw .notATransfer(text) }
        (amount, self.to) = (try OperatorAmount(what), to)
    }
}

/// Units of a position that go to another account of the journal, with what they cost.
public struct OperatorPositionTransfer: Hashable, Sendable {
    /// Above 0, also for a position that was sold short.
    public let quantity: Quantity
    public let symbol: String
    /// Empty for the only strategy that holds the symbol.
    public let strategy: String
    /// The name of the account that receives them.
    public let to: String

    public var text: String {
        "\(quantity) \(symbol)" + (strategy.isEmpty ? "" : " of \(strategy)") + " to \(to)"
    }

    /// - Throws: for a text that is not a quantity, a symbol, perhaps a strategy, and an account, such as
    ///   `10 AAPL to paper` or `10 AAPL of sma to paper`.
    public init(_ text: String) throws(OperatorCommandError) {
        guard let (what, to) = text.aroundTo else { throw .notAPositionTransfer(text) }
        let words = what.split(
            separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 2 || words.count == 4 && words[2] == "of" && !words[3].isEmpty,
            !words[1].isEmpty, let quantity = try? Quantity(String(words[0])), quantity.raw > 0,
            quantity <= Quantity.limit
        else { throw .notAPositionTransfer(text) }
        (self.quantity, symbol, self.to) = (quantity, String(words[1]), to)
        strategy = words.count == 4 ? String(words[3]) : ""
    }
}

extension String {
    /// What stands before and after the first ` to `; nil where either is empty.
    fileprivate var aroundTo: (before: String, after: String)? {
        let words = split(separator: " ", omittingEmptySubsequences: false)
        guard let place = words.firstIndex(of: "to") else { return nil }
        let before = words[..<place].joined(separator: " ")
        let after = words[(place + 1)...].joined(separator: " ")
        return before.isEmpty || after.isEmpty ? nil : (before, after)
    }
}
