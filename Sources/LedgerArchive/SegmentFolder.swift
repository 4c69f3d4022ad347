import Glibc
import LedgerDomain
import LedgerEvents
import LedgerJournal
import Synchronization

/// The segments of a journal: snapshots of consecutive ranges in its directory `segments`. Each is
/// named after its first event, in twenty digits.
public final class SegmentFolder: SegmentStore {
    public let path: String
    private let list = Mutex<[Segment]>([])

    struct Segment: Sendable {
        let reader: ArchiveReader
        var first: SequenceNumber { reader.manifest.first }
        var last: SequenceNumber { reader.manifest.last }
    }

    public init(_ journal: String) { path = journal + "/segments" }

    static let suffix = ".ledger.zst"

    func file(first: SequenceNumber) -> String {
        let digits = "\(first)"
        let zeros = String(repeating: "0", count: max(0, 20 - digits.count))
        return "\(path)/\(zeros)\(digits)\(Self.suffix)"
    }

    /// The files, ordered by first event.
    public func files() throws(ArchiveError) -> [String] {
        try Folder.names(path).filter {
            $0.hasSuffix(Self.suffix) && $0.utf8.count == 20 + Self.suffix.utf8.count
        }.map { "\(path)/\($0)" }
    }

    /// The segment that holds an event. Rereads the directory if it knows of none.
    func segment(holding sequence: SequenceNumber) throws(ArchiveError) -> Segment? {
        if let known = Self.find(sequence, list.withLock { $0 }) { return known }
        let known = list.withLock { $0 }
        var found: [Segment] = []
        for file in try files() {
            if let segment = known.first(where: { $0.reader.path == file }) {
                found.append(segment)
            } else {
                found.append(Segment(reader: try ArchiveReader(file)))
            }
        }
        let segments = found
        list.withLock { $0 = segments }
        return Self.find(sequence, segments)
    }

    private static func find(_ sequence: SequenceNumber, _ segments: [Segment]) -> Segment? {
        segments.first { $0.first <= sequence && sequence <= $0.last }
    }

    // MARK: What was pruned

    private var prunedFile: String { path + "/pruned" }

    /// The line that `setPruned` writes: `through SEQUENCE chain LINK`.
    public var pruned: Head? {
        get throws(JournalError) {
            guard access(prunedFile, F_OK) == 0 else { return nil }
            let damage = JournalError.damagedSegment(
                prunedFile, "the file does not say which events were pruned")
            let file = open(prunedFile, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard file >= 0 else { throw damage }
            defer { close(file) }
            var bytes = [UInt8](repeating: 0, count: 256)
            let count = read(file, &bytes, bytes.count)
            let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
            let words = text.split(whereSeparator: { $0 == " " || $0 == "\n" })
            guard words.count == 4, words[0] == "through", words[2] == "chain",
                let last = UInt64(words[1]), let link = ChainLink(hex: String(words[3]))
            else { throw damage }
            return Head(lastSequence: SequenceNumber(last), link: link)
        }
    }

    /// Records that the events up to `head` are pruned, then removes their segments.
    public func prune(through head: Head) throws(ArchiveError) {
        let file = try OutputFile(prunedFile, replaces: true)
        try file.write(Array("through \(head.lastSequence) chain \(head.link)\n".utf8))
        try file.finish()
        for (path, manifest) in try manifests() where manifest.last <= head.lastSequence {
            guard unlink(path) == 0 else { throw OutputFile.failure(path) }
        }
        list.withLock { $0 = [] }
    }

    public func makeReader() -> any SegmentReader { FolderReader(self) }

    /// The manifests of all segments, ordered by first event.
    public func manifests() throws(ArchiveError) -> [(path: String, manifest: ArchiveManifest)] {
        var found: [(path: String, manifest: ArchiveManifest)] = []
        for file in try files() { found.append((file, try ArchiveReader(file).manifest)) }
        return found
    }
}

/// Keeps the last frame that it read.
private final class FolderReader: SegmentReader {
    private let folder: SegmentFolder
    private let worker = ArchiveReader.Worker()
    private var place: (segment: SegmentFolder.Segment, frame: Int)?
    private var index = 0

    init(_ folder: SegmentFolder) { self.folder = folder }

    func block(
        holding sequence: SequenceNumber
    ) throws(JournalError) -> (first: SequenceNumber, bytes: UnsafeRawBufferPointer)? {
        do throws(ArchiveError) {
            guard try load(sequence) else { return nil }
        } catch {
            throw error.kind == .damaged
                ? .damagedSegment(error.path, error.problem)
                : .notPermitted(error.path, error.problem)
        }
        // Usually this is the neighbour of the previous block.
        while index + 1 < worker.count, worker.first(index + 1) <= sequence { index += 1 }
        while index > 0, worker.first(index) > sequence { index -= 1 }
        return (worker.first(index), worker.block(index))
    }

    private func load(_ sequence: SequenceNumber) throws(ArchiveError) -> Bool {
        if let (segment, frame) = place {
            let known = segment.reader.manifest.frames[frame]
            if known.first <= sequence, sequence <= known.last { return true }
        }
        guard let segment = try folder.segment(holding: sequence),
            let frame = segment.reader.manifest.frame(holding: sequence)
        else { return false }
        place = nil
        try segment.reader.read(frame, worker)
        (place, index) = ((segment, frame), 0)
        return true
    }
}

extension ArchiveManifest {
    /// The index of the frame that holds an event.
    public func frame(holding sequence: SequenceNumber) -> Int? {
        var (low, high) = (0, frames.count)
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].last < sequence { low = middle + 1 } else { high = middle }
        }
        return low < frames.count && frames[low].first <= sequence ? low : nil
    }
}

/// A journal whose older events may be in segments.
public enum SealedJournal {
    /// Opens a journal together with its segments; all reads use both.
    public static func open(
        directory path: String, mode: LMDBJournal.Mode = .readWrite,
        durability: Durability = .durable, diskReserve: Int = DiskWatch.standardReserve
    ) throws(JournalError) -> LMDBJournal {
        try LMDBJournal.open(
            directory: path, mode: mode, durability: durability, diskReserve: diskReserve
        ) { SegmentFolder($0) }
    }
}
