import LedgerDomain
import LedgerEvents
import LedgerJournal

/// Grows a journal's tree as the journal grows, and signs checkpoints of it.
///
/// It reads committed blocks and never delays the writer. Several processes may each have a sealer
/// for the same journal: they take turns through a file lock, and each continues where the tree
/// ends. Use it from one thread at a time.
public final class TreeSealer {
    let leaves: JournalLeaves
    private let files: TreeFiles
    private let key: SigningKey?
    private let policy: SealPolicy
    private var frontier = TreeFrontier()
    private var head: SignedCheckpoint?
    private var lastCheckpoint: UInt64 = 0
    private var lastTime: Timestamp?
    /// What was damaged and rebuilt from the events; nil if nothing was.
    public private(set) var repaired: String?

    /// Opens a journal's tree, or begins one. Creates the journal's secret if it has none.
    ///
    /// - Parameters:
    ///   - directory: the journal's directory.
    ///   - key: signs checkpoints. Without a key only tiles are written.
    /// - Throws: `ArchiveError.damaged` if the tree was built from another journal; `.unusable` if
    ///   files cannot be read or written; `JournalError`.
    public init(
        _ journal: any Journal, directory: String, key: SigningKey? = nil,
        policy: SealPolicy = SealPolicy()
    ) throws {
        files = TreeFiles(TreeFiles.folder(of: directory))
        let files = files
        let secret = try files.locked {
            if let known = try JournalSecret.load(directory: directory) { return known }
            if try files.readHead() != nil || !files.checkpointSizes().isEmpty {
                throw ArchiveError(
                    .unusable, at: "\(directory)/\(JournalSecret.fileName)",
                    "is missing, and the tree cannot be rebuilt without it; restore it from a "
                        + "backup"
                )
            }
            return try JournalSecret.create(directory: directory)
        }
        leaves = JournalLeaves(journal: journal, secret: secret)
        self.key = key
        self.policy = policy
        try files.locked { try load() }
    }

    /// The number of events in the tree.
    public var size: UInt64 { frontier.size }
    public var root: MerkleHash { frontier.root }

    // MARK: Growing

    /// Grows the tree up to an event, or to the journal's end if nil. With a key, it signs
    /// checkpoints on the way according to the policy.
    ///
    /// - Returns: the number of events in the tree.
    @discardableResult
    public func advance(through sequence: SequenceNumber? = nil) throws -> UInt64 {
        try files.locked { try grow(sequence) }
        return size
    }

    /// Grows the tree to the journal's end and signs a checkpoint of it.
    ///
    /// - Returns: the existing checkpoint if nothing was appended since.
    /// - Throws: `ArchiveError.unusable` without a key, or if the journal has no events.
    public func checkpoint() throws -> SignedNote {
        guard key != nil else {
            throw ArchiveError(
                .unusable, at: "", "a checkpoint needs a signing key, and there is none")
        }
        return try files.locked {
            try grow(nil)
            guard let head else {
                throw ArchiveError(.unusable, at: "", "the journal has no events to sign")
            }
            try sign(head)
            guard let note = try files.note(files.checkpoint(head.size)) else {
                throw ArchiveError(
                    .unusable, at: files.path, "the checkpoint was removed while it was written")
            }
            return note
        }
    }

    /// For a long-running process: grows the tree, and signs once the interval has passed.
    ///
    /// - Returns: whether a checkpoint at the journal's end was signed.
    public func tick(at time: Timestamp) throws -> Bool {
        try advance()
        guard let last = lastTime else {
            lastTime = time
            return false
        }
        guard key != nil, head != nil, time.nanoseconds(since: last) >= policy.interval.count
        else { return false }
        _ = try checkpoint()
        lastTime = time
        return true
    }

    /// Removes the tiles and rebuilds the tree from the events. Keeps the signed checkpoints and
    /// compares each of them on the way.
    public func rebuild() throws {
        try files.locked {
            try files.removeTiles()
            (frontier, head) = (TreeFrontier(), nil)
            try grow(nil)
        }
    }

    func rebuild(because problem: String) throws {
        repaired = problem
        try rebuild()
    }

    /// The signed checkpoint with the most events; nil if there is none.
    public func latestCheckpoint() throws(ArchiveError) -> SignedNote? {
        try files.latestCheckpoint()
    }

    /// The nodes of the tree on disk. Use them only while the tree does not grow.
    func withNodes<R>(_ body: (TileNodes) throws -> R) throws -> R {
        try files.locked {
            if let there = try files.readHead(), there.size != size { try load() }
            return try body(TileNodes(files, leaves, size: size))
        }
    }

    /// Call it only while the tree is locked.
    private func grow(_ through: SequenceNumber?) throws {
        // Another process may have grown the tree.
        if let there = try files.readHead(), there.size > frontier.size { try load() }
        let end = try through ?? leaves.journal.head.lastSequence
        guard end.number > frontier.size else { return }
        var growth = Growth(self)
        try growth.follow(leaves.journal, through: end)
    }

    /// Follows the journal from the end of the tree. The tree itself stores the position.
    private struct Growth: Follower {
        static let types: [EventType]? = nil
        static let takesAsWritten = true

        private let sealer: TreeSealer
        private let before: UInt64
        private let wanted: Set<UInt64>
        private var hasher: LeafHasher
        private var chain: SignedCheckpoint.Chain?
        private var pending: SignedCheckpoint?

        init(_ sealer: TreeSealer) {
            self.sealer = sealer
            before = sealer.frontier.size
            wanted = Set(sealer.files.checkpointSizes())
            hasher = LeafHasher(sealer.leaves.secret)
        }

        var position: SequenceNumber { SequenceNumber(sealer.frontier.size) }

        mutating func enter(_ block: BlockHeader) { chain = SignedCheckpoint.Chain(block) }

        mutating func apply(_ record: Record) throws {
            if record.isInput, let due = pending {
                try sealer.sign(due)
                pending = nil
            }
            let leaf = hasher.leaf(record.sequence, record.bytes)
            let files = sealer.files
            try sealer.frontier.append(leaf) { level, number, hashes in
                if level > 0 { try files.writeTile(level, number, hashes) }
            }
            let size = sealer.frontier.size
            if wanted.contains(size) { try sealer.compare(size) }
            if sealer.isDue(record) { pending = sealer.summary(chain) }
        }

        mutating func finish(through end: SequenceNumber) throws {
            if let pending { try sealer.sign(pending) }
            guard sealer.frontier.size == end.number else {
                throw ArchiveError(.damaged, at: "", "the journal ends before event \(end)")
            }
            try sealer.store(sealer.summary(chain), insteadOf: before)
        }
    }

    /// Writes the current state of the tree.
    private func store(_ grown: SignedCheckpoint, insteadOf before: UInt64) throws {
        try files.writeEdge(frontier)
        try files.writeHead(grown)
        head = grown
        files.removeEdge(of: before, unlessOf: frontier.size)
    }

    private func summary(_ chain: SignedCheckpoint.Chain?) -> SignedCheckpoint {
        SignedCheckpoint(
            origin: key?.name ?? "unsigned", size: frontier.size, root: frontier.root, chain: chain)
    }

    /// Whether the tree gets a checkpoint that ends at this event. If one input causes several
    /// checkpoints, only the last is written.
    @inline(__always)
    private func isDue(_ record: Record) -> Bool {
        guard key != nil else { return false }
        if frontier.size % policy.every == 0 { return true }
        guard SealPolicy.types.mayContain(record.rawType) else { return false }
        switch SealPolicy.weight(of: record) {
        case .none: return false
        case .always: return true
        case .automatic: return frontier.size - lastCheckpoint >= policy.spacing
        }
    }

    /// Stores a signed checkpoint, unless one of that size exists.
    private func sign(_ checkpoint: SignedCheckpoint) throws {
        guard let key else { return }
        lastCheckpoint = max(lastCheckpoint, checkpoint.size)
        var signed = checkpoint
        signed.origin = key.name
        if try files.note(files.checkpoint(checkpoint.size))?.text == signed.text { return }
        let latest = try files.latestCheckpoint().flatMap { try? SignedCheckpoint(text: $0.text) }
        try files.writeCheckpoint(
            key.sign(signed.text), size: signed.size,
            isLatest: signed.size >= latest?.size ?? 0)
    }

    // MARK: Loading

    /// Loads the tree from its files and rebuilds damaged parts.
    private func load() throws {
        (frontier, head) = (TreeFrontier(), nil)
        lastCheckpoint = files.checkpointSizes().last ?? 0
        let there: SignedCheckpoint?
        do throws(ArchiveError) { there = try files.readHead() } catch {
            return try repair(error)
        }
        guard let there else {
            if let latest = files.checkpointSizes().last {
                try repair(
                    ArchiveError(.damaged, at: files.path, "the tree's head is missing"), latest)
            }
            return
        }
        try checkJournal(there)
        do throws(ArchiveError) {
            let edge = try files.readEdge(of: there.size)
            guard let found = TreeFrontier(size: there.size, edge: edge), found.root == there.root
            else {
                throw ArchiveError(
                    .damaged, at: files.path,
                    "the tiles do not yield the root of \(there.size) events")
            }
            (frontier, head) = (found, there)
        } catch {
            guard error.kind == .damaged else { throw error }
            return try repair(error, there.size)
        }
        if files.checkpointSizes().contains(there.size) { try compare(there.size) }
    }

    private func repair(_ error: ArchiveError, _ size: UInt64 = 0) throws {
        repaired = "\(error)"
        let end = max(size, files.checkpointSizes().last ?? 0)
        guard try end <= leaves.journal.head.lastSequence.number else { throw cut(end) }
        try files.removeTiles()
        (frontier, head) = (TreeFrontier(), nil)
        try grow(SequenceNumber(end))
    }

    private func cut(_ size: UInt64) -> ArchiveError {
        ArchiveError(
            .damaged, at: files.path,
            "the tree has \(size) events but the journal has fewer: its end was cut off, or it "
                + "is another journal"
        )
    }

    /// Checks that the tree was built from this journal.
    private func checkJournal(_ there: SignedCheckpoint) throws {
        guard try there.size <= leaves.journal.head.lastSequence.number else {
            throw cut(there.size)
        }
        guard let chain = there.chain, try leaves.link(through: chain.through) != chain.link else {
            return
        }
        throw ArchiveError(
            .damaged, at: files.path,
            "the journal's chain at event \(chain.through) differs from the one in the tree"
        )
    }

    /// Checks that the tree matches the stored checkpoint of its size.
    private func compare(_ size: UInt64) throws {
        let name = files.checkpoint(size)
        guard let note = try files.note(name) else { return }
        let stored = try TreeFiles.named(name) { () throws(ArchiveError) in
            try SignedCheckpoint(text: note.text)
        }
        guard stored.size == size, stored.root == frontier.root else {
            throw ArchiveError(
                .damaged, at: name,
                "the journal's first \(size) events differ from those it covers")
        }
    }
}
