import LedgerCommands
import ArgumentParser
import LedgerArchive
import LedgerDomain
import LedgerReading

struct ProveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prove",
        abstract: "Prove that an event is in the journal, or that the journal only grew.",
        subcommands: [
            ProveInclusionCommand.self, ProveConsistencyCommand.self, ProveCheckCommand.self,
        ])
}

/// Where to write a proof.
struct ProofOutput: ParsableArguments {
    @Option(name: .shortAndLong, help: "File to write (default: standard output).")
    var output: String?

    func write(_ text: String) throws {
        guard let output else { return Terminal.write(Array(text.utf8)) }
        try TextFile.write(text, to: output)
    }
}

enum NoteFile {
    /// - Throws: `CommandError` if the file is missing or is not a note.
    static func read(_ path: String) throws -> SignedNote {
        do { return try SignedNote(TextFile.read(path)) } catch let error as ArchiveError {
            throw CommandError("\(path): \(error)")
        }
    }
}

struct ProveInclusionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inclusion",
        abstract: "Prove that one event is in the journal.",
        discussion: """
            The proof contains the event, its salt, the hashes up to the root and a signed
            checkpoint. The definitions of the event's account, instrument and strategy follow,
            each with its own proof. The proof reveals nothing about other events. It uses the
            latest checkpoint, or signs a new one if the latest does not cover the event.

              ledger prove inclusion 2041 --journal demo -o fill.proof
              ledger prove inclusion order:2040 --journal demo
              ledger prove inclusion 51b37f5d3e2ae62e0dc1f9ea5ec7c000 --journal demo
            """.paragraphs)

    @Argument(
        help: "Sequence number of an event, order:N, fill:N, or an intent's 32 hexadecimal digits.")
    var event: String
    @Flag(help: "Leave the definitions out; the event then shows numbers instead of names.")
    var bare = false
    @Option(help: "Use the signed checkpoint in this file.")
    var checkpoint: String?
    @OptionGroup var output: ProofOutput
    @OptionGroup var options: SealOptions

    func run() throws {
        let journal = try options.journals.openForReading()
        let sequence = try Explanation.sequence(of: event, in: journal)
        let sealer = try options.sealer(of: journal)
        let note =
            try checkpoint.map(NoteFile.read) ?? Self.latest(sealer, covering: sequence.number)
        let proof =
            bare
            ? EventProof(
                event: try sealer.proveInclusion(of: sequence, in: note), definitions: [])
            : try sealer.proveEvent(sequence, in: note)
        Seal.report(sealer)
        try output.write(proof.encoded())
    }

    /// The latest checkpoint, or a new one at the journal's end if the latest does not cover the
    /// event.
    static func latest(_ sealer: TreeSealer, covering sequence: UInt64) throws -> SignedNote? {
        if let latest = try sealer.latestCheckpoint(),
            try SignedCheckpoint(text: latest.text).size >= sequence
        {
            return latest
        }
        return try sealer.checkpoint()
    }
}

struct ProveConsistencyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consistency",
        abstract:
            "Prove that the journal still begins with the events of an older checkpoint.",
        discussion: """
              ledger prove consistency main-2024-03-05.checkpoint --journal main \\
                -o added.proof
            """.paragraphs)

    @Argument(help: "File with the older signed checkpoint.")
    var older: String
    @Option(help: "Newer signed checkpoint (default: the latest).")
    var checkpoint: String?
    @OptionGroup var output: ProofOutput
    @OptionGroup var options: SealOptions

    func run() throws {
        let sealer = try options.sealer()
        let older = try NoteFile.read(older)
        let size = try SignedCheckpoint(text: older.text).size
        let newer =
            try checkpoint.map(NoteFile.read)
            ?? ProveInclusionCommand.latest(sealer, covering: size)
        let proof: ConsistencyProof
        do { proof = try sealer.proveConsistency(from: older, to: newer) } catch let error
            as ArchiveError where error.kind == .damaged
        {
            throw CommandError("not consistent: \(error)", code: 1)
        }
        Seal.report(sealer)
        try output.write(proof.encoded)
    }
}

struct ProveCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check a proof; needs only the file and the public key.",
        discussion: """
              ledger prove check fill.proof --public-key desk.pub

            Exit codes: 0 valid; 1 invalid, with the reason; 2 the check could not run.
            """.paragraphs)

    @Argument(help: "Proof file.")
    var file: String
    @OptionGroup var options: PublicKeyOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let key = try options.key()
        let bytes = try TextFile.bytes(file)
        let (isValid, sentence) = Self.result(bytes, key)
        try Report(
            sentence,
            [
                Report.text("file", file), Report.flag("valid", isValid),
                Report.text("detail", sentence),
            ]
        ).write(output.style)
        if !isValid { throw ExitCode(1) }
    }

    private static func result(_ bytes: [UInt8], _ key: VerifierKey) -> (Bool, String) {
        do throws(ArchiveError) {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw ArchiveError(.damaged, at: "", "not valid UTF-8")
            }
            return (true, try check(text, key))
        } catch { return (false, "invalid: \(error)") }
    }

    private static func check(
        _ text: String, _ key: VerifierKey
    ) throws(ArchiveError) -> String {
        guard text.hasPrefix("ledger inclusion") else {
            let (older, newer) = try ConsistencyProof(text).verify(key)
            return
                "valid: the \(newer.size) events of \(newer.origin) begin with the \(older.size) "
                + "of the older checkpoint"
        }
        let proof = try EventProof(text)
        let (tree, event) = try proof.verify(key)
        return "valid: event \(proof.event.index + 1) of the \(tree.size) of \(tree.origin)\n"
            + event
    }
}
