import Dispatch
import LedgerDomain
import LedgerJournal
import Synchronization

/// Calls a closure on its own thread whenever something is submitted to a journal's inbox.
///
/// A run also checks its inbox periodically. The watch makes an operator's command take effect at
/// once.
final class InboxWatch: Sendable {
    private let journal: LMDBJournal
    private let isStopped = Atomic(false)
    private let thread = DispatchGroup()

    init(_ journal: LMDBJournal, wake: @escaping @Sendable () -> Void) {
        self.journal = journal
        let first = journal.submissionSignal
        DispatchQueue(label: "inbox").async(group: thread) { [self] in
            var seen = first
            while !isStopped.load(ordering: .acquiring) {
                let signal = journal.waitForSignal(after: seen, timeout: .second)
                if signal != seen { wake() }
                seen = signal
            }
        }
    }

    /// Ends the thread and waits for it.
    func stop() {
        isStopped.store(true, ordering: .releasing)
        journal.raiseSubmissionSignal()
        thread.wait()
    }
}
