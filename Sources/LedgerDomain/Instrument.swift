/// A tradable instrument. Prices are multiples of `tick`, quantities of `lot`; the scales are the
/// numbers of decimals to display.
public struct Instrument: Hashable, Sendable {
    public var id: InstrumentID
    public var symbol: String
    public var venue: String
    /// The quote currency, in which prices, fees and profit are counted.
    public var currency: String
    public var kind: InstrumentKind
    public var tick: Price
    public var lot: Quantity
    public var priceScale: UInt8
    public var quantityScale: UInt8

    public init(
        id: InstrumentID, symbol: String, venue: String, currency: String, kind: InstrumentKind,
        tick: Price, lot: Quantity, priceScale: UInt8, quantityScale: UInt8
    ) {
        self.id = id
        self.symbol = symbol
        self.venue = venue
        self.currency = currency
        self.kind = kind
        self.tick = tick
        self.lot = lot
        self.priceScale = priceScale
        self.quantityScale = quantityScale
    }
}

extension Instrument {
    /// The symbol as the venue writes it. Where two venues have instruments of one symbol, the journal's symbol
    /// names the venue too: BTCUSDT of `BTCUSDT@binance`.
    public var venueSymbol: String {
        guard let at = symbol.utf8.lastIndex(of: UInt8(ascii: "@")), at > symbol.startIndex else {
            return symbol
        }
        return String(symbol[..<at])
    }

    /// Whether a text may mean the instrument: its symbol, with or without the venue.
    public func isNamed(_ text: String) -> Bool {
        symbol == text || symbol.utf8.count > text.utf8.count && venueSymbol == text
    }

    /// What the instrument is a claim to: the asset of a pair such as BTC/USD or BTCUSDT, else the symbol.
    public var underlying: String {
        let symbol = venueSymbol
        guard kind == .crypto else { return symbol }
        if let separator = symbol.firstIndex(where: { $0 == "/" || $0 == "-" }) {
            return String(symbol[..<separator])
        }
        guard !currency.isEmpty, symbol.hasSuffix(currency), symbol != currency else {
            return symbol
        }
        return String(symbol.dropLast(currency.count))
    }
}

public struct Account: Hashable, Sendable {
    public var id: AccountID
    public var name: String
    public var kind: AccountKind
    public var currency: String

    public init(id: AccountID, name: String, kind: AccountKind, currency: String) {
        self.id = id
        self.name = name
        self.kind = kind
        self.currency = currency
    }
}
