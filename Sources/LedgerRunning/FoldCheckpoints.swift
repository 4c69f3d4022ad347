import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety

/// Checkpoints of the folds that the engine does not keep, so that a reader of any moment has a near one.
///
/// They go along with what is committed, on the thread that commits: the steps of the engine pay nothing
/// for them. Until the first checkpoint is due they are not folded at all.
struct FoldCheckpoints {
    private struct States {
        var funnel: SignalFunnel
        var health: StrategyHealth
        var reconciliation: ReconciliationLog
    }

    private var states: States?

    private static let funnelTypes = EventTypeSet(SignalFunnel.types)
    private static let healthTypes = EventTypeSet(StrategyHealth.types)
    private static let reconciliationTypes = EventTypeSet(ReconciliationLog.types)
    private static let types = EventTypeSet(
        SignalFunnel.types + StrategyHealth.types + ReconciliationLog.types)

    /// Takes the events of a commit, and adds checkpoints to one that saves others.
    ///
    /// What cannot be folded is left out: a journal can do without, and a reader finds out why.
    mutating func add(
        to rows: inout CommitRows, _ journal: any Journal, _ batch: borrowing Batch
    ) {
        let last = rows.checkpoints.last?.sequence
        guard last != nil || states != nil else { return }
        do {
            var current = try states ?? Self.restored(from: journal)
            // Given away, so that the copy above is the only one.
            states = nil
            try Self.fold(batch, into: &current)
            states = current
        } catch { return forget() }
        guard let last, let states else { return }
        rows.checkpoints.append(Checkpoint(of: states.funnel, at: last))
        rows.checkpoints.append(Checkpoint(of: states.health, at: last))
        rows.checkpoints.append(Checkpoint(of: states.reconciliation, at: last))
    }

    /// Begins anew at the next checkpoint, as after a commit that was refused.
    mutating func forget() { states = nil }

    private static func restored(from journal: any Journal) throws -> States {
        States(
            funnel: try ProjectionReader.fold(of: journal),
            health: try ProjectionReader.fold(of: journal),
            reconciliation: try ProjectionReader.fold(of: journal))
    }

    private static func fold(_ batch: borrowing Batch, into states: inout States) throws {
        try batch.forEachRecord(from: batch.firstSequence) { record in
            // No type shares its bit with another one so far; the folds look at the type itself.
            guard types.mayContain(record.rawType) else { return }
            if funnelTypes.mayContain(record.rawType) { try states.funnel.apply(record) }
            if healthTypes.mayContain(record.rawType) { try states.health.apply(record) }
            if reconciliationTypes.mayContain(record.rawType) {
                try states.reconciliation.apply(record)
            }
        }
    }
}
