import LedgerDomain
import LedgerConfiguration
import LedgerExchange

/// Alpaca's trading and data API.
public struct AlpacaDialect: ExchangeDialect {
    public let name = "alpaca"
    public let symbols = "AAPL=190,SPY=500,BTC/USD=60000"
    public let listing = "NASDAQ"
    public let lot = Quantity(raw: 1)

    public init() {}

    public func currency(_ configuration: Configuration) -> String { "USD" }

    public func kind(of symbol: String) -> InstrumentKind {
        symbol.contains("/") ? .crypto : .equity
    }

    public func claims(_ symbol: String, currency: String) -> Bool? { nil }

    public func streams(at socket: String) -> [(name: String, address: String)] {
        [
            ("orders", "\(socket)/stream"), ("data", "\(socket)/v2/iex"),
            ("crypto", "\(socket)/v1beta3/crypto/us"),
        ]
    }

    public func venue(
        _ ledger: ExchangeLedger, _ options: ExchangeOptions, _ faults: Misbehaviour
    ) -> any Venue {
        AlpacaVenue(ledger, options, faults)
    }
}
