import Glibc
import LedgerDomain

/// The files of a tree, in `tree` next to the journal, in the layout of c2sp.org/tlog-tiles:
///
///     head                 the size to which the tiles are written: an unsigned checkpoint and its
///     digest
///     checkpoint           the latest signed checkpoint
///     checkpoints/SIZE     all signed checkpoints
///     tile/L/N             256 hashes of level L; level 0 is not stored, because events yield it
///     tile/L/N.p/W         the last W hashes of a level: the right edge, including level 0
///     lock                 held while the tree grows
///
/// Each file is written next to its destination, synced and renamed.
struct TreeFiles: Sendable {
    /// The directory `tree` itself.
    let path: String
    private let syncs: Bool

    init(_ path: String, syncs: Bool = true) { (self.path, self.syncs) = (path, syncs) }

    static func folder(of journal: String) -> String { "\(journal)/tree" }

    /// Removes a journal's tree, checkpoints and secret. Used when the journal itself is removed.
    static func remove(ofJournal directory: String) {
        remove(folder: folder(of: directory))
        unlink("\(directory)/\(JournalSecret.fileName)")
    }

    // MARK: Tiles

    /// `x001/x234/067` for 1234067.
    static func elements(_ number: UInt64) -> String {
        func digits(_ value: UInt64) -> String {
            String(repeating: "0", count: value < 10 ? 2 : value < 100 ? 1 : 0) + "\(value)"
        }
        var text = digits(number % 1000)
        var rest = number / 1000
        while rest > 0 {
            text = "x\(digits(rest % 1000))/\(text)"
            rest /= 1000
        }
        return text
    }

    /// - Parameter width: below 256 for a partial tile.
    func tile(_ level: Int, _ number: UInt64, width: Int = TreeFrontier.width) -> String {
        let full = "\(path)/tile/\(level)/\(Self.elements(number))"
        return width == TreeFrontier.width ? full : "\(full).p/\(width)"
    }

    /// - Throws: `ArchiveError.damaged` if the tile is missing or has another length.
    func readTile(
        _ level: Int, _ number: UInt64, width: Int = TreeFrontier.width
    ) throws(ArchiveError) -> [MerkleHash] {
        let name = tile(level, number, width: width)
        guard let bytes = try Self.read(name) else {
            throw ArchiveError(.damaged, at: name, "the tile is missing")
        }
        guard bytes.count == width * MerkleHash.size else {
            throw ArchiveError(
                .damaged, at: name,
                "the tile has \(bytes.count) bytes, not \(width * MerkleHash.size)")
        }
        return (0..<width).compactMap { index in
            MerkleHash(bytes[index * MerkleHash.size..<(index + 1) * MerkleHash.size])
        }
    }

    func writeTile(
        _ level: Int, _ number: UInt64, _ hashes: [MerkleHash]
    ) throws(ArchiveError) {
        try Self.write(
            hashes.flatMap(\.bytes), to: tile(level, number, width: hashes.count),
            syncs: syncs)
    }

    /// Writes the partial tiles on the right edge of the tree.
    func writeEdge(_ frontier: TreeFrontier) throws(ArchiveError) {
        for (level, hashes) in frontier.edge.enumerated() where !hashes.isEmpty {
            let number = frontier.size >> UInt64(8 * level + 8)
            try writeTile(level, number, hashes)
        }
    }

    /// Removes the partial tiles of a former right edge.
    func removeEdge(of size: UInt64, unlessOf kept: UInt64) {
        let keptCounts = TreeFrontier.counts(of: kept)
        for (level, width) in TreeFrontier.counts(of: size).enumerated() where width > 0 {
            let number = size >> UInt64(8 * level + 8)
            let isKept =
                level < keptCounts.count && keptCounts[level] == width
                && kept >> UInt64(8 * level + 8) == number
            guard !isKept else { continue }
            let name = tile(level, number, width: width)
            unlink(name)
            // Succeeds only if the directory is empty.
            rmdir(String(name.dropLast("/\(width)".count)))
        }
    }

    /// The right edge of the tree of that size.
    func readEdge(of size: UInt64) throws(ArchiveError) -> [[MerkleHash]] {
        var edge: [[MerkleHash]] = []
        for (level, width) in TreeFrontier.counts(of: size).enumerated() {
            let number = size >> UInt64(8 * level + 8)
            edge.append(width == 0 ? [] : try readTile(level, number, width: width))
        }
        return edge
    }

    // MARK: Head and checkpoints

    /// - Returns: nil if no tree was built.
    func readHead() throws(ArchiveError) -> SignedCheckpoint? {
        let name = "\(path)/head"
        guard let bytes = try Self.read(name) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let end = text.dropLast().lastIndex(of: "\n").map { text.index(after: $0) }
        let body = String(text[..<(end ?? text.startIndex)])
        guard text == Self.sealed(body) else {
            throw ArchiveError(.damaged, at: name, "its digest does not match its text")
        }
        return try Self.named(name) { () throws(ArchiveError) in try SignedCheckpoint(text: body) }
    }

    /// The head is unsigned, so its digest reveals damage.
    private static func sealed(_ text: String) -> String {
        "\(text)sha256 \(MerkleHash(of: Array(text.utf8)))\n"
    }

    func writeHead(_ head: SignedCheckpoint) throws(ArchiveError) {
        try Self.write(Array(Self.sealed(head.text).utf8), to: "\(path)/head")
    }

    /// Removes the tree, but keeps its signed checkpoints.
    func removeTiles() throws(ArchiveError) {
        guard unlink("\(path)/head") == 0 || errno == ENOENT else {
            throw Self.failure("\(path)/head")
        }
        Self.remove(folder: "\(path)/tile")
    }

    func checkpoint(_ size: UInt64) -> String { "\(path)/checkpoints/\(size)" }

    /// The sizes of the stored checkpoints, ascending.
    func checkpointSizes() -> [UInt64] {
        Self.names(in: "\(path)/checkpoints").compactMap { SignedCheckpoint.number($0) }.sorted()
    }

    /// - Returns: nil if there is none.
    func latestCheckpoint() throws(ArchiveError) -> SignedNote? {
        try note("\(path)/checkpoint")
    }

    func note(_ name: String) throws(ArchiveError) -> SignedNote? {
        guard let bytes = try Self.read(name) else { return nil }
        return try Self.named(name) { () throws(ArchiveError) in
            try SignedNote(String(decoding: bytes, as: UTF8.self))
        }
    }

    func writeCheckpoint(_ note: SignedNote, size: UInt64, isLatest: Bool) throws(ArchiveError) {
        let bytes = Array(note.encoded.utf8)
        try Self.write(bytes, to: checkpoint(size))
        if isLatest { try Self.write(bytes, to: "\(path)/checkpoint") }
    }

    /// Adds the file name to errors about its content.
    static func named<R>(
        _ name: String, _ body: () throws(ArchiveError) -> R
    ) throws(ArchiveError) -> R {
        do throws(ArchiveError) { return try body() } catch {
            throw ArchiveError(
                error.kind, at: error.path.isEmpty ? name : error.path, error.problem)
        }
    }
}
