import LedgerArchive
import LedgerJournal

/// Updates the tree of a journal that a command has written.
package enum Seal {
    /// Grows the tree, and signs it if there is a key. The events are already committed, so an
    /// error here is reported but does not fail the command.
    package static func afterwards(_ journal: LMDBJournal) {
        do {
            let directory = journal.path
            guard let key = try SigningKey.find(nil, directory: directory) else { return }
            try journal.flush()
            let sealer = try TreeSealer(journal, directory: directory, key: key)
            _ = try sealer.checkpoint()
            report(sealer)
        } catch {
            Terminal.complain("ledger: the events are saved but no checkpoint was signed: \(error)")
        }
    }

    package static func report(_ sealer: TreeSealer) {
        if let repaired = sealer.repaired {
            Terminal.complain("ledger: the tree was rebuilt from the events: \(repaired)")
        }
    }
}
