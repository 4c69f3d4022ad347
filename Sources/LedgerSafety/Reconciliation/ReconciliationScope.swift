import LedgerDomain
import LedgerSettings

/// Which of a venue's positions and orders a comparison is about.
public struct ReconciliationScope: Hashable, Sendable {
    public enum Extent: String, Worded {
        /// Instruments that the journal defines.
        case configured = "configured"
        /// Everything in the account.
        case all = "all"

        public var word: String { rawValue }
    }

    public var extent = ReconciliationKeys.scope.standard
    /// Symbols, and assets without their currency.
    public var ignored = ReconciliationKeys.ignore.standard

    public init() {}

    /// Whether the operator excluded a symbol: by the symbol, or by the asset that it trades against
    /// `currency`.
    public func ignores(_ symbol: String, currency: String) -> Bool {
        ignored.contains { Self.isName($0, of: symbol, currency: currency) }
    }

    /// Whether `name` stands for `symbol`: `BNB` and `BNBUSDT` do for BNBUSDT, `BTC`, `BTCUSD` and
    /// `BTC/USD` for BTC/USD. Upper and lower case are equal.
    public static func isName(_ name: String, of symbol: String, currency: String) -> Bool {
        let (name, symbol) = (plain(name), plain(symbol))
        return name == symbol || (!currency.isEmpty && name + plain(currency) == symbol)
    }

    private static func plain(_ symbol: String) -> String {
        symbol.uppercased().filter { $0 != "/" && $0 != "-" }
    }
}
