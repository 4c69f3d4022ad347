import ArgumentParser
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerReading

struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Show what changed between two moments.",
        discussion: """
            Lists every value of every projection that differs.

              ledger diff --journal demo --from 2008-10-01 --to 2008-10-10
              ledger diff --journal demo --from 5000 --to 5001 --projection positions
              ledger diff --journal demo --from 1 --format csv > changes.csv
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @Option(help: ArgumentHelp("Compare the state after \(Moment.help)."))
    var from: Moment
    @Option(help: ArgumentHelp("With the state after \(Moment.help) (default: the journal's end)."))
    var to: Moment?
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp(
            "Compare only this projection; may be repeated. One of "
                + ProjectionView.all.map(\.name).joined(separator: ", ") + "."))
    var projection: [ProjectionView] = []

    func run() throws {
        let journal = try journals.openForReading()
        let start = try from.last(in: journal)
        let end = try to?.last(in: journal) ?? journal.head.lastSequence
        let diff = try StateDiff(
            of: journal, from: start, to: end,
            views: projection.isEmpty
                ? ProjectionView.all
                : ProjectionView.all.filter(projection.contains))
        if output.format == .table, diff.changes.isEmpty {
            return Terminal.print("nothing differs between event \(start) and event \(end)")
        }
        var table = Table([
            .init("projection"), .init("subject"), .init("field"), .init("from"), .init("to"),
        ])
        for change in diff.changes {
            table.add([
                change.view.name, change.subject, change.field, change.before, change.after,
            ])
        }
        try table.write(output.style)
    }
}

extension ProjectionView: ExpressibleByArgument {
    public init?(argument: String) { self.init(named: argument) }
    public static var allValueStrings: [String] { all.map(\.name) }
}
