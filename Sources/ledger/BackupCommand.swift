import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerUpkeep

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up a journal, also while a process is writing it.",
        discussion: """
            The first backup holds everything; each later one adds what is new. Every backup is
            read back and checked. Keep the directory on another machine.

              ledger backup backups/main --journal main
              ledger backup backups/main --check
            """.paragraphs)

    @Argument(help: "Backup directory.")
    var folder: String
    @OptionGroup var journals: JournalOptions
    @Flag(help: "Check every byte of the existing backups instead.")
    var check = false
    @OptionGroup var output: FormatOptions

    func run() throws {
        let backup = Backup(folder)
        try ArchiveOpening.checked {
            guard !check else {
                let parts = try backup.parts()
                for part in parts { try part.reader.forEachFrame { _ in } }
                guard let last = parts.last?.manifest else {
                    throw CommandError("\(folder) contains no backup")
                }
                return try report(
                    "complete: \(parts.count) parts, events 1 to \(last.last), chain "
                        + "\(last.linkAfter)", result: "complete", last: last.last,
                    chain: last.linkAfter)
            }
            let journal = try journals.openForReading()
            let name = String(journals.directory.split(separator: "/").last ?? "journal")
            guard let manifest = try backup.make(journal, name: name) else {
                let head = try journal.head
                return try report(
                    "nothing to back up: the last backup ends at event \(head.lastSequence)",
                    result: "nothing to back up", last: head.lastSequence, chain: head.link)
            }
            try report(
                "backed up events \(manifest.first) to \(manifest.last), "
                    + "\(manifest.frames.reduce(0) { $0 + $1.bytes }) bytes, chain "
                    + "\(manifest.linkAfter)", result: "backed up", last: manifest.last,
                chain: manifest.linkAfter)
        }
    }

    private func report(
        _ sentence: String, result: String, last: SequenceNumber, chain: ChainLink
    ) throws {
        try Report(
            sentence,
            [
                Report.text("result", result), Report.text("directory", folder),
                Report.number("last", last.number), Report.text("chain", chain),
            ]
        ).write(output.style)
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Restore a journal from a backup directory.",
        discussion: """
            Every event is checked, and the restored journal ends exactly where the backup
            ends. The journal appears under its name when it is complete. If a restore is
            interrupted, run the same command again to finish it.

              ledger restore backups/main --journal main
            """.paragraphs)

    @Argument(help: "Backup directory.")
    var folder: String
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let head = try ArchiveOpening.checked {
            try Backup(folder).restore(to: journals.directory)
        }
        try Report(
            "\(journals.directory): events 1 to \(head.lastSequence), chain \(head.link)",
            [
                Report.text("journal", journals.directory),
                Report.number("last", head.lastSequence.number), Report.text("chain", head.link),
            ]
        ).write(output.style)
    }
}
