import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerSafety
import LedgerVenues

/// A venue's account as the records of a snapshot.
extension LiveRun {
    func snapshot(of account: VenueAccount) -> VenueSnapshot {
        // Identified by the event that it will become.
        let number = sequencer.nextSequence.number
        let engine = sequencer.engine
        var positions: [VenuePositionReported] = []
        for position in account.positions where position.quantity.raw != 0 {
            positions.append(
                VenuePositionReported(
                    instrument: names.instrument(position.symbol, engine) ?? .none,
                    snapshot: number, quantity: position.quantity,
                    averagePrice: position.averagePrice, symbol: position.symbol))
        }
        var orders: [VenueOrderReported] = []
        for order in account.openOrders {
            orders.append(
                VenueOrderReported(
                    instrument: names.instrument(order.symbol, engine) ?? .none, side: order.side,
                    snapshot: number, quantity: order.quantity, filled: order.filled,
                    limitPrice: order.limitPrice,
                    intent: ClientOrderID(order.clientOrder)?.intent ?? IntentID(high: 0, low: 0),
                    symbol: order.symbol, venueOrder: order.venueOrder))
        }
        let began = VenueSnapshotBegan(
            kind: isEnding ? .end : isOrderStreamUp ? .reconciliation : .start, snapshot: number,
            cash: account.cash,
            portfolioValue: account.portfolioValue, buyingPower: account.buyingPower,
            origin: gateway.name)
        return VenueSnapshot(began, positions: positions, orders: orders)
    }

    /// Whether the books differ from the snapshot.
    func differs(from snapshot: VenueSnapshot) -> Bool {
        let engine = sequencer.engine
        return !engine.standing.compare(with: snapshot, engine.rules.reconciliation).isEmpty
    }

    /// The snapshot of a run that could not query the account.
    func recordUnreachable(_ kind: SnapshotKind) throws {
        let began = VenueSnapshotBegan(
            kind: kind, isReachable: false, snapshot: sequencer.nextSequence.number, cash: .zero,
            portfolioValue: .zero, buyingPower: .zero, origin: gateway.name)
        try record(VenueSnapshot(began, positions: [], orders: []))
    }

    func record(_ snapshot: VenueSnapshot) throws {
        if !snapshots.contains(snapshot.began.kind) { snapshots.append(snapshot.began.kind) }
        for event in snapshot.records { try attempt(event, at: .zero) }
    }
}
