import LedgerDomain
import LedgerEvents

/// Reads a journal's blocks one after the other, each checked.
///
/// Follows a journal that grows: after nil, `next` gives what has been appended since. Holds a
/// snapshot between two calls only while there is more to read, and renews it every 1,024 blocks,
/// so that a slow reader does not keep the writer from reusing pages. Not to be used by two threads
/// at a time.
public final class BlockReader {
    private let source: any BlockSource
    private let filter: EventFilter
    private let direction: ReadDirection
    private let limit: SequenceNumber?
    /// Forward the lowest, backward the highest event that is still to come.
    private var wanted: SequenceNumber
    /// Where the next block must begin (forward) or end (backward); nil when the last one gave no
    /// clue.
    private var border: SequenceNumber?
    private var isPositioned = false
    private var isFinished = false
    private var blocksOfSnapshot = 0

    private static let blocksPerSnapshot = 1024
    /// Far more events than there will be; keeps sums of a faulty header from overflowing.
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

    /// The next block that may hold a matching event. The payload of one that cannot is not read.
    ///
    /// Ends the validity of the block given before.
    ///
    /// - Returns: nil at the end of the range or, for now, of the journal.
    /// - Throws: `.corruptBlock` or `.missingEvents`; the call after that goes on with the block
    ///   after the damage.
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

    /// Gives up the snapshot, as before a long wait. Ends the validity of the block given last.
    public func release() {
        if isPositioned { source.release() }
        isPositioned = false
    }

    func corrupt(_ sequence: SequenceNumber, _ error: BlockError) -> JournalError {
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
            isFinished = true
            throw .missingEvents(expected: wanted, found: last.first)
        }
        let header = try checkedHeader(found, isNeighbour: false)
        guard header.nextSequence <= wanted else { return found }
        // `wanted` lies behind this block: behind the journal's end, or in a hole.
        if let following = try source.step(.forward) {
            resume(forward: following.first, backward: header.nextSequence)
            throw .missingEvents(expected: header.nextSequence, found: following.first)
        }
        if direction == .forward { return nil }
        return try source.seek(atOrBefore: wanted)
    }

    /// Lets the next call begin behind a hole: forward at a block's begin, backward at its end.
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
