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
        abstract: "Copy a journal into a folder of snapshots, while it is written.",
        discussion: """
            The first backup holds everything, each later one what came since. Each is read back and
            checked before it counts. Keep the folder on another machine.

              ledger backup backups/main --journal main
              ledger backup backups/main --check
            """)

    @Argument(help: "The folder.")
    var folder: String
    @OptionGroup var journals: JournalOptions
    @Flag(help: "Read the folder's backups instead and check every byte.")
    var check = false

    func run() throws {
        let backup = Backup(folder)
        try SnapshotOpening.checked {
            guard !check else {
                let parts = try backup.parts()
                for part in parts { try part.reader.forEachFrame { _ in } }
                guard let last = parts.last?.manifest else {
                    throw CommandError("\(folder) holds no backup")
                }
                return Terminal.print(
                    "whole: \(parts.count) parts, events 1 to \(last.last), chain \(last.linkAfter)"
                )
            }
            let journal = try journals.openForReading()
            let name = String(journals.directory.split(separator: "/").last ?? "journal")
            guard let manifest = try backup.make(journal, name: name) else {
                return Terminal.print(
                    "nothing new: the last backup ends at event \(try journal.head.lastSequence)")
            }
            Terminal.print(
                "backed up events \(manifest.first) to \(manifest.last), "
                    + "\(manifest.frames.reduce(0) { $0 + $1.bytes }) bytes, chain "
                    + "\(manifest.linkAfter)")
        }
    }
}

struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make a journal of a folder of backups.",
        discussion: """
            Every event is checked on the way and the journal's head is the backup's. It gets its name when
            it is whole; a restore that was stopped is finished by giving the command again.

              ledger restore backups/main --journal main
            """)

    @Argument(help: "The folder.")
    var folder: String
    @OptionGroup var journals: JournalOptions

    func run() throws {
        let head = try SnapshotOpening.checked {
            try Backup(folder).restore(to: journals.directory)
        }
        Terminal.print(
            "\(journals.directory): events 1 to \(head.lastSequence), chain \(head.link)")
    }
}
