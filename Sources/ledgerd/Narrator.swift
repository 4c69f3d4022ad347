import Dispatch
import LedgerCommands
import LedgerJournal
import LedgerLive
import LedgerReading
import LedgerEvents
import Synchronization

/// Prints what a run journals, on a thread of its own. A stopped terminal or a pager waiting for a
/// key must not delay the run's clock or its operators. It buffers nothing: it reads committed
/// events and continues where it stopped.
// Sendable unchecked: only the thread that set `isBusy` touches the log.
final class Narrator: @unchecked Sendable {
    private let store: LMDBJournal
    private let queue = DispatchQueue(label: "narrator")
    private let isBusy = Atomic<Bool>(false)
    private var log: RunLog
    private var isOver = false

    init(_ store: LMDBJournal, prefix: String) throws {
        self.store = store
        log = RunLog(after: try store.head.lastSequence, prefix: prefix)
    }

    /// Prints new events, unless it is still printing.
    func tell(_ names: NameBook) {
        guard !isBusy.exchange(true, ordering: .acquiring) else { return }
        queue.async { [self] in
            try? say(names)
            // If nobody reads any more, stop printing; the run continues.
            if !isOver { isBusy.store(false, ordering: .releasing) }
        }
    }

    /// Prints the rest and waits until it is done.
    func finish(_ names: NameBook) throws {
        try queue.sync { try say(names) }
    }

    private func say(_ names: NameBook) throws {
        for line in try log.lines(store, names) where !isOver {
            isOver = !Terminal.offer(Array((line + "\n").utf8))
        }
    }
}
