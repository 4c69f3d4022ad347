import AlpacaWire
import BinanceWire
import LedgerDomain
import LedgerVenues
import Testing

/// What a descriptor says that its venue takes is what its requests are made of.
@Suite struct CapabilityTests {
    private static let venues:
        [(
            venue: VenueDescriptor, symbols: [(InstrumentKind, String)],
            submit: @Sendable (OrderRequest) throws(VenueFault) -> WireRequest
        )] = [
            (
                .alpaca, [(.equity, "AAPL"), (.crypto, "BTC/USD")],
                { (order) throws(VenueFault) in try AlpacaRequests.submit(order) }
            ),
            (
                .binance, [(.crypto, "BTCUSDT")],
                { (order) throws(VenueFault) in try BinanceRequests.submit(order) }
            ),
        ]

    @Test func `an order leaves exactly where the descriptor allows it`() {
        for (venue, symbols, submit) in Self.venues {
            for (kind, symbol) in symbols {
                for type in OrderType.allCases {
                    for time in TimeInForce.allCases {
                        let order = OrderRequest(
                            clientOrder: "a", symbol: symbol, side: .buy, orderType: type,
                            timeInForce: time, quantity: Quantity(raw: 1_000_000_000),
                            limitPrice: Price(raw: 1_000_000_000),
                            stopPrice: Price(raw: 1_000_000_000))
                        let leaves = (try? submit(order)) != nil
                        let isAllowed = venue.capabilities.takes(kind, type, time)
                        #expect(leaves == isAllowed, "\(venue.name) \(symbol) \(type) \(time)")
                    }
                }
            }
        }
    }

    @Test func `a connection has room for the symbols that the descriptor says`() {
        #expect(VenueDescriptor.binance.capabilities.symbolsPerConnection == 341)
        #expect(VenueDescriptor.alpaca.capabilities.symbolsPerConnection == nil)
    }
}
