import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections

/// The options shared by all exports of events.
struct EventExport: ParsableArguments {
    @OptionGroup var journals: JournalOptions
    @Option(help: "First event: \(Moment.help).")
    var from: Moment?
    @Option(help: "Last event: \(Moment.help).")
    var to: Moment?
    @Option(
        name: .long, parsing: .singleValue,
        help: "Export only events of this type, such as OrderFilled; may be repeated.")
    var type: [String] = []
    @Option(
        name: .shortAndLong,
        help: "File to write (default: standard output). NAME.zst and NAME.gz are compressed.")
    var output: String?

    func run(_ format: OutputFormat) throws {
        let journal = try journals.openForReading()
        let first = try from?.first(in: journal) ?? journal.beginning
        let last = try to?.last(in: journal) ?? journal.head.lastSequence
        let types = try type.map { name in
            guard let known = EventType(name: name) else {
                throw CommandError("--type \(name) is not an event type")
            }
            return known.rawValue
        }
        let filter = types.isEmpty ? EventFilter.all : EventFilter(types: types)
        let names = try TailCommand.names(journal, before: first)
        try ArchiveOpening.checked {
            guard let output else {
                return try print(
                    journal, from: first, through: last, filter,
                    EventPrinter(format, names, types: type))
            }
            let file = try CompressedFile(output)
            try print(
                journal, from: first, through: last, filter,
                EventPrinter(format, names, types: type) { bytes in try file.write(bytes) })
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
        commandName: "jsonl",
        abstract: "Export events as JSON lines, as `ledger tail` prints them.",
        discussion: "  ledger export jsonl --journal main -o events.jsonl.zst")

    @OptionGroup var export: EventExport

    func run() throws { try export.run(.jsonl) }
}

struct ExportCSV: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "csv",
        abstract:
            "Export events as CSV.",
        discussion: """
            The columns are seq, time, type, account, symbol, cause, correlation and event. The
            last holds the whole event as JSON. With a single --type, a column for each field
            of that event replaces it. The order of columns never changes; new columns are
            added at the end.

              ledger export csv --journal main --type OrderFilled -o fills.csv.gz
            """.paragraphs)

    @OptionGroup var export: EventExport

    func run() throws { try export.run(.csv) }
}
