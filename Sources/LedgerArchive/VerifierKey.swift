/// The public half of a signing key, as c2sp.org/signed-note writes it: `NAME+HASH+BASE64`.
///
///     HASH     8 hexadecimal digits: the first 4 bytes of SHA-256(NAME, 0x0a, decoded BASE64)
///     BASE64   0x01 for Ed25519, then the 32 bytes of the public key
public struct VerifierKey: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    /// 32 bytes.
    public let bytes: [UInt8]

    static let ed25519: UInt8 = 1

    init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }

    /// - Throws: `ArchiveError.unusable` if the text is not a key of this kind.
    public init(_ text: String) throws(ArchiveError) {
        // The base64 may contain a plus.
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, Self.isName(parts[0]), let all = Base64.decode(parts[2]),
            all.count == 1 + Ed25519.keySize, all[0] == Self.ed25519
        else {
            throw ArchiveError(
                .unusable, at: "", "not a public key: write an Ed25519 key as NAME+HASH+BASE64")
        }
        self.init(name: String(parts[0]), bytes: Array(all[1...]))
        guard String(parts[1]) == hexHash else {
            throw ArchiveError(
                .unusable, at: "", "the public key's hash \(parts[1]) does not match its bytes")
        }
    }

    /// No spaces and no plus, and not empty.
    public static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                !$0.properties.isWhitespace && $0 != "+" && $0.value >= 32 && $0.value != 127
            }
    }

    private var typedBytes: [UInt8] { [Self.ed25519] + bytes }

    /// The 4 bytes by which a signature refers to its key.
    public var keyHash: [UInt8] {
        Array(MerkleHash(of: Array(name.utf8) + [0x0A] + typedBytes).bytes[..<4])
    }

    private var hexHash: String { Hex.encode(keyHash) }

    public var description: String { "\(label)+\(Base64.encode(typedBytes))" }

    /// Name and hash, which tell it from other keys.
    public var label: String { "\(name)+\(hexHash)" }

    /// The same key for openssl: a SubjectPublicKeyInfo as in RFC 8410.
    public var pem: String {
        let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0]
        return "-----BEGIN PUBLIC KEY-----\n\(Base64.encode(prefix + bytes))\n"
            + "-----END PUBLIC KEY-----\n"
    }

    /// Checks that this key signed the note. Signatures by other keys are ignored.
    ///
    /// - Throws: `ArchiveError.damaged` (without a path) if it did not.
    public func verify(_ note: SignedNote) throws(ArchiveError) {
        let mine = note.signatures.filter { $0.name == name && $0.keyHash == keyHash }
        guard !mine.isEmpty else {
            let signers = note.signatures.map { "\($0.name)+\(Hex.encode($0.keyHash))" }
            throw ArchiveError(
                .damaged, at: "",
                "not signed by \(label) but by \(signers.joined(separator: ", "))")
        }
        // c2sp.org/signed-note: an invalid signature by a known key makes the note invalid.
        for signature in mine
        where !Ed25519.isValid(signature.bytes, of: Array(note.text.utf8), by: bytes) {
            throw ArchiveError(.damaged, at: "", "the signature of \(name) does not match its text")
        }
    }
}

/// Lower-case hexadecimal digits.
enum Hex {
    static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
