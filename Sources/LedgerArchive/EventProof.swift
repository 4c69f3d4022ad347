import LedgerDomain
import LedgerEvents

/// A proof of one event that says which account, instrument and strategies it names: the proof of the
/// event, followed by those of the definitions, an empty line before each.
///
/// A proof without definitions is an `InclusionProof` alone; the event then shows numbers.
public struct EventProof: Hashable, Sendable {
    public var event: InclusionProof
    /// In the order of their sequence numbers.
    public var definitions: [InclusionProof]

    public init(event: InclusionProof, definitions: [InclusionProof]) {
        (self.event, self.definitions) = (event, definitions)
    }

    /// An event names at most an account, an instrument and its strategies.
    private static let most = 8

    public func encoded() throws(ArchiveError) -> String {
        var text = try event.encoded()
        for definition in definitions { text += "\n" + (try definition.encoded()) }
        return text
    }

    /// - Throws: `ArchiveError.damaged` for a text that `encoded` would not produce.
    public init(_ text: String) throws(ArchiveError) {
        var parts: [String] = []
        var part = ""
        for line in text.split(separator: "\n" as Unicode.Scalar) {
            if line == InclusionProof.title, part.hasSuffix("\n\n") {
                // The empty line before it belongs to neither proof.
                parts.append(String(part.unicodeScalars.dropLast()))
                part = ""
            }
            part += line + "\n"
        }
        // The text ends in a line feed, after which there is one more, empty, line.
        parts.append(String(part.unicodeScalars.dropLast()))
        guard parts.count <= 1 + Self.most else {
            throw ArchiveError(.damaged, at: "", "\(parts.count) proofs are too many for an event")
        }
        var proofs: [InclusionProof] = []
        for part in parts { proofs.append(try InclusionProof(part)) }
        self.init(event: proofs[0], definitions: Array(proofs[1...]))
    }

    /// Checks every proof, and that the definitions are of the same tree and come before the event.
    ///
    /// - Returns: the checkpoint, and the event as a JSON line with the names that are proved.
    /// - Throws: `ArchiveError.damaged`, which says which check failed.
    public func verify(
        _ key: VerifierKey
    ) throws(ArchiveError) -> (tree: SignedCheckpoint, event: String) {
        let tree = try event.verify(key)
        var names = NameBook()
        var last: UInt64?
        for definition in definitions {
            let place = "the definition at event \(definition.index + 1)"
            guard definition.checkpoint == event.checkpoint else {
                throw ArchiveError(.damaged, at: place, "is proved by another checkpoint")
            }
            guard definition.index < event.index, last.map({ $0 < definition.index }) ?? true else {
                throw ArchiveError(.damaged, at: place, "is out of order")
            }
            try definition.verify(key)
            last = definition.index
            let before = names
            try definition.read { (record) throws(RecordError) in try names.remember(record) }
            guard names != before else {
                throw ArchiveError(.damaged, at: place, "defines nothing that is new")
            }
        }
        return (tree, try event.event(names))
    }
}
