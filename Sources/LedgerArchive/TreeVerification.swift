import LedgerDomain
import LedgerEvents
import LedgerJournal

/// Compares a journal's events with its tree, its stored checkpoints and externally kept
/// checkpoints, block by block as another check reads them.
public struct TreeVerification {
    private let files: TreeFiles
    private var hasher: LeafHasher
    private let head: SignedCheckpoint?
    private var frontier = TreeFrontier()
    /// In ascending order of size.
    private var wanted: [(name: String, tree: SignedCheckpoint, isHead: Bool)] = []
    private var passed = 0
    /// One entry per fault.
    public private(set) var faults: [String] = []
    /// The number of checkpoints whose root the events yield.
    public private(set) var agreed = 0
    /// The last event that one of them covers.
    public private(set) var covered = SequenceNumber.none

    /// - Parameters:
    ///   - directory: the journal's own directory.
    ///   - kept: checkpoints kept elsewhere, with their names.
    ///   - key: must have signed the stored checkpoints. Roots are compared with or without a key.
    /// - Returns: nil if the journal has no tree and there is nothing to compare.
    /// - Throws: `ArchiveError.unusable` if there is something to compare but the secret is
    ///   missing.
    public init?(
        directory: String, kept: [(name: String, tree: SignedCheckpoint)] = [],
        key: VerifierKey? = nil
    ) throws(ArchiveError) {
        files = TreeFiles(TreeFiles.folder(of: directory))
        var faults: [String] = []
        do throws(ArchiveError) { head = try files.readHead() } catch {
            guard error.kind == .damaged else { throw error }
            faults.append("\(error)")
            head = nil
        }
        let sizes = files.checkpointSizes()
        if head == nil, faults.isEmpty, sizes.isEmpty, kept.isEmpty { return nil }
        guard let secret = try JournalSecret.load(directory: directory) else {
            throw ArchiveError(
                .unusable, at: "\(directory)/\(JournalSecret.fileName)",
                "is missing, and events cannot be compared with a root without it")
        }
        hasher = LeafHasher(secret)
        wanted = kept.map { ($0.name, $0.tree, false) }
        for size in sizes {
            let name = files.checkpoint(size)
            do throws(ArchiveError) {
                guard let note = try files.note(name) else { continue }
                let tree = try TreeFiles.named(name) { () throws(ArchiveError) in
                    if let key { return try SignedCheckpoint(note, signedBy: key) }
                    return try SignedCheckpoint(text: note.text)
                }
                guard tree.size == size else {
                    throw ArchiveError(.damaged, at: name, "covers \(tree.size) events")
                }
                wanted.append((name, tree, false))
            } catch { faults.append("\(error)") }
        }
        if let head { wanted.append(("\(files.path)/head", head, true)) }
        wanted.sort { $0.tree.size < $1.tree.size }
        self.faults = faults
    }

    /// Takes the next block of the journal, in order from the first.
    public mutating func check(_ block: Block) throws(BlockError) {
        comparePassed()
        var records = block.records()
        while let record = try records.next() {
            let leaf = hasher.leaf(record.sequence, record.bytes)
            append(leaf)
            if passed < wanted.count, wanted[passed].tree.size <= frontier.size { comparePassed() }
        }
    }

    private mutating func append(_ leaf: MerkleHash) {
        var full: [(level: Int, number: UInt64, hashes: [MerkleHash])] = []
        frontier.append(leaf) { full.append(($0, $1, $2)) }
        for tile in full {
            if let fault = compareTile(tile.level, tile.number, tile.hashes) {
                faults.append(fault)
            }
        }
    }

    /// Nil if the tile exists and is right, or was never written.
    private func compareTile(_ level: Int, _ number: UInt64, _ hashes: [MerkleHash]) -> String? {
        let end = (number + 1) << UInt64(8 * level + 8)
        guard level > 0, let head, end <= head.size else { return nil }
        do throws(ArchiveError) {
            return try files.readTile(level, number) == hashes
                ? nil : "\(files.tile(level, number)): the tile does not match the events"
        } catch { return "\(error)" }
    }

    private mutating func comparePassed() {
        while passed < wanted.count, wanted[passed].tree.size <= frontier.size {
            let (name, tree, isHead) = wanted[passed]
            passed += 1
            guard tree.root == frontier.root else {
                faults.append(
                    "\(name): the first \(tree.size) events differ from those it covers: the "
                        + "journal was rewritten, or it is another journal")
                continue
            }
            if isHead {
                compareEdge()
            } else {
                agreed += 1
                covered = SequenceNumber(tree.size)
            }
        }
    }

    private mutating func compareEdge() {
        let fault: String
        do throws(ArchiveError) {
            if try files.readEdge(of: frontier.size) == frontier.edge { return }
            fault = "\(files.path)/tile: the last tiles do not match the events"
        } catch { fault = "\(error)" }
        // Another process that grows the tree may remove the old edge in the meantime.
        if let now = try? files.readHead(), now != head { return }
        faults.append(fault)
    }

    /// After the last block: the checkpoints that cover more events than the journal has.
    public mutating func finish() {
        comparePassed()
        for (name, tree, _) in wanted[passed...] {
            faults.append(
                "\(name): it covers \(tree.size) events but the journal ends at "
                    + "\(frontier.size): its end was cut off")
        }
        passed = wanted.count
    }
}
