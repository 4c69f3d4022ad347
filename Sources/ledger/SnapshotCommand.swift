import ArgumentParser
import LedgerArchive
import LedgerCommands
import LedgerDomain
import LedgerEvents
import LedgerJournal
import LedgerProjections
import LedgerReading
import LedgerUpkeep

struct SnapshotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Export, check, import and compare snapshots of a journal.",
        discussion: """
            A snapshot is a zstd file that standard tools can unpack and test (`zstd -t`). It
            contains the events in columns, the chain links before and after them, and a
            manifest with a digest of each part, signed if there is a key.

              ledger snapshot export main.ledger.zst --journal main
              ledger snapshot verify main.ledger.zst
              ledger snapshot import main.ledger.zst --journal copy
            """.paragraphs,
        subcommands: [
            SnapshotExport.self, SnapshotVerify.self, SnapshotImport.self, SnapshotShow.self,
            SnapshotList.self, SnapshotDiff.self,
        ])
}

struct SnapshotExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a journal's events to a snapshot file.",
        discussion: """
            A range is widened to whole blocks so that the chain can be checked. With a key, the
            manifest is signed and contains the root of the journal's Merkle tree. A
            redacted snapshot leaves out events of some types or of other accounts; the
            remaining events can still be proved.

              ledger snapshot export main.ledger.zst --journal main --key desk.key
              ledger snapshot export public.zst --journal main --redact OperatorCommanded
            """.paragraphs)

    @Argument(help: "File to write, usually NAME.ledger.zst.")
    var file: String
    @OptionGroup var options: SealOptions
    @Option(help: "First event: \(Moment.help).")
    var from: Moment?
    @Option(help: "Last event: \(Moment.help).")
    var to: Moment?
    @Option(help: "Compression level, 1 (fast) to 19 (small).")
    var level: Int32 = ArchiveWriter.standardLevel
    @Option(
        name: .long, parsing: .singleValue,
        help: "Leave out events of this type; may be repeated.")
    var redact: [String] = []
    @Option(help: "Leave out the events of every other account.")
    var account: String?
    @OptionGroup var output: FormatOptions

    func validate() throws {
        guard (1...19).contains(level) else {
            throw ValidationError("--level must be 1 to 19, not \(level)")
        }
        guard from == nil || (redact.isEmpty && account == nil) else {
            throw ValidationError(
                "a redacted snapshot must start at event 1, because its tree does; leave out --from"
            )
        }
    }

    func run() throws {
        let journal = try options.journals.openForReading()
        let key = try SigningKey.find(options.key, directory: journal.path)
        let manifest = try ArchiveOpening.checked {
            guard redact.isEmpty, account == nil else { return try redacted(journal, key) }
            let tree = try key.map { try TreeSealer(journal, directory: journal.path, key: $0) }
            return try ArchiveFiles.export(
                journal, from: try from?.first(in: journal),
                through: try to?.last(in: journal), to: file, level: level, tree: tree, key: key)
        }
        let bytes = manifest.frames.reduce(0) { $0 + $1.bytes }
        try Report(
            "wrote events \(manifest.first) to \(manifest.last) to \(file), \(bytes) bytes, "
                + (manifest.withheld.map { "without \($0)" } ?? "chain \(manifest.linkAfter)")
                + (key.map { ", signed by \($0.name)" } ?? ""),
            [Report.text("file", file)] + manifest.fields
                + [Report.text("signed_by", key?.name)]
        ).write(output.style)
    }

    private func redacted(
        _ journal: LMDBJournal, _ key: SigningKey?
    ) throws -> ArchiveManifest {
        let types = try redact.map { name in
            guard let type = EventType(name: name) else {
                throw CommandError("--redact \(name) is not an event type")
            }
            return type
        }
        let known = try account.map { name in
            let names: NameBook = try ProjectionReader.fold(of: journal)
            guard let account = names.account(name: name) else {
                throw CommandError("--account \(name) is not in the journal")
            }
            return (account.id, name)
        }
        let tree = try TreeSealer(journal, directory: journal.path, key: key)
        guard let secret = try JournalSecret.load(directory: journal.path) else {
            throw CommandError("the journal has no secret file, which a redacted snapshot needs")
        }
        return try ArchiveFiles.exportRedacted(
            journal, through: try to?.last(in: journal) ?? journal.head.lastSequence, to: file,
            types: types, account: known, tree: tree, secret: secret, key: key)
    }
}

struct SnapshotVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every byte of a snapshot and its signature.",
        discussion: """
            Without a public key, the check cannot tell who wrote the file.

              ledger snapshot verify main.ledger.zst --public-key desk.pub

            Exit codes: 0 intact; 1 damaged or not signed by that key, with the place; 2 the
            file could not be read.
            """.paragraphs)

    @Argument(help: "Snapshot file.")
    var file: String
    @Option(help: "Public key as NAME+HASH+BASE64, or a file with one in its first line.")
    var publicKey: String?
    @OptionGroup var output: FormatOptions

    func run() throws {
        let key = try publicKey.map { try PublicKeyOptions.key($0) }
        let snapshot = try ArchiveOpening.open(file)
        try ArchiveOpening.checked {
            if let key { try snapshot.verify(signedBy: key) }
            if snapshot.manifest.withheld == nil {
                try snapshot.forEachFrame { _ in }
            } else {
                try RedactedArchive.verify(snapshot)
            }
        }
        let manifest = snapshot.manifest
        let signed =
            key.map { "signed by \($0.name)" }
            ?? (snapshot.note.signatures.isEmpty ? "not signed" : "signature not checked")
        try Report(
            "intact: events \(manifest.first) to \(manifest.last) of \(manifest.journal), "
                + "\(manifest.frames.count) frame\(manifest.frames.count == 1 ? "" : "s"), "
                + (manifest.withheld.map { "without \($0)" } ?? "chain \(manifest.linkAfter)")
                + (manifest.tree.map { ", tree \($0.root)" } ?? "") + ", \(signed)",
            [Report.text("result", "intact"), Report.text("file", file)] + manifest.fields
                + [Report.text("signed_by", key?.name), Report.text("signature", signed)]
        ).write(output.style)
    }
}

extension ArchiveManifest {
    fileprivate var fields: [Report.Field] {
        [
            Report.text("journal", journal), Report.number("first", first.number),
            Report.number("last", last.number),
            Report.number("bytes", frames.reduce(0) { $0 + $1.bytes }),
            Report.number("frames", frames.count), Report.text("withheld", withheld),
            Report.text("chain", linkAfter), Report.text("tree", tree?.root),
        ]
    }
}

struct SnapshotImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract:
            "Create a journal from a snapshot.",
        discussion: """
            The journal has the same events, byte for byte, and the same chain. To import
            consecutive snapshots, import the first one and then each later one into the
            same journal. If an import is interrupted, run the same command again.
            """.paragraphs)

    @Argument(help: "Snapshot file.")
    var file: String
    @OptionGroup var journals: JournalOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let snapshot = try ArchiveOpening.open(file)
        let head = try ArchiveOpening.checked {
            try ArchiveFiles.restore(snapshot, to: journals.directory)
        }
        try Report(
            "\(journals.directory): events to \(head.lastSequence), chain \(head.link)",
            [
                Report.text("journal", journals.directory),
                Report.number("last", head.lastSequence.number), Report.text("chain", head.link),
            ]
        ).write(output.style)
    }
}

struct SnapshotShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print a snapshot's manifest or its events.")

    @Argument(help: "Snapshot file.")
    var file: String
    @Flag(help: "Print the events as JSON lines, like `ledger tail --all`.")
    var events = false

    func run() throws {
        let snapshot = try ArchiveOpening.open(file)
        guard events else {
            let signatures = snapshot.note.signatures
            let note = snapshot.note.text + (signatures.isEmpty ? "" : "\n\(signatures)")
            Terminal.write(Array(note.utf8))
            return
        }
        var lines = JSONLineWriter()
        var text: [UInt8] = []
        func print(_ record: Record) throws {
            try lines.append(record, to: &text)
            if text.count >= 1 << 16 { flush() }
        }
        func flush() {
            Terminal.write(text)
            text.removeAll(keepingCapacity: true)
        }
        try ArchiveOpening.checked {
            guard snapshot.manifest.withheld == nil else {
                return try RedactedArchive.verify(snapshot) { item in
                    switch item {
                    case .event(let record): try print(record)
                    case .withheld(let sequence, let type, let time, let leaf):
                        let name = EventType(rawValue: type)?.name ?? "Unknown\(type)"
                        text += Array(
                            ("{\"seq\":\(sequence),\"type\":\"\(name)\",\"time\":\"\(time)\","
                                + "\"withheld\":\"\(leaf)\"}\n").utf8)
                    }
                }
            }
            try snapshot.forEachFrame { frame in
                for index in 0..<frame.count {
                    var records = try Block(frame.block(index)).records()
                    while let record = try records.next() { try print(record) }
                }
            }
        }
        flush()
    }
}

struct SnapshotList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List snapshots with their range, size and signature.")

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
                let snapshot = try ArchiveReader(file)
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
        try table.write(output.style)
    }
}

struct SnapshotDiff: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two snapshots and show the first difference.",
        discussion: "Exit codes: 0 they agree wherever both have events; 1 they differ.")

    @Argument(help: "First snapshot file.")
    var one: String
    @Argument(help: "Second snapshot file.")
    var other: String
    @OptionGroup var output: FormatOptions

    func run() throws {
        let (a, b) = (try ArchiveOpening.open(one), try ArchiveOpening.open(other))
        guard let difference = try ArchiveFiles.difference(a, from: b) else {
            let first = max(a.manifest.first, b.manifest.first)
            let last = min(a.manifest.last, b.manifest.last)
            return try Report(
                "they agree on events \(first) to \(last)",
                [
                    Report.text("result", "equal"), Report.number("first", first.number),
                    Report.number("last", last.number),
                ]
            ).write(output.style)
        }
        try Report(
            difference, [Report.text("result", "different"), Report.text("difference", difference)]
        ).write(output.style)
        throw ExitCode(1)
    }
}

/// Opens and reads snapshots, with the exit codes of checks.
enum ArchiveOpening {
    static func open(_ path: String) throws -> ArchiveReader {
        try checked { try ArchiveReader(path) }
    }

    /// Damage exits with 1, a full disk with 4, and an unreadable file with 2.
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
