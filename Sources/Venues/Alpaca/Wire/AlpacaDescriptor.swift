import LedgerDomain
import LedgerEvents
import LedgerVenues

extension VenueDescriptor {
    /// Equities and crypto by the trading API v2.
    public static let alpaca = VenueDescriptor(
        name: "alpaca", title: "Alpaca",
        capabilities: VenueCapabilities(
            forms: [
                .init(.equity, .market, TimeInForce.allCases),
                .init(.equity, .limit, TimeInForce.allCases),
                .init(.equity, .stop, [.day, .goodTillCancelled]),
                .init(.equity, .stopLimit, [.day, .goodTillCancelled]),
                .init(.crypto, .market, [.goodTillCancelled, .immediateOrCancel]),
                .init(.crypto, .limit, [.goodTillCancelled, .immediateOrCancel]),
                .init(.crypto, .stopLimit, [.goodTillCancelled, .immediateOrCancel]),
            ]),
        keys: VenueKeyNames(
            key: ["ALPACA_API_KEY"], secret: ["ALPACA_API_SECRET", "ALPACA_SECRET_KEY"]),
        settings: AlpacaKeys.daemon, exchangeSettings: AlpacaKeys.exchange,
        filters: FiltersSource(
            answer: "assets", path: "data/alpaca_filters.json", importCommand: "import-assets",
            fetchCommand: "assets",
            read: { (bytes) throws(JSONFault) in (nil, try AlpacaAssets(bytes).instruments) }),
        examples: Examples(
            paper: "configs/paper_alpaca.yaml", live: "configs/live_alpaca.yaml"),
        liveSwitch: LiveSwitch(
            paper: AlpacaKeys.paper, enabled: AlpacaKeys.liveEnabled))
}
