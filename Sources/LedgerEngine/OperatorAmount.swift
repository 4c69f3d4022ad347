import LedgerDomain

/// An amount as the operator wrote it: the journal keeps `12.50`, not `12.5`. A currency may follow it.
public struct OperatorAmount: Hashable, Sendable {
    public let money: Money
    /// Empty for the account's own.
    public let currency: String
    public let text: String

    /// - Throws: for a text that is not a number above 0 and at most `Money.limit`.
    public init(_ text: String) throws(OperatorCommandError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        // `1 000` is no amount of a currency 000.
        guard words.count <= 2, words.last?.isEmpty == false,
            words.count == 1 || words[1].contains(where: \.isLetter)
        else { throw .notAnAmount(text) }
        guard let money = try? Money(String(words[0])) else { throw .notAnAmount(text) }
        guard money.raw > 0, money <= Money.limit else { throw .amountOutOfRange(text) }
        (self.money, self.text) = (money, text)
        currency = words.count == 2 ? String(words[1]) : ""
    }
}

/// Money of one currency that became money of another.
public struct OperatorConversion: Hashable, Sendable {
    public let sold: OperatorAmount
    public let bought: OperatorAmount
    public var text: String { "\(sold.text) \(bought.text)" }

    /// - Throws: for a text that is not two amounts of two currencies, such as `1000 EUR 1085.20 USD`.
    public init(_ text: String) throws(OperatorCommandError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 4 else { throw .notAConversion(text) }
        sold = try OperatorAmount("\(words[0]) \(words[1])")
        bought = try OperatorAmount("\(words[2]) \(words[3])")
        guard sold.currency != bought.currency else { throw .notAConversion(text) }
    }
}

/// How much one unit of the base currency is worth in the quote currency.
public struct OperatorRate: Hashable, Sendable {
    public let rate: Price
    public let base: String
    public let quote: String
    public var text: String { "\(rate) \(base)/\(quote)" }

    /// - Throws: for a text that is not a number above 0 and two currencies, such as `1.0852 EUR/USD`.
    public init(_ text: String) throws(OperatorCommandError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let pair = words.last?.split(separator: "/", omittingEmptySubsequences: false) ?? []
        guard words.count == 2, pair.count == 2, pair.allSatisfy({ !$0.isEmpty }),
            pair[0] != pair[1], let rate = try? Price(String(words[0])), rate.raw > 0
        else { throw .notARate(text) }
        (self.rate, base, quote) = (rate, String(pair[0]), String(pair[1]))
    }
}
