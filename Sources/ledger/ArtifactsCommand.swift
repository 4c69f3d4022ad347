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
        abstract: "Write the files that operators read, from the journal alone.",
        discussion: """
            Signal funnels, rejections, why no trade was made, drawdown and health-check files, health
            summaries and structured event lines. The same journal gives the same bytes.

              ledger artifacts rebuild --journal demo
              ledger artifacts rebuild --journal demo --to /var/lib/trader
              ledger artifacts list --journal demo
            """,
        subcommands: [ArtifactsRebuild.self, ArtifactsList.self])
}

struct ArtifactsRebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Write every artifact; what is the same already stays.")

    @OptionGroup var journals: JournalOptions
    @Option(help: "The folder in which artifacts/ and logs/ are.")
    var to = "."

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
        Terminal.print("\(written) written, \(same) the same already")
    }
}

struct ArtifactsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Name every artifact and its size, without writing any.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        var table = Table([.init("path"), .init("bytes", .number)])
        try Artifacts.build(journals.openForReading()) { file in
            table.add([file.path, "\(file.bytes.count)"])
        }
        table.write(output.format)
    }
}
