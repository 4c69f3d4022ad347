import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerSafety

/// Checkpoints of the folds that the engine does not keep, so that a reader of any moment has a near one.
///
/// They are folded from the journal on the thread that commits, from the last checkpoint on: the steps of
/// the engine pay nothing for them.
enum FoldCheckpoints {
    /// Adds them to the rows of a commit that saves checkpoints; others are left as they are.
    static func add(to rows: inout CommitRows, _ journal: any Journal, _ batch: borrowing Batch) {
        guard let last = rows.checkpoints.last?.sequence else { return }
        for checkpoint in [
            fold(SignalFunnel.self, journal, batch, last),
            fold(StrategyHealth.self, journal, batch, last),
            fold(ReconciliationLog.self, journal, batch, last),
        ] {
            if let checkpoint { rows.checkpoints.append(checkpoint) }
        }
    }

    /// Nil where the journal cannot be folded: it can do without, and a reader finds out why.
    private static func fold<P: Projection>(
        _ type: P.Type, _ journal: any Journal, _ batch: borrowing Batch, _ last: SequenceNumber
    ) -> Checkpoint? {
        let filter = EventFilter(P.types)
        do {
            var state: P = try ProjectionReader.fold(of: journal)
            try batch.forEachRecord(from: batch.firstSequence) { record in
                if filter.matches(record) { try state.apply(record) }
            }
            return Checkpoint(of: state, at: last)
        } catch { return nil }
    }
}
