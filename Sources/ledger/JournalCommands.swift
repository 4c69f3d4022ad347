import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerRunning

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Create a journal for an account that you keep by hand.",
        discussion: """
              ledger init main
              ledger init /var/lib/ledger/paper --set account.name=paper \\
                --set account.kind=paper
            """.paragraphs)

    @Argument(help: "A name under journal/, or a directory.")
    var name: String
    @OptionGroup var configurations: ConfigurationOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let configuration = try configurations.load()
        try configuration.rehearse()
        let directory = try JournalHome.place(name)
        JournalHome.makeParents(of: directory)
        let journal = try LMDBJournal.create(directory: directory)
        var sequencer = try Sequencer(journal, holder: Operator.holder, commitBytes: .max)
        try RunOpening(configuration, kind: .general, name: name)
            .submit(into: &sequencer, at: Operator.now)
        try sequencer.commitWithCheckpoint()
        try sequencer.close()
        Seal.afterwards(journal)
        try Report("created \(directory)", [Report.text("journal", directory)])
            .write(output.style)
    }
}

struct JournalSummary {
    var name = ""
    var kind: String?
    var first: Timestamp?
    var last: Timestamp?
    var head = SequenceNumber.none

    init(_ journal: any Journal) throws {
        head = try journal.head.lastSequence
        guard head != .none else { return }
        if let identity = try JournalIdentity(journal) {
            (kind, name) = (identity.kind, identity.name)
        }
        let begin = try journal.beginning
        try journal.forEachRecord(from: begin, through: begin) { record in
            first = record.time
            return false
        }
        try journal.forEachRecord(from: head, through: head) { record in
            last = record.time
            return false
        }
    }
}

struct JournalsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journals", abstract: "List the journals with their kind, range and size.")

    @OptionGroup var output: FormatOptions

    func run() throws {
        var table = Table([
            .init("name"), .init("kind"), .init("events", .number),
            .init("from", isDetail: true), .init("to"), .init("bytes", .number),
            .init("problem"),
        ])
        for name in JournalHome.names() {
            let directory = JournalHome.directory(name)
            do {
                let journal = try SealedJournal.open(directory: directory, mode: .readOnly)
                let summary = try JournalSummary(journal)
                table.add([
                    name, summary.kind ?? "empty", "\(summary.head)",
                    summary.first.map { "\($0)" }, summary.last.map { "\($0)" },
                    "\(journal.diskUse().mapUsed)", nil,
                ])
            } catch {
                table.add([name, nil, nil, nil, nil, nil, "\(error)"])
            }
        }
        try table.write(output.style)
        if table.rows.isEmpty {
            Terminal.complain(
                "no journals in \(JournalHome.path)/; create one with `ledger init` or `ledger "
                    + "backtest`"
            )
        }
    }
}
