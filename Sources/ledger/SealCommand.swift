import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal

struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seal",
        abstract: "Move a journal's older events from LMDB into compressed files.",
        discussion: """
            Each segment is written, read back and compared with the journal before its events
            are removed from LMDB. All commands read segments and LMDB together, so nothing
            else changes. It works while another process trades. If it is interrupted, the
            next run finishes the work.

              ledger seal --journal main --keep 100000
              ledger seal --journal main --through 2026-01-01
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @Option(help: "Seal events up to this one: \(Moment.help).")
    var through: Moment?
    @Option(help: "Keep at least this many of the last events in LMDB.")
    var keep: UInt64 = 10_000

    func run() throws {
        let journal = try SealedJournal.open(directory: journals.directory)
        let head = try journal.head.lastSequence
        var last = SequenceNumber(head.number > keep ? head.number - keep : 0)
        if let through { last = min(last, try through.last(in: journal)) }
        guard last != .none else {
            Terminal.print(
                "nothing to seal: the journal has \(head) events and \(keep) stay in LMDB")
            return
        }
        let result = try SnapshotOpening.checked { try SegmentSealer(journal).seal(through: last) }
        for path in result.written { Terminal.print("wrote \(path)") }
        Terminal.print(
            result.last == .none
                ? "nothing to seal yet: the first block is not full"
                : "events 1 to \(result.last) are in segments, "
                    + "\(try journal.firstStored) to \(head) in LMDB")
    }
}
