import Dispatch
import LedgerEvents
import LedgerJournal

/// Commits one batch on a thread of its own while the caller fills the next.
///
/// Batches are committed in the order in which they were handed over; the bytes are those of a
/// sequencer that waits.
final class BackgroundWriter: @unchecked Sendable {
    // Sendable unchecked: batch, rows, folds and failure belong to the worker between two signals and to
    // the caller otherwise; `idle` hands them over.
    private let journal: any Journal
    private let queue = DispatchQueue(label: "ledger.commit")
    private let idle = DispatchSemaphore(value: 1)
    private var batch = Batch(next: .first)
    private var rows = CommitRows()
    private var failure: JournalError?
    private var folds = FoldCheckpoints()

    init(_ journal: any Journal) { self.journal = journal }

    deinit {
        // A semaphore must not be below its first value when it goes.
        idle.wait()
        idle.signal()
    }

    /// Hands `full` over and gives back a batch to fill, which the caller must empty.
    ///
    /// - Throws: what an earlier commit threw; this one is then not begun.
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

    /// Waits until everything handed over is committed.
    func wait() throws(JournalError) {
        idle.wait()
        defer { idle.signal() }
        if let failure { throw failure }
    }
}
