import ArgumentParser
import LedgerCommands
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerSafety
import LedgerUpkeep

struct ArtifactsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "artifacts",
        abstract: "Write the report files that operators read.",
        discussion: """
            Artifacts are signal funnels, rejections, reasons for not trading, drawdown and
            health-check files, health summaries, structured event lines and logs. All of them
            are computed from the journal, so the same journal always gives the same bytes.
            The daemon writes them while it runs; see live.artifacts.

              ledger artifacts rebuild --journal demo
              ledger artifacts rebuild --journal demo --to /var/lib/trader
              ledger artifacts list --journal demo
            """.paragraphs,
        subcommands: [ArtifactsRebuild.self, ArtifactsList.self])
}

struct ArtifactsRebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Write every artifact that is missing or differs.")

    @OptionGroup var journals: JournalOptions
    @Option(help: "Directory that contains artifacts/ and logs/.")
    var to = "."
    @OptionGroup var output: FormatOptions

    func run() throws {
        let journal = try journals.openForReading()
        guard let identity = try JournalIdentity(journal) else {
            throw CommandError("\(journals.journal) has no events")
        }
        do {
            let folder = try ArtifactFolder(to, of: identity, in: journal, for: .rebuild)
            let last = try journal.head.lastSequence
            try Artifacts.build(journal) { try folder.write($0) }
            try folder.finish(through: last)
            let pruned = try journal.pruned?.lastSequence ?? .none
            let left =
                pruned == .none
                ? ""
                : "; events through \(pruned) were pruned: their files and lines stay as they are, and "
                    + "none that is missing can be rebuilt"
            try Report(
                "\(folder.written) written, \(folder.unchanged) unchanged\(left)",
                [
                    Report.text("directory", to), Report.number("written", folder.written),
                    Report.number("unchanged", folder.unchanged),
                    Report.number("pruned", pruned.number),
                ]
            ).write(output.style)
        } catch let refusal as ArtifactFolder.Refusal {
            throw CommandError("\(refusal)", code: CommandError.refused)
        } catch let error as ArtifactError {
            throw CommandError("\(error)", code: error.isFull ? 4 : 2)
        }
    }
}

struct ArtifactsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List every artifact and its size without writing anything.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        var sizes: [String: UInt64] = [:]
        var paths: [String] = []
        try Artifacts.build(journals.openForReading()) { file in
            guard !file.bytes.isEmpty else { return }
            if sizes[file.path] == nil { paths.append(file.path) }
            sizes[file.path] = (file.offset ?? 0) + UInt64(file.bytes.count)
        }
        var table = Table([.init("path"), .init("bytes", .number)])
        for path in paths { table.add([path, "\(sizes[path] ?? 0)"]) }
        try table.write(output.style)
    }
}
