import LedgerDomain
import LedgerEvents
import LedgerJournal

/// A journal's tree at one size, in the text format of c2sp.org/tlog-checkpoint.
///
///     origin             the name of the signing key
///     size               number of events in the tree, decimal
///     root               base64
///     chain N LINK       the hexadecimal link of the block that ends at event N and holds the tree's last
public struct SignedCheckpoint: Hashable, Sendable {
    /// The position of the SHA-256 chain: the last event of the block that holds the tree's last
    /// event.
    public struct Chain: Hashable, Sendable {
        public var through: SequenceNumber
        public var link: String

        init(_ header: BlockHeader) {
            through = SequenceNumber(header.nextSequence.number - 1)
            link = "\(header.link)"
        }

        init?(_ line: String) {
            let words = line.split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 3, words[0] == "chain",
                let number = SignedCheckpoint.number(words[1])
            else { return nil }
            (through, link) = (SequenceNumber(number), String(words[2]))
        }

        var line: String { "chain \(through) \(link)" }
    }

    public var origin: String
    public var size: UInt64
    public var root: MerkleHash
    /// Not empty, without line feeds.
    public var extensions: [String] = []

    public var chain: Chain? { extensions.lazy.compactMap { Chain($0) }.first }

    init(origin: String, size: UInt64, root: MerkleHash, chain: Chain?) {
        (self.origin, self.size, self.root) = (origin, size, root)
        extensions = chain.map { [$0.line] } ?? []
    }

    /// - Throws: `ArchiveError.damaged` if the text is not a checkpoint.
    public init(text: String) throws(ArchiveError) {
        let lines = text.split(separator: "\n" as Unicode.Scalar)
        guard lines.count >= 4, lines.last == "", !lines.dropLast().contains(""),
            let size = Self.number(lines[1]),
            let root = Base64.decode(lines[2]).flatMap({ MerkleHash($0) })
        else {
            throw ArchiveError(
                .damaged, at: "", "not a checkpoint: needs an origin, a size and a root")
        }
        (origin, self.size, self.root) = (lines[0], size, root)
        extensions = Array(lines[3..<lines.count - 1])
    }

    /// Checks that the key signed the note and that the note is a checkpoint of the key's log.
    ///
    /// - Throws: `ArchiveError.damaged`.
    public init(_ note: SignedNote, signedBy key: VerifierKey) throws(ArchiveError) {
        try key.verify(note)
        try self.init(text: note.text)
        guard origin == key.name else {
            throw ArchiveError(
                .damaged, at: "", "its origin is \(origin), but the key belongs to \(key.name)")
        }
    }

    public var text: String {
        ([origin, "\(size)", "\(root)"] + extensions).map { $0 + "\n" }.joined()
    }

    /// A decimal number without leading zeros.
    static func number(_ text: some StringProtocol) -> UInt64? {
        guard let number = UInt64(text), "\(number)" == text else { return nil }
        return number
    }
}
