import ArgumentParser
import LedgerArchive
import LedgerDomain
import LedgerDrivers
import LedgerEvents
import LedgerJournal

struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Write, check, read back and compare files that hold a journal's events.",
        discussion: """
            A snapshot is a zstd file: public tools unpack it, `zstd -t` tests it. It holds the events in
            columns, the chain's links before and after, and a manifest with the digest of each part,
            signed where there is a key.

              ledger snapshot export main.ledger.zst --journal main
              ledger snapshot verify main.ledger.zst
              ledger snapshot import main.ledger.zst --journal copy
            """,
        subcommands: [
            SnapshotExport.self, SnapshotVerify.self, SnapshotImport.self, SnapshotShow.self,
            SnapshotList.self, SnapshotDiff.self,
        ])
}

struct SnapshotExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a journal's events into a file.",
        discussion:
            "A range is widened to the whole blocks that hold it, so that the chain can be checked."
    )

    @Argument(help: "File to write, by custom NAME.ledger.zst.")
    var file: String
    @OptionGroup var journals: JournalOptions
    @Option(help: "First event: \(Moment.help).")
    var from: Moment?
    @Option(help: "Last event: \(Moment.help).")
    var to: Moment?
    @Option(help: "zstd's level, 1 (fast) to 19 (small).")
    var level: Int32 = SnapshotWriter.standardLevel

    func validate() throws {
        guard (1...19).contains(level) else {
            throw ValidationError("--level is from 1 to 19, not \(level)")
        }
    }

    func run() throws {
        let journal = try journals.openForReading()
        let manifest = try SnapshotFiles.export(
            journal, from: try from?.first(in: journal) ?? .first,
            through: try to?.last(in: journal), to: file, level: level)
        Terminal.print(
            "wrote events \(manifest.first) to \(manifest.last) to \(file), "
                + "\(manifest.frames.reduce(0) { $0 + $1.bytes }) bytes, chain \(manifest.linkAfter)"
        )
    }
}

struct SnapshotVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every byte of a snapshot.",
        discussion: "Exit code 0: whole; 1: damaged, with what and where; 2: could not be read.")

    @Argument(help: "The file.")
    var file: String

    func run() throws {
        let snapshot = try SnapshotOpening.open(file)
        try SnapshotOpening.checked { try snapshot.forEachFrame { _ in } }
        let manifest = snapshot.manifest
        Terminal.print(
            "whole: events \(manifest.first) to \(manifest.last) of \(manifest.journal), "
                + "\(manifest.frames.count) frames, chain \(manifest.linkAfter), "
                + (snapshot.note.signatures.isEmpty ? "not signed" : "signed"))
    }
}

struct SnapshotImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Make a journal of a snapshot: the same events, byte for byte, and the same chain.",
        discussion: """
            Of snapshots that follow each other the first makes the journal and each later one continues
            it. An import that was stopped is finished by giving the same command again.
            """)

    @Argument(help: "The file.")
    var file: String
    @OptionGroup var journals: JournalOptions

    func run() throws {
        let snapshot = try SnapshotOpening.open(file)
        let head = try SnapshotOpening.checked {
            try SnapshotFiles.restore(snapshot, to: journals.directory)
        }
        Terminal.print("\(journals.directory): events to \(head.lastSequence), chain \(head.link)")
    }
}

struct SnapshotShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print what a snapshot says of itself, or its events.")

    @Argument(help: "The file.")
    var file: String
    @Flag(help: "Print the events as JSON lines, as `ledger tail --all` does.")
    var events = false

    func run() throws {
        let snapshot = try SnapshotOpening.open(file)
        guard events else {
            let signatures = snapshot.note.signatures
            let note = snapshot.note.text + (signatures.isEmpty ? "" : "\n\(signatures)")
            Terminal.write(Array(note.utf8))
            return
        }
        var lines = JSONLineWriter()
        try SnapshotOpening.checked {
            try snapshot.forEachFrame { frame in
                var text: [UInt8] = []
                for index in 0..<frame.count {
                    var records = try Block(frame.block(index)).records()
                    while let record = try records.next() {
                        try lines.append(record, to: &text)
                    }
                }
                Terminal.write(text)
            }
        }
    }
}

struct SnapshotList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List snapshots with their range, size and whether they are signed.")

    @Argument(help: "Files.")
    var files: [String]
    @OptionGroup var output: FormatOptions

    func run() throws {
        var table = Table([
            .init("file"), .init("journal"), .init("first", .number), .init("last", .number),
            .init("from"), .init("to"), .init("bytes", .number), .init("signed"), .init("problem"),
        ])
        for file in files {
            do {
                let snapshot = try SnapshotReader(file)
                let manifest = snapshot.manifest
                table.add([
                    file, manifest.journal, "\(manifest.first)", "\(manifest.last)",
                    "\(manifest.earliest)", "\(manifest.latest)", "\(snapshot.size)",
                    snapshot.note.signatures.isEmpty ? "no" : "yes", nil,
                ])
            } catch {
                table.add([file, nil, nil, nil, nil, nil, nil, nil, "\(error)"])
            }
        }
        table.write(output.format)
    }
}

struct SnapshotDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say whether two snapshots agree, and where they first do not.",
        discussion: "Exit code 0: they agree where both have events; 1: they do not.")

    @Argument(help: "One file.")
    var one: String
    @Argument(help: "The other.")
    var other: String

    func run() throws {
        let (a, b) = (try SnapshotOpening.open(one), try SnapshotOpening.open(other))
        guard let difference = try SnapshotFiles.difference(a, b) else {
            Terminal.print(
                "they agree on events \(max(a.manifest.first, b.manifest.first)) to "
                    + "\(min(a.manifest.last, b.manifest.last))")
            return
        }
        Terminal.print(difference)
        throw ExitCode(1)
    }
}

/// Opens and reads snapshots with the exit codes of checks.
enum SnapshotOpening {
    static func open(_ path: String) throws -> SnapshotReader {
        try checked { try SnapshotReader(path) }
    }

    /// Damage ends with exit code 1, a full disk with 4, what cannot be read or written with 2.
    static func checked<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as ArchiveError {
            switch error.kind {
            case .damaged: throw CommandError("\(error)", code: 1)
            case .unusable: throw CommandError("\(error)", code: 2)
            case .diskFull: throw CommandError("\(error)", code: 4)
            }
        }
    }
}
