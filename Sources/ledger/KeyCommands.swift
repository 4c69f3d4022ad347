import LedgerCommands
import ArgumentParser
import LedgerArchive

struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make the key that signs checkpoints, and show its public half.",
        subcommands: [KeysGenerateCommand.self, KeysShowCommand.self])
}

struct KeysGenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write a new Ed25519 key into a file that only its owner may read.",
        discussion: """
            It prints the public key. A journal is signed with the file that --key names, else with the one that
            LEDGER_SIGNING_KEY names, else with signing.key in the journal's directory.

              ledger keys generate --name example.com/desk journal/main/signing.key
            """)

    @Option(help: "Name of the key, the origin of what it signs: no spaces, no plus.")
    var name = "ledger"
    @Argument(help: "File to write; one that is there is not replaced.")
    var path = SigningKey.fileName

    func run() throws {
        let key = try SigningKey(name: name)
        try key.save(path)
        Terminal.print("\(key.verifier)")
    }
}

struct KeysShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the public half of a key: a line for signed notes, then PEM for openssl.",
        discussion: "Example: ledger keys show journal/main/signing.key > desk.pub")

    @Argument(help: "File that `ledger keys generate` wrote.")
    var path = SigningKey.fileName

    func run() throws {
        let key = try SigningKey.load(path).verifier
        Terminal.print("\(key)\n\(key.pem.dropLast())")
    }
}

/// Whose signature is asked for.
struct PublicKeyOptions: ParsableArguments {
    @Option(help: "Public key, NAME+HASH+BASE64, or a file whose first line is one.")
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
