import Dispatch
import LedgerCommands
import LedgerJournal
import LedgerLive
import LedgerReading
import LedgerEvents
import Synchronization

/// Prints what a run journals, on a thread of its own: a terminal that takes nothing more, a pager that waits
/// for a key, must not keep the run from its clock and its operators. Nothing is kept for it meanwhile: it
/// reads behind the commits, and goes on where it was.
// Sendable unchecked: the log is touched by whoever set `isBusy`.
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

    /// Prints what is new, unless it still prints.
    func tell(_ names: NameBook) {
        guard !isBusy.exchange(true, ordering: .acquiring) else { return }
        queue.async { [self] in
            try? say(names)
            // Where nobody reads any more, nothing more is told; the run goes on.
            if !isOver { isBusy.store(false, ordering: .releasing) }
        }
    }

    /// Prints the rest, and waits until it is printed.
    func finish(_ names: NameBook) throws {
        try queue.sync { try say(names) }
    }

    private func say(_ names: NameBook) throws {
        for line in try log.lines(store, names) where !isOver {
            isOver = !Terminal.offer(Array((Table.shown(line) + "\n").utf8))
        }
    }
}
