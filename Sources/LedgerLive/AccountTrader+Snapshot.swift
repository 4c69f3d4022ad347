import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerProjections
import LedgerRunning
import LedgerSafety
import LedgerVenues

/// A venue's account as the records of a snapshot.
extension AccountTrader {
    func snapshot(of account: VenueAccount) -> VenueSnapshot {
        let engine = engine
        let kind: SnapshotKind = isEnding ? .end : isOrderStreamUp ? .reconciliation : .start
        // Identified by the event that it will become.
        var statement = AccountStatement(
            account, kind: kind, snapshot: sequencer.nextSequence.number, origin: gateway.name)
        statement.repeatsHoldings = kind == .start
        return statement.snapshot(knowing: engine) { [self] in names.instrument($0, engine) }
    }

    func differences(from snapshot: VenueSnapshot) -> [DiscrepancyFound] {
        let engine = engine
        return engine.standing.compare(with: snapshot, engine.reconciliationRules)
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
