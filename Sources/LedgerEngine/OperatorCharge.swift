import LedgerDomain

/// What holding cost or earned: an amount, perhaps of an instrument.
public struct OperatorCharge: Hashable, Sendable {
    public let amount: OperatorAmount
    /// Empty for none.
    public let symbol: String
    /// Whether the account received it.
    public let isReceived: Bool

    public var text: String {
        amount.text + (symbol.isEmpty ? "" : " of \(symbol)") + (isReceived ? " received" : "")
    }

    /// - Throws: for a text that is not an amount, perhaps with a currency, an instrument and `received`, such
    ///   as `12.50 EUR of SAP received`.
    public init(_ text: String) throws(OperatorCommandError) {
        var words = text.split(separator: " ", omittingEmptySubsequences: false)
        isReceived = words.count > 1 && words.last == "received"
        if isReceived { words.removeLast() }
        if words.count > 2, words[words.count - 2] == "of" {
            symbol = String(words[words.count - 1])
            words.removeLast(2)
            guard !symbol.isEmpty else { throw .notACharge(text) }
        } else {
            symbol = ""
        }
        guard words.count <= 2 else { throw .notACharge(text) }
        amount = try OperatorAmount(words.joined(separator: " "))
    }
}
