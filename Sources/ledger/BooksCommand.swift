import ArgumentParser
import LedgerBooks
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerUpkeep

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Export a journal to formats that other programs read.",
        discussion: """
              ledger export hledger --journal demo -o demo.journal
              ledger export beancount --journal demo --from 2008-01-01 -o demo.beancount
            """.paragraphs,
        subcommands: [
            ExportJSONL.self, ExportCSV.self, HledgerExport.self, BeancountExport.self,
        ])
}

struct HledgerExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hledger",
        abstract: "Export the double-entry books for hledger and Ledger.",
        discussion: """
            Check the result with one of:
              hledger -f demo.journal check --strict
              /usr/bin/ledger -f demo.journal --pedantic balance
            """.paragraphs)

    @OptionGroup var options: BooksOptions

    func run() throws { try options.write(.hledger) }
}

struct BeancountExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "beancount",
        abstract: "Export the double-entry books for Beancount.",
        discussion: """
            Check the result with:
              bean-check demo.beancount
            """.paragraphs)

    @OptionGroup var options: BooksOptions

    func run() throws { try options.write(.beancount) }
}

struct BooksOptions: ParsableArguments {
    @OptionGroup var journals: JournalOptions
    @Option(
        help: ArgumentHelp(
            "Start here; earlier events become opening balances: \(Moment.help)."))
    var from: Moment?
    @Option(help: ArgumentHelp("End here: \(Moment.help)."))
    var to: Moment?
    @Option(name: .shortAndLong, help: "File to write (default: standard output).")
    var output: String?

    func write(_ format: BooksText.Format) throws {
        let journal = try journals.openForReading()
        let first = try from?.first(in: journal) ?? .first
        let through = try to?.last(in: journal) ?? journal.head.lastSequence
        guard first <= through.next else {
            throw CommandError("--from is event \(first), but the last event is \(through)")
        }
        let export = BooksExport(journal, from: first, through: through)
        guard let output else {
            return try export.write(format, title(from: first, through: through), Terminal.write)
        }
        var text: [UInt8] = []
        try export.write(format, title(from: first, through: through)) { text += $0 }
        try ArtifactFile.write(text, to: output)
    }

    private func title(from first: SequenceNumber, through: SequenceNumber) -> String {
        let range = first <= through ? "events \(first) to \(through)" : "no events"
        return "Books of the journal \(journals.journal), \(range)"
    }
}
