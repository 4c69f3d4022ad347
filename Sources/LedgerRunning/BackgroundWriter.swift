import Dispatch
import LedgerEvents
import LedgerJournal

/// Commits one batch on its own thread while the caller fills the next.
///
/// Batches are committed in the order received; the bytes equal those of a sequencer that waits.
final class BackgroundWriter: @unchecked Sendable {
    // Sendable unchecked: batch, rows, folds and failure belong to the worker between two signals
    // and to the caller otherwise; `idle` hands them over.
    private let journal: any Journal
    private let queue = DispatchQueue(label: "ledger.commit")
    private let idle = DispatchSemaphore(value: 1)
    private var batch = Batch(next: .first)
    private var rows = CommitRows()
    private var failure: JournalError?
    private var folds = FoldCheckpoints()

    init(_ journal: any Journal) { self.journal = journal }

    deinit {
        // A semaphore must not be destroyed below its initial value.
        idle.wait()
        idle.signal()
    }

    /// Takes `full` and returns a batch to fill, which the caller must empty first.
    ///
    /// - Throws: the error of an earlier commit; this commit is then not started.
    func write(_ full: inout Batch, _ rows: CommitRows) throws(JournalError) {
        idle.wait()
        if let failure {
            idle.signal()
            throw failure
        }
        swap(&batch, &full)
        self.rows = rows
        queue.async { self.commit() }
    }

    private func commit() {
        folds.add(to: &rows, journal, batch)
        do throws(JournalError) { try journal.append(&batch, rows) } catch { failure = error }
        idle.signal()
    }

    /// Waits until everything received is committed.
    func wait() throws(JournalError) {
        idle.wait()
        defer { idle.signal() }
        if let failure { throw failure }
    }
}
