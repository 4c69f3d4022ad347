import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerReading

/// Checkpoints of the projections that the engine does not maintain, so that a reader of any moment
/// finds one nearby.
///
/// They are folded from committed events on the committing thread, so they cost the engine's steps
/// nothing. Nothing is folded until the first checkpoint is due.
struct FoldCheckpoints {
    private var folds: [any ProjectionFold]?

    private static let types = EventTypeSet(
        ProjectionRegister.besideEngine.flatMap { $0.projection.types })

    /// Takes the events of a commit and adds checkpoints to a commit that saves others.
    ///
    /// Leaves out a fold that fails: the journal can do without it, and a reader finds the reason.
    mutating func add(
        to rows: inout CommitRows, _ journal: any Journal, _ batch: borrowing Batch
    ) {
        let last = rows.checkpoints.last?.sequence
        guard last != nil || folds != nil else { return }
        do {
            var current =
                try folds ?? ProjectionRegister.besideEngine.map { try $0.fold(of: journal) }
            // Moved out, so that the copy above is the only one.
            folds = nil
            try Self.fold(batch, into: &current)
            folds = current
        } catch { return forget() }
        guard let last, let folds else { return }
        rows.checkpoints += folds.map { $0.checkpoint(at: last) }
    }

    /// Starts again at the next checkpoint, as after a commit that was refused.
    mutating func forget() { folds = nil }

    private static func fold(
        _ batch: borrowing Batch, into folds: inout [any ProjectionFold]
    ) throws {
        try batch.forEachRecord(from: batch.firstSequence) { record in
            guard types.mayContain(record.rawType) else { return }
            for index in folds.indices { try folds[index].apply(record) }
        }
    }
}
