import LedgerDomain
import LedgerEvents
import LedgerJournal

/// Writes a signed tree in the layout of c2sp.org/tlog-tiles so that public tools can read it:
///
///     checkpoint              the signed checkpoint
///     tile/L/N, tile/L/N.p/W  hash tiles of every level, including the leaves
///     tile/entries/…          256 entries each, every entry preceded by its length in 2 bytes,
///     big-endian;
///                             only on request, because the entries are the events
public struct TreeExport {
    private let files: TreeFiles
    private let withEntries: Bool
    private var bundle: [UInt8] = []
    private var count = 0

    /// The longest entry that a bundle can hold.
    public static let longestEntry = Int(UInt16.max)

    public init(to directory: String, withEntries: Bool = false) {
        files = TreeFiles(directory, syncs: false)
        self.withEntries = withEntries
    }

    /// - Returns: the number of events in the written tree.
    /// - Throws: `ArchiveError.damaged` if the events do not yield the signed root.
    public mutating func write(
        _ sealer: TreeSealer, progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> UInt64 {
        guard let note = try sealer.latestCheckpoint() else {
            throw ArchiveError(
                .unusable, at: "",
                "there is no signed checkpoint; create one with 'ledger checkpoint'")
        }
        guard TreeFiles.names(in: files.path).isEmpty else {
            throw ArchiveError(
                .unusable, at: files.path, "the directory is not empty; choose a new one")
        }
        let tree = try SignedCheckpoint(text: note.text)
        var frontier = TreeFrontier()
        var hasher = LeafHasher(sealer.leaves.secret)
        let files = files
        try sealer.leaves.forEach(from: .first, through: SequenceNumber(tree.size)) { record, _ in
            let entry = withEntries ? hasher.entry(record.sequence, record.bytes) : []
            let leaf = hasher.leaf(record.sequence, record.bytes)
            try frontier.append(leaf) { try files.writeTile($0, $1, $2) }
            if withEntries { try add(entry, of: record.sequence) }
            if record.sequence.number % 65_536 == 0 { progress(record.sequence) }
        }
        guard frontier.size == tree.size, frontier.root == tree.root else {
            throw ArchiveError(
                .damaged, at: files.path,
                "the events do not yield the signed root of the checkpoint")
        }
        try files.writeEdge(frontier)
        if count > 0 { try writeBundle((tree.size - 1) / UInt64(TreeFrontier.width)) }
        try TreeFiles.write(Array(note.encoded.utf8), to: "\(files.path)/checkpoint")
        return tree.size
    }

    private mutating func add(_ entry: [UInt8], of sequence: SequenceNumber) throws {
        guard entry.count <= Self.longestEntry else {
            throw ArchiveError(
                .unusable, at: "",
                "event \(sequence) has \(entry.count) bytes, more than an entry bundle can hold"
            )
        }
        bundle += [UInt8(entry.count >> 8), UInt8(entry.count & 255)] + entry
        count += 1
        if count == TreeFrontier.width {
            try writeBundle((sequence.number - 1) / UInt64(TreeFrontier.width))
        }
    }

    private mutating func writeBundle(_ number: UInt64) throws {
        let full = "\(files.path)/tile/entries/\(TreeFiles.elements(number))"
        let name = count == TreeFrontier.width ? full : "\(full).p/\(count)"
        try TreeFiles.write(bundle, to: name, syncs: false)
        (bundle, count) = ([], 0)
    }
}
