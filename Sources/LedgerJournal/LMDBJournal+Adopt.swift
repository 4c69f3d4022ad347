import CLMDB
import LedgerDomain
import LedgerEvents

extension LMDBJournal {
    /// Appends blocks that another journal sealed, byte for byte: they must continue this journal's
    /// events and its chain.
    ///
    /// - Throws: `.conflict` for blocks that begin elsewhere, `.brokenChain` for links that do not
    ///   follow, `.corruptBlock`, and the errors of `append`.
    public func adopt(
        _ blocks: [UnsafeRawBufferPointer], _ rows: CommitRows = CommitRows()
    ) throws(JournalError) {
        guard !blocks.isEmpty else { return }
        var last = SequenceNumber.none
        try environment.write { (transaction) throws(JournalError) in
            var next = try head(in: transaction)
            let begin = next.lastSequence.next
            try admit(bytes: blocks.reduce(0) { $0 + $1.count })
            for bytes in blocks {
                let block = try Self.checked(bytes)
                guard block.header.firstSequence == next.lastSequence.next else {
                    throw .conflict(
                        expected: block.header.firstSequence, found: next.lastSequence.next)
                }
                let link = hasher.link(
                    after: next.link, header: block.linkedHeader, payload: block.payload)
                guard link == block.header.link else {
                    throw .brokenChain(
                        block.header.firstSequence,
                        goodThrough: SequenceNumber(block.header.firstSequence.number - 1))
                }
                next = Head(
                    lastSequence: SequenceNumber(block.header.nextSequence.number - 1), link: link)
                try transaction.put(
                    tables.blocks, block.header.firstSequence.number, bytes, flags: MDB_APPEND)
            }
            try put(rows, begin..<next.lastSequence.next, transaction)
            last = next.lastSequence
        }
        wake.publish(last)
    }

    private static func checked(_ bytes: UnsafeRawBufferPointer) throws(JournalError) -> Block {
        do throws(BlockError) { return try Block(bytes) } catch {
            let first =
                bytes.count >= 16 ? bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self) : 1
            throw .corruptBlock(
                SequenceNumber(first), error,
                goodThrough: SequenceNumber(first == 0 ? 0 : first - 1))
        }
    }
}
