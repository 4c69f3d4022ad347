import LedgerDomain
import LedgerEvents
import LedgerJournal

/// The leaves of a journal's tree, hashed again from the events in their blocks.
struct JournalLeaves {
    let journal: any Journal
    let secret: JournalSecret

    /// The leaf hashes of a range of events, both ends included.
    func hashes(
        from first: SequenceNumber, through last: SequenceNumber
    ) throws -> [MerkleHash] {
        var hasher = LeafHasher(secret)
        var found: [MerkleHash] = []
        try forEach(from: first, through: last) { record, _ in
            found.append(hasher.leaf(record.sequence, record.bytes))
        }
        guard found.count == Int(last.number - first.number + 1) else {
            throw ArchiveError(.damaged, at: "", "the journal ends before event \(last)")
        }
        return found
    }

    /// The salt and the record of one event.
    func entry(_ sequence: SequenceNumber) throws -> [UInt8] {
        var hasher = LeafHasher(secret)
        var entry: [UInt8]?
        try forEach(from: sequence, through: sequence) { record, _ in
            entry = hasher.entry(sequence, record.bytes)
        }
        guard let entry else {
            throw ArchiveError(.unusable, at: "", "the journal has no event \(sequence)")
        }
        return entry
    }

    /// The last definitions before an event of what it names, in the order of the journal. Those that
    /// were pruned are missing.
    func definitions(for sequence: SequenceNumber) throws -> [SequenceNumber] {
        var wanted = Record.Mentioned()
        var isDefinition = false
        try forEach(from: sequence, through: sequence) { record, _ in
            wanted = record.mentioned
            isDefinition = record.type.map { NameBook.types.contains($0) } ?? false
        }
        guard !isDefinition, sequence.number > 1 else { return [] }
        var account: SequenceNumber?
        var instrument: SequenceNumber?
        var strategies: [StrategyID: SequenceNumber] = [:]
        try journal.forEachRecord(
            from: journal.beginning, through: SequenceNumber(sequence.number - 1),
            filter: EventFilter(NameBook.types)
        ) { record in
            switch record.type {
            case .accountDefined where record.account == wanted.account:
                account = record.sequence
            case .instrumentDefined where record.instrument == wanted.instrument:
                instrument = record.sequence
            case .strategyDefined:
                let strategy = try StrategyDefined(record).strategy
                if wanted.strategies.contains(strategy) { strategies[strategy] = record.sequence }
            default: break
            }
            return true
        }
        return ([account, instrument].compactMap { $0 } + strategies.values).sorted()
    }

    /// Calls `body` with each record of the range and the header of its block. Older versions of an
    /// event are not upcast.
    func forEach(
        from first: SequenceNumber, through last: SequenceNumber,
        _ body: (Record, BlockHeader) throws -> Void
    ) throws {
        guard first <= last else { return }
        let reader = try journal.reader(from: first, through: last)
        while let block = try reader.next() {
            var records = block.records()
            do {
                while let record = try records.next() {
                    if record.sequence < first { continue }
                    if record.sequence > last { return }
                    try body(record, block.header)
                }
            } catch let error as BlockError {
                throw JournalError.corruptBlock(
                    block.header.firstSequence, error,
                    goodThrough: SequenceNumber(block.header.firstSequence.number - 1))
            }
        }
    }

    /// The link of the block that ends at an event; nil if none does.
    func link(through sequence: SequenceNumber) throws -> String? {
        guard sequence != .none else { return nil }
        let reader = try journal.reader(from: sequence, through: sequence)
        guard let block = try reader.next(), block.header.nextSequence == sequence.next else {
            return nil
        }
        return "\(block.header.link)"
    }
}

/// The nodes of a journal's tree: from its tiles, and below those from the events.
final class TileNodes: MerkleNodes {
    private let files: TreeFiles
    private let leaves: JournalLeaves
    private let size: UInt64
    private var tiles: [String: [MerkleHash]] = [:]

    init(_ files: TreeFiles, _ leaves: JournalLeaves, size: UInt64) {
        (self.files, self.leaves, self.size) = (files, leaves, size)
    }

    func node(height: Int, index: UInt64) throws -> MerkleHash {
        let level = height / 8
        let count = 1 << (height % 8)
        let first = index << UInt64(height % 8)
        let hashes = try tile(level, first / UInt64(TreeFrontier.width))
        let start = Int(first % UInt64(TreeFrontier.width))
        guard start + count <= hashes.count else {
            throw ArchiveError(.damaged, at: files.path, "a tile of level \(level) is too short")
        }
        return TreeFrontier.fold(hashes[start..<start + count])
    }

    private func tile(_ level: Int, _ number: UInt64) throws -> [MerkleHash] {
        let start = number * UInt64(TreeFrontier.width)
        let width = Int(min(size >> UInt64(8 * level), start + UInt64(TreeFrontier.width)) - start)
        let name = files.tile(level, number, width: width)
        if let known = tiles[name] { return known }
        let hashes =
            level == 0
            ? try leaves.hashes(
                from: SequenceNumber(start + 1), through: SequenceNumber(start + UInt64(width)))
            : try files.readTile(level, number, width: width)
        tiles[name] = hashes
        return hashes
    }
}
