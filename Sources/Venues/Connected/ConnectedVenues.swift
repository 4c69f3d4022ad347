import AlpacaExchange
import AlpacaTransport
import BinanceExchange
import BinanceTransport
import LedgerExchange
import LedgerTransport

/// The network halves of the venues. A test holds this list to `KnownVenues`.
public enum ConnectedVenues {
    public static let all: [VenueConnection] = [.alpaca, .binance]

    /// What the local exchange speaks.
    public static let dialects: [any ExchangeDialect] = [AlpacaDialect(), BinanceDialect()]

    public static func named(_ name: String) -> VenueConnection? { all.first { $0.name == name } }
}
