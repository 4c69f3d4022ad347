import Glibc
import LedgerDomain
import LedgerEvents
import LedgerJournal

/// Moves a journal's older blocks into segments. It writes a segment, reads it back and compares
/// it, and only then removes its blocks from LMDB, in small transactions. The next run completes
/// interrupted work.
public struct SegmentSealer {
    private let journal: LMDBJournal
    private let folder: SegmentFolder

    /// The number of events in a segment.
    public static let most: UInt64 = 4 << 20
    /// A high level, because a segment is written once and kept for years.
    public static let level: Int32 = 9
    private static let blocksAtOnce = 512

    public init(_ journal: LMDBJournal) {
        (self.journal, folder) = (journal, SegmentFolder(journal.path))
    }

    public struct Result: Sendable {
        /// The paths of the segments that were written.
        public var written: [String] = []
        /// The last event in any segment; none if there are no segments.
        public var last = SequenceNumber.none
    }

    /// Seals each block that ends at or before `through`.
    ///
    /// - Throws: `ArchiveError`, `JournalError`. Segments already written are complete and stay.
    public func seal(
        through last: SequenceNumber, progress: (SequenceNumber) -> Void = { _ in }
    ) throws -> Result {
        mkdir(folder.path, 0o755)
        let lock = try SealLock(folder.path)
        defer { lock.release() }
        var result = Result()
        result.last =
            try folder.manifests().last?.manifest.last ?? folder.pruned?.lastSequence ?? .none
        try remove(through: result.last)
        let target = min(last, try journal.head.lastSequence)
        while result.last < target {
            let end = min(target.number, result.last.number + Self.most)
            guard let limit = try lastWhole(SequenceNumber(end), after: result.last),
                limit > result.last
            else { break }
            let path = folder.file(first: result.last.next)
            let before = try journal.link(before: result.last.next)
            _ = try ArchiveWriter(path, level: Self.level).write(
                journal.reader(from: result.last.next, through: limit), linkBefore: before,
                complete: { $0.journal = "segment" }, progress: progress)
            try compare(ArchiveReader(path))
            result.written.append(path)
            result.last = limit
            try remove(through: limit)
        }
        return result
    }

    /// The last event of the last block that ends at or before an event and just before an input,
    /// excluding the journal's last block; nil if there is none. Between two steps the state is
    /// complete.
    private func lastWhole(
        _ sequence: SequenceNumber, after sealed: SequenceNumber
    ) throws(JournalError) -> SequenceNumber? {
        let head = try journal.head.lastSequence
        let reader = try journal.reader(
            from: sequence.next, through: sealed.next, filter: .all, direction: .backward)
        var isFollowedByInput = false
        while let block = try reader.next() {
            let last = SequenceNumber(block.header.nextSequence.number - 1)
            if last <= sequence, last < head, isFollowedByInput { return last }
            var records = block.records()
            isFollowedByInput = (try? records.next())?.isInput ?? false
        }
        return nil
    }

    /// Compares a segment with LMDB's blocks, byte by byte.
    private func compare(_ segment: ArchiveReader) throws {
        let reader = try journal.reader(
            from: segment.manifest.first, through: segment.manifest.last)
        try segment.forEachFrame { frame in
            for index in 0..<frame.count {
                guard let block = try reader.next(),
                    block.bytes.elementsEqual(frame.block(index))
                else {
                    unlink(segment.path)
                    throw ArchiveError(
                        .damaged, at: segment.path,
                        "the block at event \(frame.first(index)) differs from the journal's; "
                            + "removed"
                    )
                }
            }
        }
    }

    private func remove(through last: SequenceNumber) throws(JournalError) {
        guard last != .none else { return }
        while try journal.removeSealed(through: last, limit: Self.blocksAtOnce) {}
    }
}

/// Allows one sealer at a time.
struct SealLock {
    private let descriptor: Int32

    init(_ folder: String) throws(ArchiveError) {
        descriptor = Glibc.open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw OutputFile.failure(folder) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw ArchiveError(.unusable, at: folder, "another process is sealing this journal")
        }
    }

    func release() { close(descriptor) }
}
