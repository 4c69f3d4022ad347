import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// What the exports of events have in common.
struct EventExport: ParsableArguments {
    @OptionGroup var journals: JournalOptions
    @Option(help: "First event: \(Moment.help).")
    var from: Moment?
    @Option(help: "Last event: \(Moment.help).")
    var to: Moment?
    @Option(
        name: .long, parsing: .singleValue,
        help: "Only events of this type, such as OrderFilled; may be repeated.")
    var type: [String] = []
    @Option(
        name: .shortAndLong,
        help: "File to write; NAME.zst and NAME.gz are compressed. Standard output unless given.")
    var output: String?

    func run(_ format: OutputFormat) throws {
        let journal = try journals.openForReading()
        let first = try from?.first(in: journal) ?? journal.beginning
        let last = try to?.last(in: journal) ?? journal.head.lastSequence
        let types = try type.map { name in
            guard let known = EventType(name: name) else {
                throw CommandError("--type \(name) is no type of event")
            }
            return known.rawValue
        }
        let filter = types.isEmpty ? EventFilter.all : EventFilter(types: types)
        let names = try TailCommand.names(journal, before: first)
        try SnapshotOpening.checked {
            guard let output else {
                return try print(
                    journal, from: first, through: last, filter, EventPrinter(format, names))
            }
            let file = try CompressedFile(output)
            try print(
                journal, from: first, through: last, filter,
                EventPrinter(format, names) { bytes in try file.write(bytes) })
            try file.finish()
        }
    }

    private func print(
        _ journal: LMDBJournal, from first: SequenceNumber, through last: SequenceNumber,
        _ filter: EventFilter, _ unused: EventPrinter
    ) throws {
        var printer = unused
        printer.begin()
        if first <= last {
            try journal.forEachRecord(from: first, through: last) { record in
                if filter.matches(record) {
                    try printer.add(record)
                } else {
                    try printer.skip(record)
                }
                return true
            }
        }
        try printer.end()
    }
}

struct ExportJSONL: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jsonl", abstract: "Write events as JSON lines, the same that `tail` prints.",
        discussion: "Example: ledger export jsonl --journal main -o events.jsonl.zst")

    @OptionGroup var export: EventExport

    func run() throws { try export.run(.jsonl) }
}

struct ExportCSV: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv",
        abstract:
            "Write events as CSV: seq, time, type, account, symbol, cause, correlation, event.",
        discussion: """
            The columns never change their order; new ones come behind. The last holds the whole event as
            JSON.

              ledger export csv --journal main --type OrderFilled -o fills.csv.gz
            """)

    @OptionGroup var export: EventExport

    func run() throws { try export.run(.csv) }
}
