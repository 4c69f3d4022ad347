import LedgerDomain
import LedgerEvents

/// What a venue says of one instrument: how it is called and how it may be traded.
public struct VenueInstrument: Hashable, Sendable {
    public var symbol: String
    /// What is bought, and what it is paid in.
    public var base: String
    public var quote: String
    public var kind: InstrumentKind
    public var isTradable = true
    public var isShortable = false
    /// Without an instrument's number, which the journal gives.
    public var filters = VenueFiltersLoaded(instrument: .none, origin: "")

    public init(symbol: String, base: String, quote: String, kind: InstrumentKind) {
        (self.symbol, self.base, self.quote, self.kind) = (symbol, base, quote, kind)
    }
}
