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
        discussion: """
            A range is widened to the whole blocks that hold it, so that the chain can be checked. With a
            key the manifest is signed and names the root of the journal's Merkle tree. A redacted file
            lacks the events of some types or of other accounts; what is left can still be proved.

              ledger snapshot export main.ledger.zst --journal main --key desk.key
              ledger snapshot export public.zst --journal main --redact OperatorCommanded
            """)

    @Argument(help: "File to write, by custom NAME.ledger.zst.")
    var file: String
    @OptionGroup var options: SealOptions
    @Option(help: "First event: \(Moment.help).")
    var from: Moment?
    @Option(help: "Last event: \(Moment.help).")
    var to: Moment?
    @Option(help: "zstd's level, 1 (fast) to 19 (small).")
    var level: Int32 = SnapshotWriter.standardLevel
    @Option(
        name: .long, parsing: .singleValue,
        help: "Withhold the events of this type; may be repeated.")
    var redact: [String] = []
    @Option(help: "Withhold the events of every other account.")
    var account: String?

    func validate() throws {
        guard (1...19).contains(level) else {
            throw ValidationError("--level is from 1 to 19, not \(level)")
        }
        guard from == nil || (redact.isEmpty && account == nil) else {
            throw ValidationError(
                "a redacted snapshot begins with event 1, so that its tree can be built: leave out --from"
            )
        }
    }

    func run() throws {
        let journal = try options.journals.openForReading()
        let key = try SigningKey.find(options.key, directory: journal.path)
        let manifest = try SnapshotOpening.checked {
            guard redact.isEmpty, account == nil else { return try redacted(journal, key) }
            let tree = try key.map { try TreeSealer(journal, directory: journal.path, key: $0) }
            return try ArchiveSnapshots.export(
                journal, from: try from?.first(in: journal),
                through: try to?.last(in: journal), to: file, level: level, tree: tree, key: key)
        }
        Terminal.print(
            "wrote events \(manifest.first) to \(manifest.last) to \(file), "
                + "\(manifest.frames.reduce(0) { $0 + $1.bytes }) bytes, "
                + (manifest.withheld.map { "without \($0)" } ?? "chain \(manifest.linkAfter)")
                + (key.map { ", signed by \($0.name)" } ?? ""))
    }

    private func redacted(
        _ journal: LMDBJournal, _ key: SigningKey?
    ) throws -> SnapshotManifest {
        let types = try redact.map { name in
            guard let type = EventType(name: name) else {
                throw CommandError("--redact \(name) is no type of event")
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
            throw CommandError("the journal has no secret")
        }
        return try ArchiveSnapshots.exportRedacted(
            journal, through: try to?.last(in: journal) ?? journal.head.lastSequence, to: file,
            types: types, account: known, tree: tree, secret: secret, key: key)
    }
}

struct SnapshotVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check every byte of a snapshot, and who signed it.",
        discussion: """
            Exit code 0: whole; 1: damaged or not signed by that key, with what and where; 2: could not be
            read. Without a key anybody could have written the file: its events then are only as they
            were written.

              ledger snapshot verify main.ledger.zst --public-key desk.pub
            """)

    @Argument(help: "The file.")
    var file: String
    @Option(help: "Public key, NAME+HASH+BASE64, or a file whose first line is one.")
    var publicKey: String?

    func run() throws {
        let key = try publicKey.map { try PublicKeyOptions.key($0) }
        let snapshot = try SnapshotOpening.open(file)
        try SnapshotOpening.checked {
            if let key { try snapshot.verify(signedBy: key) }
            if snapshot.manifest.withheld == nil {
                try snapshot.forEachFrame { _ in }
            } else {
                try RedactedSnapshot.verify(snapshot)
            }
        }
        let manifest = snapshot.manifest
        let signed =
            key.map { "signed by \($0.name)" }
            ?? (snapshot.note.signatures.isEmpty ? "not signed" : "signature not checked")
        Terminal.print(
            "whole: events \(manifest.first) to \(manifest.last) of \(manifest.journal), "
                + "\(manifest.frames.count) frame\(manifest.frames.count == 1 ? "" : "s"), "
                + (manifest.withheld.map { "without \($0)" } ?? "chain \(manifest.linkAfter)")
                + (manifest.tree.map { ", tree \($0.root)" } ?? "") + ", \(signed)")
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
            try ArchiveSnapshots.restore(snapshot, to: journals.directory)
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
        var text: [UInt8] = []
        func print(_ record: Record) throws {
            try lines.append(record, to: &text)
            if text.count >= 1 << 16 { flush() }
        }
        func flush() {
            Terminal.write(text)
            text.removeAll(keepingCapacity: true)
        }
        try SnapshotOpening.checked {
            guard snapshot.manifest.withheld == nil else {
                return try RedactedSnapshot.verify(snapshot) { item in
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
        guard let difference = try ArchiveSnapshots.difference(a, from: b) else {
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
