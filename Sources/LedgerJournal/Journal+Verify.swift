import LedgerDomain
import LedgerEvents

extension Journal {
    /// Recomputes the checksum, the record count and the chain link of every block from the one
    /// that holds `from` to the end.
    ///
    /// A chain does not reveal a truncated tail or a complete rewrite: compare the returned head
    /// with one kept elsewhere.
    ///
    /// - Parameters:
    ///   - progress: called after each block with its last event.
    ///   - each: called with each block after it was checked.
    /// - Returns: the last block's end and link.
    /// - Throws: `.corruptBlock`, `.brokenChain` or `.missingEvents` for the first bad block.
    public func verifyChain(
        from: SequenceNumber = .first, progress: (SequenceNumber) -> Void = { _ in },
        each: (Block) throws(JournalError) -> Void = { _ in }
    ) throws(JournalError) -> Head {
        let reader = try reader(from: from)
        let hasher = ChainHasher()
        var last: Head?
        while let block = try reader.next() {
            let first = block.header.firstSequence
            let previous: ChainLink
            if let last { previous = last.link } else { previous = try link(before: first) }
            try checkRecords(block, reader)
            let link = hasher.link(
                after: previous, header: block.linkedHeader, payload: block.payload)
            guard link == block.header.link else {
                throw .brokenChain(first, goodThrough: SequenceNumber(first.number - 1))
            }
            let end = SequenceNumber(block.header.nextSequence.number - 1)
            last = Head(lastSequence: end, link: link)
            try each(block)
            progress(end)
        }
        if let last { return last }
        return try head
    }

    /// The chain link of the block that ends before `first`.
    public func link(before first: SequenceNumber) throws(JournalError) -> ChainLink {
        if first == .first { return .origin }
        if let pruned = try pruned, pruned.lastSequence.next == first { return pruned.link }
        let before = SequenceNumber(first.number - 1)
        guard let block = try reader(from: before, direction: .backward).next() else {
            throw .missingEvents(expected: before, found: .none)
        }
        return block.header.link
    }

    private func checkRecords(_ block: Block, _ reader: BlockReader) throws(JournalError) {
        do throws(BlockError) {
            var records = block.records()
            while try records.next() != nil {}
        } catch {
            throw reader.corrupt(block.header.firstSequence, error)
        }
    }
}
