import LedgerDomain
import LedgerConfiguration
import LedgerSettings
import LedgerVenues

/// A venue's API as the local exchange speaks it. A venue that has one declares it in its own folder.
public protocol ExchangeDialect: Sendable {
    /// The venue's name, which the account of the exchange's own ledger bears too.
    var name: String { get }
    /// What the random walks are when the settings name none, as SYMBOL=PRICE,…
    var symbols: String { get }
    /// Where instruments are listed.
    var listing: String { get }
    /// The smallest quantity of an instrument that nothing else describes.
    var lot: Quantity { get }

    func currency(_ configuration: Configuration) -> String
    func kind(of symbol: String) -> InstrumentKind
    /// Of several dialects each lists its own symbols: true for a symbol that is this one's, false for
    /// another's, nil for one that it lists unless another claims it.
    func claims(_ symbol: String, currency: String) -> Bool?
    /// The setting whose files describe instruments; nil where none does.
    var listedSetting: SettingKey<[String]>? { get }
    /// What files of the settings say of instruments.
    func listed(_ options: ExchangeOptions) throws -> [ListedSymbol]
    /// What is served besides requests, in the order in which it is printed.
    func streams(at socket: String) -> [(name: String, address: String)]
    /// How a recorded stream of the venue is played; nil when it cannot be.
    var recordings: (any ExchangeRecordings)? { get }

    func venue(
        _ ledger: ExchangeLedger, _ options: ExchangeOptions, _ faults: Misbehaviour
    ) throws -> any Venue
}

extension ExchangeDialect {
    public var listedSetting: SettingKey<[String]>? { nil }
    public func listed(_ options: ExchangeOptions) throws -> [ListedSymbol] { [] }
    public var recordings: (any ExchangeRecordings)? { nil }
}

/// What a file says of one instrument.
public struct ListedSymbol: Hashable, Sendable {
    public var symbol: String
    public var currency: String
    public var tick: Price
    public var lot: Quantity

    public init(symbol: String, currency: String, tick: Price, lot: Quantity) {
        (self.symbol, self.currency, self.tick, self.lot) = (symbol, currency, tick, lot)
    }
}

/// Recorded streams of one venue.
public protocol ExchangeRecordings: Sendable {
    /// The symbols that the recording begins with.
    func symbols(_ path: String) throws -> [String]
    func feed(_ path: String, _ instruments: [Instrument]) throws -> any MarketFeed
}
