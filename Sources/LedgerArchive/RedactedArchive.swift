import LedgerDomain
import LedgerEvents
import LedgerJournal

/// A snapshot that withholds some events while the others can still be proved. A withheld event is
/// represented by its leaf hash, every other event by its salt and record; together they yield the
/// root of the journal's tree.
///
/// A frame's content:
///
///     "LGRW" (4), version 1 (2), zero (2), first sequence number (8), number of events (4), zero
///     (4)
///     for each event: 1 if present, 0 if withheld
///     for each event: its type (2); then its time (8)
///     for each withheld event: its leaf hash (32)
///     for each other event: its salt (16); then for each of them its record
///
/// The type and time of a withheld event are for the reader's convenience; they are not proved.
public enum RedactedArchive {
    static let magic: UInt32 = 0x5752_474C
    static let version: UInt16 = 1
    static let headSize = 24
    private static let frameEvents = 16_384

    /// Writes events 1 to `last`.
    ///
    /// - Parameters:
    ///   - root: the root of the tree over these events.
    ///   - withholds: selects the events to leave out.
    ///   - what: the selection in words, for the manifest.
    public static func write(
        _ journal: any Journal, secret: JournalSecret, through last: SequenceNumber,
        root: MerkleHash, to path: String, withholding what: String,
        _ withholds: (Record) -> Bool, complete: (inout ArchiveManifest) throws -> Void,
        sign: (String) throws -> String?
    ) throws -> ArchiveManifest {
        let file = try OutputFile(path)
        try file.write(
            ArchiveFormat.skippable(ArchiveFormat.markerMagic, ArchiveFormat.marker))
        var manifest = ArchiveManifest()
        manifest.withheld = what
        manifest.tree = ArchiveManifest.Tree(size: last.number, root: root)
        let compressor = ZstdCompressor(level: ArchiveWriter.standardLevel)
        var frame = RedactedFrame(first: .first)
        var hasher = LeafHasher(secret)
        func finish() throws {
            let content = frame.content
            content.withUnsafeBytes { compressor.compress($0, parts: []) }
            let bytes = compressor.output.bytes
            manifest.frames.append(
                ArchiveManifest.Frame(
                    first: frame.first, count: frame.count, bytes: bytes.count,
                    contentBytes: content.count, digest: "\(Digest.sha256(bytes))"))
            try file.write(bytes)
        }
        try JournalLeaves(journal: journal, secret: secret).forEach(from: .first, through: last) {
            record, _ in
            if frame.count == frameEvents {
                try finish()
                frame = RedactedFrame(first: record.sequence)
            }
            manifest.earliest = min(manifest.earliest, record.time)
            manifest.latest = max(manifest.latest, record.time)
            if withholds(record) {
                frame.withhold(record, hasher.leaf(record.sequence, record.bytes))
            } else {
                frame.keep(record, hasher.entry(record.sequence, record.bytes))
            }
        }
        try finish()
        (manifest.first, manifest.last) = (.first, last)
        try complete(&manifest)
        var note = manifest.text
        if let lines = try sign(note) { note += "\n\(lines)" }
        try file.write(ArchiveFormat.skippable(ArchiveFormat.manifestMagic, Array(note.utf8)))
        try file.write(ArchiveFormat.seekTable(manifest, note: note.utf8.count))
        try file.finish()
        return manifest
    }

    /// An event of a redacted snapshot.
    public enum Item {
        case event(Record)
        case withheld(SequenceNumber, type: UInt16, Timestamp, MerkleHash)
    }

    /// Walks the events of a redacted snapshot and checks that they yield the root of its tree.
    ///
    /// - Throws: `ArchiveError.damaged` if they do not, and any error of `body`.
    public static func verify(
        _ snapshot: ArchiveReader, _ body: (Item) throws -> Void = { _ in }
    ) throws {
        guard let tree = snapshot.manifest.tree, snapshot.manifest.withheld != nil else {
            throw ArchiveError(.unusable, at: snapshot.path, "not a redacted snapshot")
        }
        let worker = ArchiveReader.Worker()
        var frontier = TreeFrontier()
        for (index, frame) in snapshot.manifest.frames.enumerated() {
            do {
                try snapshot.unpack(index, worker)
                try RedactedFrame.read(worker.unpacked.output.bytes, frame) { item, leaf in
                    frontier.append(leaf) { _, _, _ in }
                    try body(item)
                }
            } catch let error as FrameError { throw snapshot.located(error, frame) }
        }
        guard frontier.size == tree.size, "\(frontier.root)" == tree.root else {
            throw ArchiveError(
                .damaged, at: snapshot.path,
                "its \(frontier.size) events yield the root \(frontier.root), but it states "
                    + "\(tree.root) for \(tree.size) events")
        }
    }
}

/// A frame of a redacted snapshot, while it is written or read.
private struct RedactedFrame {
    let first: SequenceNumber
    private(set) var count = 0
    private var kinds: [UInt8] = []
    private var types: [UInt8] = []
    private var times: [UInt8] = []
    private var leaves: [UInt8] = []
    private var salts: [UInt8] = []
    private var records: [UInt8] = []

    init(first: SequenceNumber) { self.first = first }

    private static func bytes<T: BitwiseCopyable>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value) { Array($0) }
    }

    private mutating func note(_ record: Record, _ kind: UInt8) {
        count += 1
        kinds.append(kind)
        types += Self.bytes(record.rawType)
        times += Self.bytes(record.time.nanoseconds)
    }

    mutating func withhold(_ record: Record, _ leaf: MerkleHash) {
        note(record, 0)
        leaves += leaf.bytes
    }

    mutating func keep(_ record: Record, _ entry: [UInt8]) {
        note(record, 1)
        salts += entry[..<LeafHasher.saltSize]
        records += entry[LeafHasher.saltSize...]
    }

    var content: [UInt8] {
        Self.bytes(RedactedArchive.magic) + Self.bytes(RedactedArchive.version) + [0, 0]
            + Self.bytes(first.number) + Self.bytes(UInt32(count)) + [0, 0, 0, 0] + kinds + types
            + times + leaves + salts + records
    }

    static func read(
        _ content: UnsafeRawBufferPointer, _ frame: ArchiveManifest.Frame,
        _ body: (RedactedArchive.Item, MerkleHash) throws -> Void
    ) throws {
        var input = ByteCursor(content)
        guard try input.read(UInt32.self) == RedactedArchive.magic,
            try input.read(UInt16.self) == RedactedArchive.version,
            try input.read(UInt16.self) == 0, try input.read(UInt64.self) == frame.first.number,
            try input.read(UInt32.self) == UInt32(frame.count), try input.read(UInt32.self) == 0
        else { throw FrameError("it does not start with the marker of a redacted frame") }
        let kinds = try input.read(frame.count)
        let types = try input.read(frame.count * 2)
        let times = try input.read(frame.count * 8)
        guard kinds.allSatisfy({ $0 < 2 }) else {
            throw FrameError("an event is neither present nor withheld")
        }
        let kept = kinds.count { $0 == 1 }
        let leaves = try input.read((frame.count - kept) * MerkleHash.size)
        let salts = try input.read(kept * LeafHasher.saltSize)
        var (hidden, shown) = (0, 0)
        for index in 0..<frame.count {
            let sequence = frame.first.advanced(by: index)
            let type = types.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self)
            let time = times.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
            if kinds[index] == 0 {
                let start = hidden * MerkleHash.size
                guard let leaf = MerkleHash(leaves[start..<start + MerkleHash.size]) else {
                    throw FrameError("a leaf has no hash")
                }
                hidden += 1
                try body(
                    .withheld(sequence, type: type, Timestamp(nanoseconds: time), leaf), leaf)
                continue
            }
            let length = Int(try input.peek(UInt16.self)) * 8
            let bytes = Array(try input.read(max(length, 1)))
            let start = shown * LeafHasher.saltSize
            let salt = Array(salts[start..<start + LeafHasher.saltSize])
            shown += 1
            try Record.reading(bytes) { record in
                let record = record.numbered(sequence)
                guard record.rawType == type, record.time.nanoseconds == time else {
                    throw FrameError(
                        "the type or time listed for event \(sequence) does not match it")
                }
                try body(.event(record), .leaf(salt + bytes))
            }
        }
        guard input.remaining == 0 else { throw FrameError("bytes follow its end") }
    }
}
