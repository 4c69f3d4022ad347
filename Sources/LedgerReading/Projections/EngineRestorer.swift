import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal

/// Restores an engine to a moment of a journal: from the nearest checkpoint, then by its inputs.
public enum EngineRestorer {
    /// - Returns: the engine after the event `sequence` and everything derived from it up to there.
    public static func engine(
        of journal: any Journal, through sequence: SequenceNumber
    ) throws -> Engine {
        try restored(journal, through: sequence).engine
    }

    /// - Returns: also how many inputs the checkpoint holds from which the engine was restored.
    package static func restored(
        _ journal: any Journal, through sequence: SequenceNumber
    ) throws -> (engine: Engine, checkpointed: UInt64) {
        var (engine, start) = try nearest(journal, sequence)
        let checkpointed = engine.inputs
        guard start < sequence else { return (engine, checkpointed) }
        var step = Step(next: .first)
        try journal.forEachRecord(from: start.next, through: sequence) { record in
            guard record.isInput else { return true }
            step.removeAll(after: record.sequence)
            try engine.step(record, in: &step)
            return true
        }
        return (engine, checkpointed)
    }

    /// The last valid checkpoint and its sequence number; a new engine if there is none.
    private static func nearest(
        _ journal: any Journal, _ sequence: SequenceNumber
    ) throws -> (Engine, SequenceNumber) {
        guard sequence != .none,
            let saved = try journal.checkpoint(name: Engine.name, atOrBefore: sequence),
            let bytes = Engine.present(saved.bytes, version: saved.version),
            let engine = try? Engine(restoring: bytes)
        else { return (Engine(), .none) }
        return (engine, saved.sequence)
    }
}
