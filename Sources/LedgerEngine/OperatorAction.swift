import LedgerDomain

/// A dividend as an operator words it: `dividend AAPL perUnit=0.24 payable=2024-02-15T00:00:00Z`. The ex-date
/// is the time of the command.
public struct OperatorAction: Hashable, Sendable {
    public let symbol: String
    public let perUnit: Price
    /// The pay date; nil for a dividend that is cash at once.
    public let payable: Timestamp?

    private static let dividend = "dividend"

    public init(symbol: String, perUnit: Price, payable: Timestamp?) {
        (self.symbol, self.perUnit, self.payable) = (symbol, perUnit, payable)
    }

    /// - Throws: for any other text.
    public init(_ text: String) throws(OperatorCommandError) {
        let words = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard (3...4).contains(words.count), words[0] == Self.dividend, !words[1].isEmpty else {
            throw .notAnAction(text)
        }
        var (perUnit, payable): (Price?, Timestamp?)
        for word in words.dropFirst(2) {
            let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2 else { throw .notAnAction(text) }
            switch pair[0] {
            case "perUnit" where perUnit == nil: perUnit = try? Price(pair[1])
            case "payable" where payable == nil: payable = Timestamp(pair[1])
            default: throw .notAnAction(text)
            }
        }
        guard let perUnit, perUnit.raw > 0, words.count == 3 || payable != nil else {
            throw .notAnAction(text)
        }
        self.init(symbol: words[1], perUnit: perUnit, payable: payable)
        guard self.text == text else { throw .notAnAction(text) }
    }

    public var text: String {
        "\(Self.dividend) \(symbol) perUnit=\(perUnit)"
            + (payable.map { " payable=\($0)" } ?? "")
    }
}

/// The correction of a dividend that one position booked, with what was booked:
/// `1234 AAPL quantity=100 booked=0.24 perUnit=0.25 payable=2024-02-15T00:00:00Z strategy=sma`.
public struct OperatorCorrection: Hashable, Sendable {
    /// The event that booked it.
    public let corrected: UInt64
    public let symbol: String
    public let quantity: Quantity
    public let booked: Price
    public let perUnit: Price
    /// The pay date of what is not paid yet; nil for cash.
    public let payable: Timestamp?
    /// Empty for a position without one.
    public let strategy: String

    public init(
        corrected: UInt64, symbol: String, quantity: Quantity, booked: Price, perUnit: Price,
        payable: Timestamp?, strategy: String
    ) {
        (self.corrected, self.symbol, self.quantity) = (corrected, symbol, quantity)
        (self.booked, self.perUnit, self.payable) = (booked, perUnit, payable)
        self.strategy = strategy
    }

    /// - Throws: for any other text.
    public init(_ text: String) throws(OperatorCommandError) {
        // The name of a strategy may contain spaces, so it is last.
        let parts = text.split(
            separator: " strategy=", maxSplits: 1, omittingEmptySubsequences: false)
        let words = parts[0].split(separator: " ", omittingEmptySubsequences: false).map(
            String.init)
        guard parts.count == 2, (5...6).contains(words.count), let corrected = UInt64(words[0]),
            let quantity = try? Quantity(Self.value(words[2], of: "quantity") ?? ""),
            let booked = try? Price(Self.value(words[3], of: "booked") ?? ""),
            let perUnit = try? Price(Self.value(words[4], of: "perUnit") ?? ""), perUnit.raw >= 0
        else { throw .notACorrection(text) }
        let payable =
            words.count == 6 ? Self.value(words[5], of: "payable").flatMap(Timestamp.init) : nil
        self.init(
            corrected: corrected, symbol: words[1], quantity: quantity, booked: booked,
            perUnit: perUnit, payable: payable, strategy: String(parts[1]))
        guard self.text == text else { throw .notACorrection(text) }
    }

    private static func value(_ word: String, of key: String) -> String? {
        word.hasPrefix(key + "=") ? String(word.dropFirst(key.count + 1)) : nil
    }

    public var text: String {
        "\(corrected) \(symbol) quantity=\(quantity) booked=\(booked) perUnit=\(perUnit)"
            + (payable.map { " payable=\($0)" } ?? "") + " strategy=\(strategy)"
    }
}
