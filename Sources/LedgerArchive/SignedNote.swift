/// A text and its signatures, as defined by c2sp.org/signed-note.
///
///     text, each line ending in a line feed
///     (an empty line)
///     — NAME BASE64      one line per signature: the key's name; 4 bytes of the key's hash,
///     signature
public struct SignedNote: Hashable, Sendable {
    public struct Signature: Hashable, Sendable {
        public var name: String
        /// The first 4 bytes of the hash of the key's name and bytes.
        public var keyHash: [UInt8]
        public var bytes: [UInt8]
    }

    /// Ends in a line feed.
    public let text: String
    public let signatures: [Signature]

    /// The largest note accepted; c2sp.org/signed-note permits such a limit.
    static let largest = 1 << 20

    init(text: String, signatures: [Signature]) {
        (self.text, self.signatures) = (text, signatures)
    }

    /// - Throws: `ArchiveError.damaged` if the text is not a note.
    public init(_ encoded: String) throws(ArchiveError) {
        func malformed(_ why: String) -> ArchiveError {
            ArchiveError(.damaged, at: "", "not a signed note: \(why)")
        }
        guard encoded.utf8.count <= Self.largest else { throw malformed("it is too large") }
        let isPlain = encoded.unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 32 }
        guard isPlain else { throw malformed("it has control characters") }
        let lines = encoded.split(separator: "\n" as Unicode.Scalar)
        guard encoded.utf8.last == UInt8(ascii: "\n") else {
            throw malformed("it does not end in a line feed")
        }
        guard let blank = lines.dropLast().lastIndex(of: ""), blank > 0 else {
            throw malformed("an empty line is missing before its signatures")
        }
        text = lines[..<blank].map { $0 + "\n" }.joined()
        var found: [Signature] = []
        for line in lines[(blank + 1)...].dropLast() {
            guard let signature = Signature(line) else {
                throw malformed("'\(line)' is not a signature")
            }
            found.append(signature)
        }
        guard !found.isEmpty, found.count <= 100 else { throw malformed("it has no signature") }
        signatures = found
        // Compare bytes: strings that encode an accent differently compare equal.
        guard self.encoded.utf8.elementsEqual(encoded.utf8) else {
            throw malformed("its text is not in canonical form")
        }
    }

    /// The text as it is stored in a file.
    public var encoded: String {
        text + "\n" + signatures.map { $0.line + "\n" }.joined()
    }
}

extension SignedNote.Signature {
    /// One signature line, without its line feed.
    init?(_ line: String) {
        guard line.hasPrefix("— ") else { return nil }
        let words = line.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, VerifierKey.isName(words[0]), let all = Base64.decode(words[1]),
            all.count > 4
        else { return nil }
        self.init(name: String(words[0]), keyHash: Array(all[..<4]), bytes: Array(all[4...]))
    }

    var line: String { "— \(name) \(Base64.encode(keyHash + bytes))" }
}

extension String {
    /// The parts between separators, including empty ones. Splits by scalars, because a carriage
    /// return and a line feed form one character.
    func split(separator: Unicode.Scalar) -> [String] {
        unicodeScalars.split(separator: separator, omittingEmptySubsequences: false)
            .map(String.init)
    }
}
