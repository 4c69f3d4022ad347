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
    @OptionGroup var output: FormatOptions

    func run() throws {
        let journal = try SealedJournal.open(directory: journals.directory)
        let head = try journal.head.lastSequence
        var last = SequenceNumber(head.number > keep ? head.number - keep : 0)
        if let through { last = min(last, try through.last(in: journal)) }
        guard last != .none else {
            return try report(
                "nothing to seal: the journal has \(head) events and \(keep) stay in LMDB", journal,
                sealed: nil)
        }
        let result = try ArchiveOpening.checked { try SegmentSealer(journal).seal(through: last) }
        let files = result.written.map { "wrote \($0)" }
        let summary =
            result.last == .none
            ? "nothing to seal yet: the first block is not full"
            : "events 1 to \(result.last) are in segments, "
                + "\(try journal.firstStored) to \(head) in LMDB"
        try report((files + [summary]).joined(separator: "\n"), journal, sealed: result)
    }

    private func report(
        _ sentence: String, _ journal: LMDBJournal, sealed: SegmentSealer.Result?
    ) throws {
        try Report(
            sentence,
            [
                Report.list("written", sealed?.written ?? []),
                Report.number("last_sealed", sealed?.last.number),
                Report.number("first_stored", try journal.firstStored.number),
                Report.number("last", try journal.head.lastSequence.number),
            ]
        ).write(output.style)
    }
}
