/// A private Ed25519 key with its name, as Go's note package writes it:
/// `PRIVATE+KEY+NAME+HASH+BASE64`, the base64 of 0x01 and the 32 bytes of RFC 8032.
///
/// It signs, and is never part of an error, a journal or an export.
public struct SigningKey: Sendable, CustomStringConvertible, CustomReflectable {
    public let verifier: VerifierKey
    private let seed: [UInt8]

    private static let prefix = "PRIVATE+KEY+"

    /// - Parameter seed: 32 random bytes.
    /// - Throws: `ArchiveError.unusable` for a name that is empty or contains a space or a plus.
    public init(name: String, seed: [UInt8]) throws(ArchiveError) {
        guard VerifierKey.isName(name) else {
            throw ArchiveError(
                .unusable, at: "", "a key's name must not be empty or contain spaces or '+'")
        }
        guard let bytes = Ed25519.publicKey(of: seed) else {
            throw ArchiveError(.unusable, at: "", "a private key must have 32 bytes")
        }
        verifier = VerifierKey(name: name, bytes: bytes)
        self.seed = seed
    }

    /// A new key.
    public init(name: String) throws(ArchiveError) {
        try self.init(name: name, seed: try RandomBytes.make(Ed25519.keySize))
    }

    /// - Throws: `ArchiveError.unusable`, whose message does not quote the text.
    init(text: String) throws(ArchiveError) {
        let refusal = ArchiveError(
            .unusable, at: "", "not a private key of the form \(Self.prefix)…")
        guard text.hasPrefix(Self.prefix) else { throw refusal }
        let parts = text.dropFirst(Self.prefix.count)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let all = Base64.decode(parts[2]),
            all.count == 1 + Ed25519.keySize, all[0] == VerifierKey.ed25519
        else { throw refusal }
        try self.init(name: String(parts[0]), seed: Array(all[1...]))
        guard Hex.encode(verifier.keyHash) == parts[1] else { throw refusal }
    }

    /// Reads a key file.
    ///
    /// - Throws: `ArchiveError.unusable` if it does not exist, if other users can read it, or if it
    ///   holds no key.
    public static func load(_ path: String) throws(ArchiveError) -> SigningKey {
        let bytes = try PrivateFile.read(path)
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(ArchiveError) {
            return try SigningKey(text: String(text.prefix { $0 != "\n" }))
        } catch {
            throw ArchiveError(error.kind, at: path, error.problem)
        }
    }

    /// Writes the key file so that only its owner can read it.
    ///
    /// - Throws: `ArchiveError.unusable` if the path exists.
    public func save(_ path: String) throws(ArchiveError) {
        let hash = Hex.encode(verifier.keyHash)
        let bytes = Base64.encode([VerifierKey.ed25519] + seed)
        let line = "\(Self.prefix)\(verifier.name)+\(hash)+\(bytes)\n"
        try PrivateFile.create(path, Array(line.utf8))
    }

    public var name: String { verifier.name }

    /// Keeps the private half out of printed and dumped values.
    public var description: String { "the private key of \(verifier)" }
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Signs a text.
    ///
    /// - Parameter text: lines, each ending in a line feed. Signing is deterministic.
    public func sign(_ text: String) throws(ArchiveError) -> SignedNote {
        guard text.hasSuffix("\n"), let bytes = Ed25519.sign(Array(text.utf8), seed: seed) else {
            throw ArchiveError(.unusable, at: "", "a text to sign must end in a line feed")
        }
        return SignedNote(
            text: text,
            signatures: [
                SignedNote.Signature(name: name, keyHash: verifier.keyHash, bytes: bytes)
            ])
    }
}
