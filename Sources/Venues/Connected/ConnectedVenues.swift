import AlpacaExchange
import AlpacaTransport
import BinanceExchange
import BinanceTransport
import LedgerExchange
import LedgerTransport

/// The network halves of the venues. A test compares this list with `KnownVenues`.
public enum ConnectedVenues {
    public static let all: [VenueConnection] = [.alpaca, .binance]

    /// The dialects of the local exchange.
    public static let dialects: [any ExchangeDialect] = [AlpacaDialect(), BinanceDialect()]

    public static func named(_ name: String) -> VenueConnection? { all.first { $0.name == name } }
}
