import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal

struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Move a journal's older events from LMDB into small immutable files.",
        discussion: """
            Each segment is written, read back, compared with the journal and only then are its events
            removed from LMDB. Everything reads through both as before: tail, replay, verify, proofs.
            Works while another process trades. A sealing that was stopped is finished by the next one.

              ledger seal --journal main --keep 100000
              ledger seal --journal main --through 2026-01-01
            """)

    @OptionGroup var journals: JournalOptions
    @Option(help: "Seal events through this one: \(Moment.help).")
    var through: Moment?
    @Option(help: "Leave at least so many of the last events in LMDB.")
    var keep: UInt64 = 10_000

    func run() throws {
        let journal = try SealedJournal.open(directory: journals.directory)
        let head = try journal.head.lastSequence
        var last = SequenceNumber(head.number > keep ? head.number - keep : 0)
        if let through { last = min(last, try through.last(in: journal)) }
        guard last != .none else {
            Terminal.print("nothing to seal: the journal has \(head) events, \(keep) stay in LMDB")
            return
        }
        let result = try SnapshotOpening.checked { try SegmentSealer(journal).seal(through: last) }
        for path in result.written { Terminal.print("wrote \(path)") }
        Terminal.print(
            result.last == .none
                ? "nothing to seal yet: the first block is not full"
                : "events 1 to \(result.last) lie in segments, "
                    + "\(try journal.firstStored) to \(head) in LMDB")
    }
}
