import LedgerArchive
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety

/// Removes a journal's oldest segments. Their results stay as checkpoints, so every projection of a
/// later moment is unchanged. The removal itself is an event.
public struct Pruning {
    private let journal: LMDBJournal
    private let folder: SegmentFolder

    public init(_ journal: LMDBJournal) {
        (self.journal, folder) = (journal, SegmentFolder(journal.path))
    }

    /// The segments whose events are all older than a moment.
    public func segments(
        before moment: SequenceNumber
    ) throws(ArchiveError) -> [(path: String, manifest: ArchiveManifest)] {
        Array(try folder.manifests().prefix { $0.manifest.last < moment })
    }

    /// The active holds by name, with who placed them.
    public static func holds(of journal: any Journal) throws -> [(name: String, by: String)] {
        var standing: [(name: String, by: String)] = []
        try journal.forEachRecord(
            from: journal.beginning, filter: EventFilter([.operatorCommanded])
        ) { record in
            let event = try OperatorCommanded(record)
            switch try? OperatorCommand(event) {
            case .hold(let name):
                let why = event.reason.isEmpty ? "" : ": \(event.reason)"
                standing.append((name, "\(event.actor)\(why)"))
            case .releaseHold(let name): standing.removeAll { $0.name == name }
            default: break
            }
            return true
        }
        return standing
    }

    /// Stores a checkpoint of the engine and of every projection, so that no later moment needs the
    /// events up to `head`.
    public func keepStates(through head: SequenceNumber) throws {
        for projection in ProjectionRegister.all {
            let fold = try projection.fold(of: journal, through: head)
            try journal.storeCheckpoint(fold.checkpoint(at: head))
        }
        let engine = try EngineRestorer.engine(of: journal, through: head)
        try journal.storeCheckpoint(StateCheckpoint(of: engine, at: head))
        try journal.flush()
    }

    /// Removes the segments once the event that records it is durable.
    public func remove(through head: Head) throws(ArchiveError) { try folder.prune(through: head) }
}
