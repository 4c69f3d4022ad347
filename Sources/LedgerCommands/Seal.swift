import LedgerArchive
import LedgerJournal

/// The tree of a journal that a command has written.
package enum Seal {
    /// Lets it grow and signs it, where there is a key. The events stand: what goes wrong here is said and
    /// does not end the command.
    package static func afterwards(_ journal: LMDBJournal) {
        do {
            let directory = journal.path
            guard let key = try SigningKey.find(nil, directory: directory) else { return }
            try journal.flush()
            let sealer = try TreeSealer(journal, directory: directory, key: key)
            _ = try sealer.checkpoint()
            report(sealer)
        } catch {
            Terminal.complain("ledger: the events are kept, no checkpoint is signed: \(error)")
        }
    }

    package static func report(_ sealer: TreeSealer) {
        if let repaired = sealer.repaired {
            Terminal.complain("ledger: the tree was built anew from the events: \(repaired)")
        }
    }
}
