import ArgumentParser
import Glibc
import LedgerArchive
import LedgerDomain
import LedgerConfiguration
import LedgerEngine
import LedgerEvents
import LedgerJournal
import LedgerReading
import LedgerRunning
import LedgerUpkeep

/// The options of both programs' `doctor`, and what both do with the findings.
package struct DoctorOptions: ParsableArguments {
    package init() {}

    @OptionGroup package var configurations: ConfigurationOptions
    @Option(help: "Check this journal: a name under journal/, or a directory.")
    package var journal: String?
    @Option(help: "Check this model checkpoint (default: models/best_model.zip if it exists).")
    package var model: String?
    @Option(help: "Free disk space to require, in GB.")
    package var minDisk = 10
    @Option(help: "Memory to require, in GB.")
    package var minMemory = 8
    @Flag(help: "Also list the checks that passed.")
    package var verbose = false
    @Flag(help: "Create missing directories and remove excess file permissions.")
    package var fix = false
    @OptionGroup package var output: FormatOptions
    @Flag(help: "The same as --format json.")
    package var json = false
    @Flag(
        help: "Record the result in the journal. Live trading requires one from the last 24 hours.")
    package var record = false
    @Flag(help: "Show the six checks to pass before sending real orders.")
    package var preLive = false
    @Option(
        help:
            "Confirm checklist items yourself, separated by commas: dry-run, permissions, …"
    )
    package var acknowledge = ""
    @Option(help: "Who runs this command (default: USER@HOST).")
    package var actor: String?
    @Option(help: "Milliseconds to wait for the running process to answer.")
    package var timeout: Int64 = 10_000

    package func validate() throws {
        guard (0...1_000_000).contains(minDisk), (0...1_000_000).contains(minMemory) else {
            throw ValidationError("--min-disk and --min-memory must be 0 or more GB")
        }
        guard !record || journal != nil else {
            throw ValidationError("--record needs --journal")
        }
        guard !json || output.columns == nil else {
            throw ValidationError("--columns chooses columns of a table; --json has none")
        }
    }

    package func subject() -> Doctor.Subject {
        let options = configurations
        var subject = Doctor.Subject(
            path: options.config,
            load: { path in
                var copy = options
                copy.config = path
                return try copy.load()
            }, variable: { getenv($0).map { String(cString: $0) } }, journal: journal,
            model: model, now: Operator.now)
        (subject.leastDisk, subject.leastMemory) = (minDisk, minMemory)
        return subject
    }

    /// Fixes what it may fix, checks again, prints and records.
    ///
    /// - Parameters:
    ///   - looks: returns all checks; called again if something was fixed.
    ///   - permissions: extracts from the report what the venue says about a key.
    package func finish(
        _ looks: () -> (DoctorReport, Configuration?),
        permissions: (DoctorReport) -> DoctorCheck? = { _ in nil }
    ) throws {
        var (report, configuration) = looks()
        if fix {
            let done = Doctor.mend(report)
            for line in done { Terminal.complain(line) }
            if !done.isEmpty { (report, configuration) = looks() }
        }
        let checklist = try preLive ? checklist(report, configuration, permissions(report)) : nil
        try show(report, checklist)
        if record { try leave(report.record) }
        guard report.isHealthy, checklist?.isPassed ?? true else { throw ExitCode(1) }
    }

    private var style: OutputStyle {
        var style = output.style
        if json { style.format = .json }
        return style
    }

    /// Rows are those of the checklist where there is one.
    private func show(_ report: DoctorReport, _ checklist: PreLiveChecklist?) throws {
        switch style.format {
        case .json: Terminal.print(report.json(checklist))
        case .jsonl, .csv:
            try (checklist?.table ?? report.table(isVerbose: verbose)).write(style)
        case .table:
            let hasChoice = !style.columns.isEmpty
            let table = report.table(isVerbose: verbose, hasFixes: hasChoice)
            if !table.rows.isEmpty { try table.write(style) }
            if !hasChoice { report.fixes.forEach { Terminal.print($0) } }
            Terminal.print(report.summary)
            try checklist?.table.write(style.asTable)
        }
    }

    private func checklist(
        _ report: DoctorReport, _ configuration: Configuration?, _ permissions: DoctorCheck?
    ) throws -> PreLiveChecklist {
        try PreLiveChecklist(
            report, configuration, journal: journal.flatMap { Self.opened($0) },
            rehearsal: journal.flatMap { Self.opened(JournalHome.rehearsal(of: $0)) },
            acknowledged: FiltersFile.list(acknowledge), permissions: permissions)
    }

    /// Nil if there is none yet.
    private static func opened(_ name: String) -> LMDBJournal? {
        try? SealedJournal.open(directory: JournalHome.directory(name), mode: .readOnly)
    }

    private func leave(_ record: DoctorRecord) throws {
        guard let journal else { return }
        let opened = try SealedJournal.open(directory: JournalHome.directory(journal))
        let reason = acknowledge.isEmpty ? "" : "acknowledged: \(acknowledge)"
        let who = actor ?? Operator.actor
        let desk = OperatorDesk(
            opened, actor: who, holder: Operator.holder, now: Operator.now, timeout: timeout)
        let (sequence, wasStepped) = try desk.submit(
            OperatorCommanded(.doctor(record), actor: who, reason: reason))
        if wasStepped { Seal.afterwards(opened) }
        if style.format == .table {
            Terminal.print("\(journal): recorded as event \(sequence)")
        }
    }
}
