import CLMDB
import LedgerDomain
import LedgerEvents

/// The blocks that were moved out of LMDB into files next to it.
public protocol SegmentStore: Sendable {
    /// A reader for one thread.
    func makeReader() -> any SegmentReader
    /// The last pruned event and its block's link; nil when nothing was pruned.
    var pruned: Head? { get throws(JournalError) }
}

public protocol SegmentReader: AnyObject {
    /// The block that holds an event, as it was in LMDB; valid until the next call.
    /// - Returns: nil when no segment holds it.
    func block(
        holding sequence: SequenceNumber
    ) throws(JournalError) -> (first: SequenceNumber, bytes: UnsafeRawBufferPointer)?
}

/// Reads LMDB's blocks, and those before them from segments. If both have a block, it reads LMDB's.
final class SealedBlockSource: BlockSource {
    private let store: LMDBBlockSource
    private let folder: any SegmentStore
    private let segments: any SegmentReader
    /// The last block if it came from a segment; else nil.
    private var sealed: (first: SequenceNumber, next: SequenceNumber)?
    /// The first event of the last block that came from LMDB.
    private var stored = SequenceNumber.none

    init(_ store: LMDBBlockSource, _ folder: any SegmentStore) {
        (self.store, self.folder) = (store, folder)
        segments = folder.makeReader()
    }

    func release() {
        store.release()
        sealed = nil
    }

    func seek(atOrBefore sequence: SequenceNumber) throws(JournalError) -> StoredBlock? {
        if let block = try store.seek(atOrBefore: sequence) { return keep(block) }
        if let block = try segment(sequence) { return block }
        if let pruned = try folder.pruned, sequence <= pruned.lastSequence {
            throw .pruned(through: pruned.lastSequence)
        }
        return nil
    }

    func step(_ direction: ReadDirection) throws(JournalError) -> StoredBlock? {
        guard let sealed else {
            if let block = try store.step(direction) { return keep(block) }
            return direction == .backward ? try before(stored) : nil
        }
        guard direction == .forward else { return try before(sealed.first) }
        if let block = try segment(sealed.next) { return block }
        // LMDB's first block, if nothing is missing in between.
        store.release()
        if let block = try store.seek(atOrBefore: sealed.next) { return keep(block) }
        let last = try store.seek(atOrBefore: SequenceNumber(.max))
        throw .missingEvents(expected: sealed.next, found: last?.first ?? .none)
    }

    private func before(_ first: SequenceNumber) throws(JournalError) -> StoredBlock? {
        guard first.number > 1 else { return nil }
        if let block = try segment(SequenceNumber(first.number - 1)) { return block }
        guard let pruned = try folder.pruned, pruned.lastSequence.next == first else { return nil }
        throw .pruned(through: pruned.lastSequence)
    }

    private func keep(_ block: StoredBlock) -> StoredBlock {
        (sealed, stored) = (nil, block.first)
        return block
    }

    private func segment(_ sequence: SequenceNumber) throws(JournalError) -> StoredBlock? {
        guard let found = try segments.block(holding: sequence) else { return nil }
        let header: BlockHeader
        do throws(BlockError) { header = try BlockHeader(found.bytes) } catch {
            throw .corruptBlock(
                found.first, error, goodThrough: SequenceNumber(found.first.number - 1))
        }
        sealed = (found.first, header.nextSequence)
        return StoredBlock(first: found.first, bytes: found.bytes)
    }
}

extension LMDBJournal {
    public var pruned: Head? { get throws(JournalError) { try segments?.pruned } }

    /// The first event whose block is in LMDB; none when there is no event.
    public var firstStored: SequenceNumber {
        get throws(JournalError) {
            try environment.read { (transaction) throws(JournalError) in
                let cursor = try transaction.cursor(tables.blocks)
                return try cursor.move(MDB_FIRST).map { SequenceNumber($0.number) } ?? .none
            }
        }
    }

    /// Removes blocks from LMDB that are now in a segment, in one small transaction. The last block
    /// always stays, because the head is read from it.
    ///
    /// - Parameters:
    ///   - last: the last event that may be removed.
    ///   - limit: maximum number of blocks.
    /// - Returns: false when there is nothing more to remove.
    public func removeSealed(
        through last: SequenceNumber, limit: Int
    ) throws(JournalError) -> Bool {
        try environment.write { (transaction) throws(JournalError) in
            var numbers: [UInt64] = []
            let cursor = try transaction.cursor(tables.blocks)
            var entry = try cursor.move(MDB_FIRST)
            while let found = entry, numbers.count <= limit {
                numbers.append(found.number)
                entry = try cursor.move(MDB_NEXT)
            }
            // A block is removed if the next one begins at or before `last` + 1.
            let bounds = zip(numbers, numbers.dropFirst())
            let removed = bounds.prefix { $0.1 <= last.number &+ 1 }.map(\.0)
            for number in removed { try transaction.delete(tables.blocks, number) }
            return removed.count == limit
        }
    }
}
