import LedgerCommands
import ArgumentParser
import LedgerArchive

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Create the key that signs checkpoints, or show its public half.",
        subcommands: [KeysGenerateCommand.self, KeysShowCommand.self])
}

struct KeysGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Create an Ed25519 key in a file that only its owner can read.",
        discussion: """
            Prints the public key. A journal is signed with the key file that --key names, or
            LEDGER_SIGNING_KEY, or signing.key in the journal's directory, in this order.

              ledger keys generate --name example.com/desk journal/main/signing.key
            """.paragraphs)

    @Option(help: "Name of the key, used as the origin of checkpoints. No spaces or plus signs.")
    var name = "ledger"
    @Argument(help: "File to write. An existing file is not replaced.")
    var path = SigningKey.fileName
    @OptionGroup var output: FormatOptions

    func run() throws {
        let key = try SigningKey(name: name)
        try key.save(path)
        try Report(
            "\(key.verifier)",
            [
                Report.text("file", path), Report.text("name", key.name),
                Report.text("public_key", key.verifier),
            ]
        ).write(output.style)
    }
}

struct KeysShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the public key as a line for signed notes, then as PEM for openssl.",
        discussion: "  ledger keys show journal/main/signing.key > desk.pub")

    @Argument(help: "File that `ledger keys generate` wrote.")
    var path = SigningKey.fileName
    @OptionGroup var output: FormatOptions

    func run() throws {
        let key = try SigningKey.load(path).verifier
        try Report(
            "\(key)\n\(key.pem.dropLast())",
            [
                Report.text("name", key.name), Report.text("public_key", key),
                Report.text("pem", key.pem),
            ]
        ).write(output.style)
    }
}

/// The expected signer.
struct PublicKeyOptions: ParsableArguments {
    @Option(help: "Public key as NAME+HASH+BASE64, or a file with one in its first line.")
    var publicKey: String

    func key() throws -> VerifierKey { try Self.key(publicKey) }

    static func key(_ text: String) throws -> VerifierKey {
        if let key = try? VerifierKey(text) { return key }
        guard let file = try? TextFile.read(text) else {
            throw CommandError("--public-key \(text) is neither a public key nor a file")
        }
        do throws(ArchiveError) {
            return try VerifierKey(String(file.prefix { $0 != "\n" }))
        } catch { throw CommandError("--public-key \(text): \(error)") }
    }
}
