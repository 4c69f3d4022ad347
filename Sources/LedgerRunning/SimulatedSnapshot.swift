import LedgerDomain
import LedgerEngine
import LedgerEvents

extension Sequencer {
    /// The simulated venue's statement of the account. The engine is that venue, so it always
    /// agrees.
    public mutating func askSimulatedVenue(_ kind: SnapshotKind, at time: Timestamp) throws {
        guard !engine.isRemote else { return }
        let envelope = Envelope(time: time)
        let standing = engine.standing
        let number = nextSequence.number
        try append(
            VenueSnapshotBegan(
                kind: kind, snapshot: number, cash: standing.cash,
                portfolioValue: engine.profit.equity[engine.account]?.equity ?? .zero,
                buyingPower: standing.cash, origin: "simulated venue"), envelope)
        for holding in standing.holdings {
            try append(
                VenuePositionReported(
                    instrument: holding.instrument, snapshot: number, quantity: holding.quantity,
                    averagePrice: .zero, symbol: holding.symbol), envelope)
        }
        for order in standing.orders {
            try append(
                VenueOrderReported(
                    instrument: order.intended.instrument, side: order.intended.side,
                    snapshot: number, quantity: order.intended.quantity, filled: order.filled,
                    limitPrice: order.intended.limitPrice, intent: order.intended.intent,
                    symbol: engine.names.symbol(order.intended.instrument),
                    venueOrder: "\(order.id)"), envelope)
        }
        try append(
            VenueSnapshotEnded(
                snapshot: number, positions: UInt32(standing.holdings.count),
                orders: UInt32(standing.orders.count)), envelope)
    }
}
