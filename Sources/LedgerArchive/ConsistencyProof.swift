/// Proves that a journal still begins with all the events of an older checkpoint.
///
///     ledger consistency proof v1
///     BASE64                 one hash per line
///     (an empty line)
///     the older signed checkpoint
///     (an empty line)
///     the newer one
public struct ConsistencyProof: Hashable, Sendable {
    public var older: SignedNote
    public var newer: SignedNote
    public var hashes: [MerkleHash]

    static let title = "ledger consistency proof v1"

    public init(older: SignedNote, newer: SignedNote, hashes: [MerkleHash]) {
        (self.older, self.newer, self.hashes) = (older, newer, hashes)
    }

    /// The text as it is stored in a file.
    public var encoded: String {
        Self.title + "\n" + hashes.map { "\($0)\n" }.joined() + "\n" + older.encoded + "\n"
            + newer.encoded
    }

    /// - Throws: `ArchiveError.damaged` for a text that `encoded` would not produce.
    public init(_ text: String) throws(ArchiveError) {
        let parts = ProofText.paragraphs(text)
        guard parts.count == 5, parts[0][0] == Self.title else {
            throw ArchiveError(
                .damaged, at: "",
                "not a consistency proof: its title or its number of paragraphs is wrong"
            )
        }
        self.init(
            older: try SignedNote(ProofText.note(parts[1...2])),
            newer: try SignedNote(ProofText.note(parts[3...4])),
            hashes: try ProofText.hashes(parts[0][1...]))
        guard encoded.utf8.elementsEqual(text.utf8) else {
            throw ArchiveError(
                .damaged, at: "", "not a consistency proof: its text is not in canonical form")
        }
    }

    /// Checks both signatures, and that the newer tree begins with the older one.
    ///
    /// - Throws: `ArchiveError.damaged`, which names the failed check.
    @discardableResult
    public func verify(
        _ key: VerifierKey
    ) throws(ArchiveError) -> (older: SignedCheckpoint, newer: SignedCheckpoint) {
        let before = try TreeFiles.named("the older checkpoint") { () throws(ArchiveError) in
            try SignedCheckpoint(older, signedBy: key)
        }
        let after = try TreeFiles.named("the newer checkpoint") { () throws(ArchiveError) in
            try SignedCheckpoint(newer, signedBy: key)
        }
        let isConsistent = MerkleTree.isConsistent(
            from: before.size, oldRoot: before.root, to: after.size, root: after.root, proof: hashes
        )
        guard isConsistent else {
            throw ArchiveError(
                .damaged, at: "",
                "the tree of \(after.size) events does not begin with the one of \(before.size)")
        }
        return (before, after)
    }
}
