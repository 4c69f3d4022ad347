import LedgerDomain
import LedgerEvents

/// Proves that one event is in a journal's tree. To check it you need only the public key.
///
///     ledger inclusion proof v1
///     event JSON             the event as `ledger tail` prints it, with numbers instead of names
///     (an empty line)
///     c2sp.org/tlog-proof@v1
///     extra BASE64           the leaf entry: the salt (16 bytes), then the record
///     index N                the event's sequence number, minus one
///     BASE64                 one hash per line, lowest first
///     (an empty line)
///     a signed checkpoint
///
/// From the third line on, this is a proof as defined by c2sp.org/tlog-proof.
public struct InclusionProof: Hashable, Sendable {
    public var entry: [UInt8]
    public var index: UInt64
    public var hashes: [MerkleHash]
    public var checkpoint: SignedNote

    static let title = "ledger inclusion proof v1"
    private static let tlog = "c2sp.org/tlog-proof@v1"

    public init(entry: [UInt8], index: UInt64, hashes: [MerkleHash], checkpoint: SignedNote) {
        (self.entry, self.index, self.hashes) = (entry, index, hashes)
        self.checkpoint = checkpoint
    }

    /// The event as a JSON line without its line feed. Without names it has numbers, because the proof
    /// holds no definitions.
    ///
    /// - Throws: `ArchiveError.damaged` if the entry is not an event of a known type.
    public func event(_ names: NameBook = NameBook()) throws(ArchiveError) -> String {
        var line: [UInt8] = []
        var writer = JSONLineWriter(names: names)
        try read { (record) throws(RecordError) in try writer.append(record, to: &line) }
        return String(decoding: line.dropLast(), as: UTF8.self)
    }

    /// Calls `body` with the event.
    func read(_ body: (Record) throws(RecordError) -> Void) throws(ArchiveError) {
        guard entry.count > LeafHasher.saltSize else {
            throw ArchiveError(.damaged, at: "", "its entry is shorter than a salt")
        }
        do {
            try Record.reading(Array(entry[LeafHasher.saltSize...])) { record in
                try body(record.numbered(SequenceNumber(index + 1)))
            }
        } catch {
            throw ArchiveError(.damaged, at: "", "its entry is not an event: \(error)")
        }
    }

    /// The text as it is stored in a file.
    public func encoded() throws(ArchiveError) -> String {
        var text = "\(Self.title)\nevent \(try event())\n\n"
        text += "\(Self.tlog)\nextra \(Base64.encode(entry))\nindex \(index)\n"
        for hash in hashes { text += "\(hash)\n" }
        return text + "\n" + checkpoint.encoded
    }

    /// - Throws: `ArchiveError.damaged` for a text that `encoded` would not produce.
    public init(_ text: String) throws(ArchiveError) {
        func malformed(_ why: String) -> ArchiveError {
            ArchiveError(.damaged, at: "", "not an inclusion proof: \(why)")
        }
        let parts = ProofText.paragraphs(text)
        guard parts.count == 4, parts[0].count == 2, parts[0][0] == Self.title else {
            throw malformed("its title or its number of paragraphs is wrong")
        }
        let lines = parts[1]
        guard lines.count >= 3, lines[0] == Self.tlog,
            let entry = ProofText.value(of: "extra", in: lines[1]).flatMap(Base64.decode),
            let index = ProofText.value(of: "index", in: lines[2]).flatMap({
                SignedCheckpoint.number($0)
            }), index < .max
        else { throw malformed("the lines 'extra' and 'index' are missing") }
        self.init(
            entry: entry, index: index, hashes: try ProofText.hashes(lines[3...]),
            checkpoint: try SignedNote(ProofText.note(parts[2...])))
        guard ProofText.value(of: "event", in: parts[0][1]) == (try event()) else {
            throw malformed("the event shown differs from the one in the leaf")
        }
        // Compare bytes: strings that encode an accent differently compare equal.
        guard try encoded().utf8.elementsEqual(text.utf8) else {
            throw malformed("its text is not in canonical form")
        }
    }

    /// Checks everything: the signature, and that the hashes lead from the leaf to the root.
    ///
    /// - Returns: the checkpoint, which gives the log's name and size.
    /// - Throws: `ArchiveError.damaged`, which says which check failed.
    @discardableResult
    public func verify(_ key: VerifierKey) throws(ArchiveError) -> SignedCheckpoint {
        let tree = try SignedCheckpoint(checkpoint, signedBy: key)
        let isIncluded = MerkleTree.isIncluded(
            .leaf(entry), at: index, size: tree.size, root: tree.root, proof: hashes)
        guard isIncluded else {
            throw ArchiveError(
                .damaged, at: "",
                "the hashes do not lead from event \(index + 1) to the root of \(tree.size) events")
        }
        return tree
    }
}

/// The text format common to both kinds of proof.
enum ProofText {
    /// The lines between empty lines. The last paragraph must end in a single line feed.
    static func paragraphs(_ text: String) -> [[String]] {
        var parts: [[String]] = [[]]
        for line in text.split(separator: "\n" as Unicode.Scalar) {
            if line.isEmpty { parts.append([]) } else { parts[parts.count - 1].append(line) }
        }
        guard parts.last == [] else { return [] }
        parts.removeLast()
        return parts.contains([]) ? [] : parts
    }

    static func value(of key: String, in line: String) -> String? {
        line.hasPrefix(key + " ") ? String(line.dropFirst(key.count + 1)) : nil
    }

    static func hashes(_ lines: ArraySlice<String>) throws(ArchiveError) -> [MerkleHash] {
        guard lines.count <= 126 else {
            throw ArchiveError(.damaged, at: "", "\(lines.count) hashes are too many for a proof")
        }
        var hashes: [MerkleHash] = []
        for line in lines {
            guard let hash = Base64.decode(line).flatMap({ MerkleHash($0) }) else {
                throw ArchiveError(.damaged, at: "", "'\(line)' is not a hash")
            }
            hashes.append(hash)
        }
        return hashes
    }

    /// A note from its text and its signatures.
    static func note(_ parts: ArraySlice<[String]>) -> String {
        parts.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }
}
