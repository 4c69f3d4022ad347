import LedgerDomain
import LedgerEngine
import LedgerEvents

extension Sequencer {
    /// The simulated venue's statement of each account that trades there. The engine is that venue, so it
    /// always agrees.
    public mutating func askSimulatedVenue(_ kind: SnapshotKind, at time: Timestamp) throws {
        let accounts = engine.accounts
        for account in accounts where !account.isRemote {
            try askSimulatedVenue(
                kind, of: account,
                Envelope(account: accounts.count > 1 ? account.account : .none, time: time))
        }
    }

    private mutating func askSimulatedVenue(
        _ kind: SnapshotKind, of account: AccountEngine, _ envelope: Envelope
    ) throws {
        let standing = account.standing
        let number = nextSequence.number
        try append(
            VenueSnapshotBegan(
                kind: kind, snapshot: number, cash: standing.cash,
                portfolioValue: account.profit.equity[account.account]?.equity ?? .zero,
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
