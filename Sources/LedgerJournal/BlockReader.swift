import LedgerDomain
import LedgerEvents

/// Reads and checks a journal's blocks one after the other.
///
/// Follows a growing journal: after nil, `next` returns the blocks appended since. Holds an LMDB
/// snapshot between two calls only while there is more to read, and renews it every 1,024 blocks,
/// so that a slow reader does not keep the writer from reusing pages. Use it from one thread at a
/// time.
public final class BlockReader {
    private let source: any BlockSource
    private let filter: EventFilter
    private let direction: ReadDirection
    private let limit: SequenceNumber?
    /// The next event to read: the lowest when reading forward, the highest when reading backward.
    private var wanted: SequenceNumber
    /// Where the next block must begin (forward) or end (backward); nil when the last block did not
    /// tell.
    private var border: SequenceNumber?
    private var isPositioned = false
    private var isFinished = false
    private var blocksOfSnapshot = 0

    private static let blocksPerSnapshot = 1024
    /// Far more events than any journal has, so sums over a damaged header cannot overflow.
    private static let highest = UInt64(1) << 62

    init(
        _ source: any BlockSource, from: SequenceNumber, through: SequenceNumber?,
        filter: EventFilter, direction: ReadDirection
    ) {
        self.source = source
        self.filter = filter
        self.direction = direction
        limit = through
        wanted = direction == .forward ? max(from, .first) : from
        isFinished = wanted == .none
    }

    /// The next block that may hold a matching event. Payloads of other blocks are not read.
    ///
    /// Invalidates the previous block.
    ///
    /// - Returns: nil at the end of the range, or at the current end of the journal.
    /// - Throws: `.corruptBlock` or `.missingEvents`; the next call continues with the block after
    ///   the damage.
    public func next() throws(JournalError) -> Block? {
        while !isFinished {
            guard let stored = try fetch() else {
                release()
                return nil
            }
            let header = try checkedHeader(stored)
            guard !isBeyondLimit(header) else { break }
            advance(past: header)
            guard filter.mayMatch(header) else { continue }
            do throws(BlockError) {
                return try Block(header: header, stored.bytes)
            } catch {
                throw corrupt(stored.first, error)
            }
        }
        isFinished = true
        release()
        return nil
    }

    /// Releases the snapshot, for example before a long wait. Invalidates the last block.
    public func release() {
        if isPositioned { source.release() }
        isPositioned = false
    }

    public func corrupt(_ sequence: SequenceNumber, _ error: BlockError) -> JournalError {
        let good = SequenceNumber(sequence.number == 0 ? 0 : sequence.number - 1)
        return .corruptBlock(sequence, error, goodThrough: good)
    }

    private func isBeyondLimit(_ header: BlockHeader) -> Bool {
        guard let limit else { return false }
        return direction == .forward ? header.firstSequence > limit : header.nextSequence <= limit
    }

    private func advance(past header: BlockHeader) {
        switch direction {
        case .forward:
            border = header.nextSequence
            wanted = header.nextSequence
            isFinished = limit.map { header.nextSequence > $0 } ?? false
        case .backward:
            border = header.firstSequence
            wanted = SequenceNumber(header.firstSequence.number - 1)
            isFinished = wanted == .none || (limit.map { header.firstSequence <= $0 } ?? false)
        }
    }

    private func fetch() throws(JournalError) -> StoredBlock? {
        blocksOfSnapshot += 1
        let isStale = blocksOfSnapshot > Self.blocksPerSnapshot && border != nil
        guard isPositioned, !isStale else { return try position() }
        if let stored = try source.step(direction) { return stored }
        if direction == .forward { return nil }
        isFinished = true
        throw .missingEvents(expected: wanted, found: .none)
    }

    /// Takes a new snapshot and finds the block that holds `wanted`.
    private func position() throws(JournalError) -> StoredBlock? {
        release()
        blocksOfSnapshot = 1
        isPositioned = true
        guard let found = try source.seek(atOrBefore: wanted) else {
            guard let last = try source.seek(atOrBefore: SequenceNumber(.max)) else { return nil }
            // Written since the first look.
            if last.first <= wanted { return try position() }
            isFinished = true
            throw .missingEvents(expected: wanted, found: last.first)
        }
        let header = try checkedHeader(found, isNeighbour: false)
        guard header.nextSequence <= wanted else { return found }
        // `wanted` lies after this block: past the journal's end, or in a gap.
        if let following = try source.step(.forward) {
            resume(forward: following.first, backward: header.nextSequence)
            throw .missingEvents(expected: header.nextSequence, found: following.first)
        }
        if direction == .forward { return nil }
        return try source.seek(atOrBefore: wanted)
    }

    /// Lets the next call begin after a gap: at a block's beginning going forward, at its end going
    /// backward.
    private func resume(forward begin: SequenceNumber, backward end: SequenceNumber) {
        border = nil
        wanted = direction == .forward ? begin : SequenceNumber(end.number - 1)
        release()
    }

    private func checkedHeader(
        _ stored: StoredBlock, isNeighbour: Bool = true
    ) throws(JournalError) -> BlockHeader {
        let header: BlockHeader
        do throws(BlockError) {
            header = try BlockHeader(stored.bytes)
        } catch {
            border = nil
            throw corrupt(stored.first, error)
        }
        guard header.firstSequence == stored.first, stored.first.number < Self.highest else {
            border = nil
            throw .missingEvents(expected: stored.first, found: header.firstSequence)
        }
        guard header.count > 0 else {
            border = nil
            throw corrupt(stored.first, .count(0))
        }
        guard isNeighbour, let border else { return header }
        let side = direction == .forward ? header.firstSequence : header.nextSequence
        guard side == border else {
            resume(forward: header.firstSequence, backward: header.nextSequence)
            throw .missingEvents(
                expected: direction == .forward ? border : header.nextSequence, found: side)
        }
        return header
    }
}
