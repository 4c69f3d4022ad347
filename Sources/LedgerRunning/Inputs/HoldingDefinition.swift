import LedgerConfiguration
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerSettings
import LedgerVenues

/// Defines instruments for holdings of the account that the journal does not know, so that they can
/// be adopted: from the venue's catalogues, or from what the venue says of the holding.
struct HoldingDefinition {
    private let catalogues: [VenueCatalogue]
    private let currency: String
    private let venue: String
    private var next: UInt32

    /// - Throws: `InputError` if a file that `venue.filters` names cannot be read.
    init(_ engine: AccountEngine) throws {
        catalogues = try engine.settings[VenueFileKeys.filters].map(FiltersFile.read)
        currency = engine.currency
        let kind = try engine.settings[ModeKeys.venue]
        venue = kind == ModeKeys.simulated ? "" : kind
        next = (engine.names.instruments.last?.id.number ?? 0) + 1
    }

    /// The inputs that define an instrument: its definition, and its filters where they are known.
    mutating func inputs(symbol: String, kind: InstrumentKind) -> [any Event] {
        defer { next += 1 }
        let id = InstrumentID(next)
        let (catalogue, known) = listed(symbol)
        let tick = known.map(\.filters.tick).flatMap { $0.raw > 0 ? $0 : nil }
        let lot = known.map(\.filters.lot).flatMap { $0.raw > 0 ? $0 : nil }
        let definition = Instrument(
            id: id, symbol: known?.symbol ?? symbol, venue: venue, currency: currency,
            kind: known?.kind ?? kind, tick: tick ?? Price(raw: 10_000_000),
            lot: lot ?? Quantity(raw: 1), priceScale: kind == .crypto ? 8 : 2, quantityScale: 9)
        let filters = known.flatMap { catalogue?.event($0.symbol, id) }
        return [InstrumentDefined(definition)] + (filters.map { [$0] } ?? [])
    }

    /// A pair may be listed with a slash that positions lack.
    private func listed(_ symbol: String) -> (VenueCatalogue?, VenueInstrument?) {
        for catalogue in catalogues {
            let found =
                catalogue[symbol]
                ?? catalogue.instruments.first { $0.symbol.filter { $0 != "/" } == symbol }
            if let found { return (catalogue, found) }
        }
        return (nil, nil)
    }
}

extension AccountStatement {
    /// Positions that the journal does not know, that are not ignored, and that the venue gives a price
    /// of.
    func adoptable(knowing engine: AccountEngine) -> [VenuePosition] {
        let scope = engine.rules.reconciliation.scope
        return account.positions.filter { position in
            position.quantity.raw != 0
                && (position.averagePrice.raw > 0 || position.mark.raw > 0)
                && !scope.ignores(position.symbol, currency: engine.currency)
                && engine.instrument(venueSymbol: position.symbol) == nil
        }
    }
}
