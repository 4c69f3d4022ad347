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
            health-check files, health summaries and structured event lines. All of them are
            computed from the journal, so the same journal always gives the same bytes.

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
        var written = 0
        var same = 0
        try Artifacts.build(journals.openForReading()) { file in
            let path = "\(to)/\(file.path)"
            if let there = try? TextFile.bytes(path), there == file.bytes {
                same += 1
                return
            }
            try ArtifactFile.write(file.bytes, to: path)
            written += 1
        }
        try Report(
            "\(written) written, \(same) unchanged",
            [
                Report.text("directory", to), Report.number("written", written),
                Report.number("unchanged", same),
            ]
        ).write(output.style)
    }
}

struct ArtifactsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List every artifact and its size without writing anything.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        var table = Table([.init("path"), .init("bytes", .number)])
        try Artifacts.build(journals.openForReading()) { file in
            table.add([file.path, "\(file.bytes.count)"])
        }
        try table.write(output.style)
    }
}
