import LedgerCommands
import ArgumentParser
import LedgerArchive
import LedgerDomain
import LedgerJournal

/// The key that signs, and the journal's tree.
struct SealOptions: ParsableArguments {
    @OptionGroup var journals: JournalOptions
    @Option(help: "Key file; else LEDGER_SIGNING_KEY, else signing.key in the journal's directory.")
    var key: String?

    func sealer() throws -> TreeSealer { try sealer(of: journals.openForReading()) }

    func sealer(of journal: LMDBJournal) throws -> TreeSealer {
        let directory = journals.directory
        return try TreeSealer(
            journal, directory: directory, key: SigningKey.find(key, directory: directory))
    }
}

struct CheckpointCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract: "Sign what the journal has come to, for keeping elsewhere.",
        discussion: """
            Lets the journal's Merkle tree grow to its last event and prints a signed checkpoint: whoever keeps it
            can show later that the journal still begins with the same events.

              ledger checkpoint --journal main > main-2024-03-05.checkpoint
            """)

    @OptionGroup var options: SealOptions

    func run() throws {
        let directory = options.journals.directory
        guard try SigningKey.find(options.key, directory: directory) != nil else {
            throw CommandError(
                "there is no key to sign with; make one with "
                    + "`ledger keys generate \(directory)/\(SigningKey.fileName)`")
        }
        let sealer = try options.sealer()
        let note = try sealer.checkpoint()
        Seal.report(sealer)
        Terminal.write(Array(note.encoded.utf8))
    }
}

struct TreeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tree",
        abstract:
            "The journal's Merkle tree: let it grow, build it anew, write it for public tools.",
        subcommands: [
            TreeAdvanceCommand.self, TreeRebuildCommand.self, TreeExportCommand.self,
        ])
}

struct TreeAdvanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance",
        abstract: "Let the tree grow to the journal's last event; with a key, sign on the way.",
        discussion: "Example: ledger tree advance --journal demo")

    @OptionGroup var options: SealOptions

    func run() throws {
        let sealer = try options.sealer()
        try sealer.advance()
        Seal.report(sealer)
        Terminal.print("\(sealer.size) events, root \(sealer.root)")
    }
}

struct TreeRebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Build the tree anew from the events, and compare it with what was signed.",
        discussion: "Example: ledger tree rebuild --journal demo")

    @OptionGroup var options: SealOptions

    func run() throws {
        let sealer = try options.sealer()
        try sealer.rebuild()
        Terminal.print("\(sealer.size) events, root \(sealer.root)")
    }
}

struct TreeExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the latest signed tree as c2sp.org/tlog-tiles lays it out.",
        discussion: """
            Hash tiles of every level and the checkpoint; with --entries also the salted events, for whoever may
            read all of them.

              ledger tree export published --journal demo
            """)

    @Argument(help: "Directory, new or empty.")
    var directory: String
    @Flag(help: "Write the events too.")
    var entries = false
    @OptionGroup var options: SealOptions

    func run() throws {
        let sealer = try options.sealer()
        var bar = ProgressBar("export")
        var export = TreeExport(to: directory, withEntries: entries)
        let size = try export.write(sealer) { bar.show($0.number, of: sealer.size) }
        bar.clear()
        Terminal.print("\(size) events in \(directory)")
    }
}
