import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerUpkeep

struct PruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Remove a journal's oldest segments.",
        discussion: """
            Without --force, prune only lists what it would remove. It removes only whole
            segments (see `ledger seal`) and nothing while a legal hold exists. Positions,
            books and stops of later moments do not change. An event records who removed the
            segments and why. Take a backup first: removed events cannot be recovered.

              ledger prune --journal main --keep-days 365
              ledger prune --journal main --keep-days 365 --force \\
                --reason "retention of one year"
            """.paragraphs)

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions
    @OptionGroup var giver: OperatorOptions
    @Option(help: "Remove segments that end before this: \(Moment.help).")
    var before: Moment?
    @Option(
        help: "Remove segments that ended more than this many days before the last event.")
    var keepDays: Int64?
    @Flag(help: "Remove the segments.")
    var force = false

    func validate() throws {
        guard (before == nil) != (keepDays == nil) else {
            throw ValidationError("say what to remove with --before or --keep-days")
        }
        guard keepDays ?? 0 >= 0, keepDays ?? 0 <= 100_000 else {
            throw ValidationError("--keep-days must be 0 to 100000")
        }
        if force { try giver.requireReason("prune --force removes evidence permanently") }
    }

    func run() throws {
        let journal = try OperatorStep.open(journals)
        let pruning = Pruning(journal)
        let segments = try ArchiveOpening.checked { try pruning.segments(before: limit(journal)) }
        guard let last = segments.last?.manifest else {
            return Terminal.print("nothing to prune: no segment is that old; see `ledger seal`")
        }
        var table = Table([
            .init("segment"), .init("first", .number), .init("last", .number), .init("from"),
            .init("to"), .init("bytes", .number),
        ])
        for (path, manifest) in segments {
            table.add([
                String(path.split(separator: "/").last ?? ""), "\(manifest.first)",
                "\(manifest.last)", "\(manifest.earliest)", "\(manifest.latest)",
                "\(manifest.frames.reduce(0) { $0 + $1.bytes })",
            ])
        }
        try table.write(output.style)
        let holds = try Pruning.holds(of: journal)
        guard holds.isEmpty else {
            throw CommandError(
                "held by " + holds.map { "\($0.name) (\($0.by))" }.joined(separator: ", ")
                    + "; release it with `ledger hold release`",
                code: CommandError.refused)
        }
        guard force else {
            return Terminal.complain(
                "nothing was removed; to remove them, add --force and --reason")
        }
        guard let identity = try JournalIdentity(journal) else { return }
        try pruning.keepStates(through: last.last)
        let record = PruneRecord(
            through: last.last, link: "\(last.linkAfter)", kind: identity.kind, name: identity.name)
        try giver.step(.prune(record)).carryOut(on: journal, output.format)
        try ArchiveOpening.checked {
            try pruning.remove(through: Head(lastSequence: last.last, link: last.linkAfter))
        }
    }

    private func limit(_ journal: LMDBJournal) throws -> SequenceNumber {
        if let before { return try before.first(in: journal) }
        var last = Timestamp.zero
        let head = try journal.head.lastSequence
        try journal.forEachRecord(from: head, through: head) { record in
            last = record.time
            return false
        }
        let days = Nanoseconds.days(keepDays ?? 0)
        let oldest = last.advanced(by: Nanoseconds(-days.count))
        return try ProjectionReader.sequence(of: journal, atOrBefore: oldest)
    }
}

struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Manage legal holds. While a hold exists, nothing is pruned.",
        subcommands: [HoldPlace.self, HoldRelease.self, HoldList.self])
}

struct HoldPlace: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "place", abstract: "Place a hold.",
        discussion:
            "  ledger hold place case-17 --journal main --reason \"letter of 5 March\"")

    @Argument(help: "Name of the hold.")
    var name: String
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var giver: OperatorOptions

    func run() throws {
        try giver.step(.read(.hold, name)).carryOut(on: journals, output.format)
    }
}

struct HoldRelease: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Release a hold.")

    @Argument(help: "Name of the hold.")
    var name: String
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: EventFormatOptions
    @OptionGroup var giver: OperatorOptions

    func validate() throws {
        try giver.requireReason("releasing a hold allows events to be pruned")
    }

    func run() throws {
        let journal = try OperatorStep.open(journals)
        guard try Pruning.holds(of: journal).contains(where: { $0.name == name }) else {
            throw CommandError("there is no hold named \(name)")
        }
        try giver.step(.read(.releaseHold, name)).carryOut(on: journal, output.format)
    }
}

struct HoldList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the holds.")

    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        var table = Table([.init("name"), .init("by")])
        for hold in try Pruning.holds(of: journals.openForReading()) {
            table.add([hold.name, hold.by])
        }
        try table.write(output.style)
    }
}
