import LedgerDomain
import LedgerConfiguration
import LedgerSettings
import LedgerVenues

/// A venue's API as the local exchange serves it. Each venue that has one declares it in its own
/// folder.
public protocol ExchangeDialect: Sendable {
    /// The venue's name, which is also the name of the account in the exchange's ledger.
    var name: String { get }
    /// The default random walks, as SYMBOL=PRICE,…
    var symbols: String { get }
    /// Where instruments are listed.
    var listing: String { get }
    /// The smallest quantity of an instrument that nothing else describes.
    var lot: Quantity { get }

    func currency(_ configuration: Configuration) -> String
    func kind(of symbol: String) -> InstrumentKind
    /// Decides between dialects: true if the symbol belongs to this one, false if it belongs to
    /// another, nil if it is listed here unless another claims it.
    func claims(_ symbol: String, currency: String) -> Bool?
    /// The setting whose files describe instruments; nil if there is none.
    var listedSetting: SettingKey<[String]>? { get }
    /// What the files of the settings say about instruments.
    func listed(_ options: ExchangeOptions) throws -> [ListedSymbol]
    /// What is served besides requests, in the order in which it is printed.
    func streams(at socket: String) -> [(name: String, address: String)]
    /// How to play a recorded stream of the venue; nil if that is not possible.
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

/// What a file says about one instrument.
public struct ListedSymbol: Hashable, Sendable {
    public var symbol: String
    public var currency: String
    public var tick: Price
    public var lot: Quantity

    public init(symbol: String, currency: String, tick: Price, lot: Quantity) {
        (self.symbol, self.currency, self.tick, self.lot) = (symbol, currency, tick, lot)
    }
}

/// The recorded streams of one venue.
public protocol ExchangeRecordings: Sendable {
    /// The symbols at the start of the recording.
    func symbols(_ path: String) throws -> [String]
    func feed(_ path: String, _ instruments: [Instrument]) throws -> any MarketFeed
}
