import Dispatch
import Glibc
import LedgerCommands
import LedgerDomain
import LedgerJournal
import LedgerReading
import LedgerTransport
import LedgerUpkeep
import Synchronization

/// Writes artifacts and logs while a run goes on, on a thread of its own. Trading never waits for it.
///
/// It starts at the journal's first event, so what an earlier process left unwritten is written too.
/// After a failure it says so once, and starts again after a while.
// Sendable unchecked: after the start only the serial queue touches what changes.
final class ArtifactWriter: @unchecked Sendable {
    private static let chunk: UInt64 = 200_000
    /// Nanoseconds between two writings of the files that describe the present, and after a failure.
    private static let pause: Int64 = 60_000_000_000

    private let store: LMDBJournal
    private let folder: ArtifactFolder
    private let queue = DispatchQueue(label: "artifacts", qos: .background)
    private let isBusy = Atomic<Bool>(false)
    private var artifacts: Artifacts
    private var summariseAt: Int64 = 0
    private var pausedUntil: Int64 = 0
    private var complaint = ""

    /// - Parameter directory: empty for none. What is wrong with it is said; the run goes on.
    init?(_ store: LMDBJournal, _ directory: String) {
        guard !directory.isEmpty else { return nil }
        do {
            guard let identity = try JournalIdentity(store) else { return nil }
            folder = try ArtifactFolder(directory, of: identity)
        } catch {
            Terminal.complain("no artifacts and logs are written: \(error)")
            return nil
        }
        self.store = store
        artifacts = Artifacts { [folder] in try folder.write($0) }
    }

    /// Writes what was committed, unless it is still writing.
    func write() {
        guard !isBusy.exchange(true, ordering: .acquiring) else { return }
        queue.async { [self] in
            if MachineTime.steady >= pausedUntil { attempt() }
            isBusy.store(false, ordering: .releasing)
        }
    }

    /// Writes the rest and waits until it is done.
    func finish() {
        queue.sync {
            summariseAt = 0
            attempt()
        }
    }

    private func attempt() {
        do throws(any Error) {
            let last = try store.head.lastSequence
            while artifacts.position < last {
                let end = min(last.number, artifacts.position.number + Self.chunk)
                try artifacts.follow(store, through: SequenceNumber(end))
            }
            if MachineTime.steady >= summariseAt {
                try artifacts.close()
                summariseAt = MachineTime.steady + Self.pause
            } else {
                try artifacts.flush()
            }
            complaint = ""
        } catch {
            artifacts = Artifacts { [folder] in try folder.write($0) }
            pausedUntil = MachineTime.steady + Self.pause
            let text = "artifacts and logs are behind: \(error)"
            if text != complaint { Terminal.complain(text) }
            complaint = text
        }
    }
}
