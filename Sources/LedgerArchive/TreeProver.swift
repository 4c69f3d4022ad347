import LedgerDomain
import LedgerEvents
import LedgerJournal

extension TreeSealer {
    /// Removes a journal's tree, checkpoints and secret. Used when the journal itself is removed.
    public static func remove(directory: String) { TreeFiles.remove(ofJournal: directory) }

    /// Proves that an event is in the tree of a signed checkpoint.
    ///
    /// - Parameter note: a checkpoint of this tree that covers the event; nil for the latest one.
    /// - Throws: `ArchiveError.damaged` if the tree differs from the signed one; `.unusable` if no
    ///   checkpoint covers the event.
    public func proveInclusion(
        of sequence: SequenceNumber, in note: SignedNote? = nil
    ) throws -> InclusionProof {
        guard let note = try note ?? latestCheckpoint() else {
            throw ArchiveError(
                .unusable, at: "",
                "there is no signed checkpoint; create one with 'ledger checkpoint'")
        }
        let tree = try SignedCheckpoint(text: note.text)
        guard sequence != .none, sequence.number <= tree.size else {
            throw ArchiveError(
                .unusable, at: "",
                "event \(sequence) is not in the checkpoint of \(tree.size) events")
        }
        let entry = try leaves.entry(sequence)
        let index = sequence.number - 1
        return try proving(tree.size) { nodes in
            let hashes = try MerkleTree.inclusionProof(of: index, size: tree.size, nodes)
            let holds = MerkleTree.isIncluded(
                .leaf(entry), at: index, size: tree.size, root: tree.root, proof: hashes)
            guard holds else { return nil }
            return InclusionProof(entry: entry, index: index, hashes: hashes, checkpoint: note)
        } ?? { throw disagreement(tree) }()
    }

    /// Proves an event together with the definitions of what it names, as they were then. A definition
    /// that was pruned is left out.
    ///
    /// - Throws: as `proveInclusion(of:in:)`.
    public func proveEvent(
        _ sequence: SequenceNumber, in note: SignedNote? = nil
    ) throws -> EventProof {
        let event = try proveInclusion(of: sequence, in: note)
        var definitions: [InclusionProof] = []
        for definition in try leaves.definitions(for: sequence) {
            definitions.append(try proveInclusion(of: definition, in: event.checkpoint))
        }
        return EventProof(event: event, definitions: definitions)
    }

    /// Proves that the tree of a newer checkpoint begins with that of an older one.
    ///
    /// - Parameter newer: nil for the latest one.
    /// - Throws: `ArchiveError.damaged` if it does not.
    public func proveConsistency(
        from older: SignedNote, to newer: SignedNote? = nil
    ) throws -> ConsistencyProof {
        guard let newer = try newer ?? latestCheckpoint() else {
            throw ArchiveError(
                .unusable, at: "",
                "there is no signed checkpoint; create one with 'ledger checkpoint'")
        }
        let before = try SignedCheckpoint(text: older.text)
        let after = try SignedCheckpoint(text: newer.text)
        guard before.size <= after.size else {
            throw ArchiveError(
                .damaged, at: "",
                "the older checkpoint covers \(before.size) events, the newer one for \(after.size)"
            )
        }
        return try proving(after.size) { nodes in
            let hashes = try MerkleTree.consistencyProof(
                from: before.size, to: after.size, nodes)
            let holds = MerkleTree.isConsistent(
                from: before.size, oldRoot: before.root, to: after.size, root: after.root,
                proof: hashes)
            guard holds else { return nil }
            return ConsistencyProof(older: older, newer: newer, hashes: hashes)
        } ?? { throw disagreement(before) }()
    }

    /// Runs `body` over the tree's nodes. If it returns nil, or if a tile is damaged, rebuilds the
    /// tiles from the events and runs it again.
    private func proving<R>(
        _ needed: UInt64, _ body: (TileNodes) throws -> R?
    ) throws -> R? {
        if needed > size { try advance() }
        guard needed <= size else {
            throw ArchiveError(
                .damaged, at: "",
                "the checkpoint covers \(needed) events but the journal has \(size): its end was "
                    + "cut off, or it is another journal")
        }
        do {
            if let result = try withNodes(body) { return result }
            try rebuild(because: "a tile does not match the signed root")
        } catch let error as ArchiveError where error.kind == .damaged {
            try rebuild(because: "\(error)")
        }
        return try withNodes(body)
    }

    private func disagreement(_ tree: SignedCheckpoint) -> ArchiveError {
        ArchiveError(
            .damaged, at: "",
            "the journal's first \(tree.size) events differ from those that \(tree.origin) signed"
        )
    }
}
