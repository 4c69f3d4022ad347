import ArgumentParser
import Glibc
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerRunning
import LedgerUpkeep

struct BundleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Collect the state at one moment into one file, for incidents or support.",
        discussion: """
            The archive contains every projection as JSON, the configuration in force, the last
            thousand events, the journal's last event and build, and all events as a
            snapshot. `ledger snapshot import` turns the snapshot into a journal that can be
            replayed. Journals hold only fingerprints of keys, never the keys.

              ledger bundle incident.tar.zst --journal main
              ledger bundle incident.tgz --journal main --at 2024-03-05T14:30:00Z
            """.paragraphs)

    @Argument(help: "File to write: NAME.tar.zst, NAME.tgz or NAME.tar.")
    var file: String
    @OptionGroup var journals: JournalOptions
    @Option(help: "The moment: \(Moment.help) (default: now).")
    var at: Moment?
    @OptionGroup var output: FormatOptions

    private static let states: [(name: String, command: any ParsableCommand.Type)] = [
        ("positions", PositionsProjection.self), ("orders", OrdersProjection.self),
        ("equity", EquityProjection.self), ("pnl", ProfitProjection.self),
        ("gate", GateProjection.self), ("drawdown", DrawdownProjection.self),
        ("risk", RiskProjection.self), ("reconciliation", ReconciliationProjection.self),
        ("funnel", FunnelProjection.self), ("health", HealthProjection.self),
    ]

    func run() throws {
        let events = "\(file).events"
        defer { unlink(events) }
        let (moment, time) = try ArchiveOpening.checked { try snapshot(to: events) }
        let arguments = ["--journal", journals.directory, "--at", "\(moment)", "--format", "json"]
        try ArchiveOpening.checked {
            let archive = try TarFile(file, seconds: time.nanoseconds / 1_000_000_000)
            var sums: [String] = []
            func add(_ name: String, _ bytes: [UInt8]) throws {
                try archive.add("bundle/\(name)", bytes)
                sums.append("\(Digest.sha256(bytes))  bundle/\(name)")
            }
            for (name, command) in Self.states {
                let bytes = try Terminal.capture {
                    var parsed = try command.parseAsRoot(arguments)
                    try parsed.run()
                }
                try add("state/\(name).json", bytes)
            }
            try add("recent.jsonl", tail(["--until", "\(moment)", "--count", "1000"]))
            try add(
                "configuration.jsonl",
                tail(["--until", "\(moment)", "--count", "1", "--type", "ConfigurationLoaded"]))
            try add("head.txt", Array(head(moment, time).utf8))
            let digest = try archive.add("bundle/events.ledger.zst", contentsOf: events)
            sums.append("\(digest)  bundle/events.ledger.zst")
            try add("SHA256SUMS", Array((sums.joined(separator: "\n") + "\n").utf8))
            try archive.finish()
        }
        try Report(
            "wrote \(file): the state after event \(moment), with events 1 to \(moment)",
            [Report.text("file", file), Report.number("last", moment.number)]
        ).write(output.style)
    }

    private func tail(_ more: [String]) throws -> [UInt8] {
        try Terminal.capture {
            try TailCommand.parse(
                ["--journal", journals.directory, "--format", "jsonl"] + more
            ).run()
        }
    }

    private func head(_ moment: SequenceNumber, _ time: Timestamp) throws -> String {
        let journal = try journals.openForReading()
        return """
            event \(moment)
            time \(time)
            chain \(try journal.link(before: moment.next))
            build \(Build.identity)
            journal head \(try journal.head.lastSequence)

            """
    }

    /// Writes the events up to the moment's block as a snapshot.
    private func snapshot(to path: String) throws -> (SequenceNumber, Timestamp) {
        let journal = try journals.openForReading()
        let moment = try at?.last(in: journal) ?? journal.head.lastSequence
        guard moment != .none else {
            throw CommandError("the journal has no event up to that moment")
        }
        var time = Timestamp.zero
        try journal.forEachRecord(from: moment, through: moment) { record in
            time = record.time
            return false
        }
        _ = try ArchiveFiles.export(journal, through: moment, to: path)
        return (moment, time)
    }
}
