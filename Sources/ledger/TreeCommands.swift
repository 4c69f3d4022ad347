import LedgerCommands
import ArgumentParser
import LedgerArchive
import LedgerDomain
import LedgerJournal

/// The signing key and the journal's tree.
struct SealOptions: ParsableArguments {
    @OptionGroup var journals: JournalOptions
    @Option(
        help: "Key file (default: LEDGER_SIGNING_KEY, or signing.key in the journal's directory).")
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
        abstract: "Print a signed checkpoint of the journal.",
        discussion: """
            Keep the checkpoint on another machine. With it you can prove later that the journal
            still begins with the same events. The command first grows the journal's Merkle
            tree to the last event.

              ledger checkpoint --journal main > main-2024-03-05.checkpoint
            """.paragraphs)

    @OptionGroup var options: SealOptions

    func run() throws {
        let directory = options.journals.directory
        guard try SigningKey.find(options.key, directory: directory) != nil else {
            throw CommandError(
                "there is no signing key; create one with "
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
            "Grow, rebuild or export the journal's Merkle tree.",
        subcommands: [
            TreeAdvanceCommand.self, TreeRebuildCommand.self, TreeExportCommand.self,
        ])
}

struct TreeAdvanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "advance",
        abstract: "Grow the tree to the journal's last event; with a key, also sign checkpoints.",
        discussion: "  ledger tree advance --journal demo")

    @OptionGroup var options: SealOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let sealer = try options.sealer()
        try sealer.advance()
        Seal.report(sealer)
        try sealer.report.write(output.style)
    }
}

struct TreeRebuildCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Rebuild the tree from the events and compare it with the signed checkpoints.",
        discussion: "  ledger tree rebuild --journal demo")

    @OptionGroup var options: SealOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let sealer = try options.sealer()
        try sealer.rebuild()
        try sealer.report.write(output.style)
    }
}

extension TreeSealer {
    fileprivate var report: Report {
        Report(
            "\(size) events, root \(root)",
            [Report.number("events", size), Report.text("root", root)])
    }
}

struct TreeExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export the latest signed tree in the layout of c2sp.org/tlog-tiles.",
        discussion: """
            Writes the hash tiles of every level and the checkpoint. With --entries it also
            writes the salted events, for readers who may see all of them.

              ledger tree export published --journal demo
            """.paragraphs)

    @Argument(help: "New or empty directory.")
    var directory: String
    @Flag(help: "Also write the events.")
    var entries = false
    @OptionGroup var options: SealOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let sealer = try options.sealer()
        var bar = ProgressBar("export")
        var export = TreeExport(to: directory, withEntries: entries)
        let size = try export.write(sealer) { bar.show($0.number, of: sealer.size) }
        bar.clear()
        try Report(
            "\(size) events in \(directory)",
            [Report.text("directory", directory), Report.number("events", size)]
        ).write(output.style)
    }
}
