import LedgerDomain

/// A stored block as its table has it, not yet checked. Valid until the source moves.
// Sendable unchecked: the bytes are read only, and whoever hands them on keeps their owner.
struct StoredBlock: @unchecked Sendable {
    /// Its key: where it should begin.
    let first: SequenceNumber
    let bytes: UnsafeRawBufferPointer
}

/// Where a `BlockReader` gets its blocks from.
protocol BlockSource: AnyObject {
    /// The last block whose key is not greater; afterwards `step` goes on from it.
    func seek(atOrBefore sequence: SequenceNumber) throws(JournalError) -> StoredBlock?
    /// The neighbour of the block that was given last.
    func step(_ direction: ReadDirection) throws(JournalError) -> StoredBlock?
    /// Gives up the snapshot; `seek` takes a new one.
    func release()
}
