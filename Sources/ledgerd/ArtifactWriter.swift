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
/// It starts at the journal's first event that is left, so what an earlier process left unwritten is
/// written too. The folder keeps how far each log is written. After a failure it says so once, and
/// starts again after a while.
// Sendable unchecked: after the start only the serial queue touches what changes.
final class ArtifactWriter: @unchecked Sendable {
    private static let chunk: UInt64 = 200_000
    /// Nanoseconds between two writings of the files that describe the present, and after a failure.
    private static let pause: Int64 = 60_000_000_000

    private let store: LMDBJournal
    private let folder: ArtifactFolder
    private let queue = DispatchQueue(label: "artifacts", qos: .background)
    private let isBusy = Atomic<Bool>(false)
    /// Nil until the first attempt and after a failure.
    private var artifacts: Artifacts?
    private var summariseAt: Int64 = 0
    private var pausedUntil: Int64 = 0
    private var complaint = ""

    /// - Parameter directory: empty for none. What is wrong with it is said; the run goes on.
    init?(_ store: LMDBJournal, _ directory: String) {
        guard !directory.isEmpty else { return nil }
        do {
            guard let identity = try JournalIdentity(store) else { return nil }
            folder = try Self.folder(directory, store, identity)
        } catch {
            Terminal.complain("no artifacts and logs are written: \(error)")
            return nil
        }
        self.store = store
    }

    /// A directory of its own below `directory` if that belongs to another journal.
    private static func folder(
        _ directory: String, _ store: LMDBJournal, _ identity: JournalIdentity
    ) throws -> ArtifactFolder {
        do {
            return try ArtifactFolder(directory, of: identity, in: store, for: .follow)
        } catch ArtifactFolder.Refusal.belongs(_, let owner) {
            let last = store.path.split(separator: "/").last.map(String.init) ?? identity.name
            let own = "\(directory)/\(Artifacts.fileName(last))-files"
            let folder = try ArtifactFolder(own, of: identity, in: store, for: .follow)
            Terminal.complain(
                "artifacts/ and logs/ in \(directory) are those of journal \(owner); those of this "
                    + "journal are in \(own)")
            return folder
        }
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
            var artifacts =
                try self.artifacts
                ?? Artifacts(of: store) { [folder] in try folder.write($0) }
            self.artifacts = nil
            try write(&artifacts)
            self.artifacts = artifacts
            complaint = ""
        } catch {
            pausedUntil = MachineTime.steady + Self.pause
            let text = "artifacts and logs are behind: \(error)"
            if text != complaint { Terminal.complain(text) }
            complaint = text
        }
    }

    private func write(_ artifacts: inout Artifacts) throws {
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
        try folder.keep(through: artifacts.position)
    }
}
