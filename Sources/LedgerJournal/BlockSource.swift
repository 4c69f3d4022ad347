import LedgerDomain

/// A stored block before it is checked. Valid until the source moves.
// Sendable unchecked: the bytes are only read, and whoever passes them on keeps their owner alive.
struct StoredBlock: @unchecked Sendable {
    /// Its key: the sequence number at which it should begin.
    let first: SequenceNumber
    let bytes: UnsafeRawBufferPointer
}

/// The source of a `BlockReader`'s blocks.
protocol BlockSource: AnyObject {
    /// The last block whose key is not greater; `step` continues from it.
    func seek(atOrBefore sequence: SequenceNumber) throws(JournalError) -> StoredBlock?
    /// The neighbour of the last block.
    func step(_ direction: ReadDirection) throws(JournalError) -> StoredBlock?
    /// Releases the snapshot; `seek` takes a new one.
    func release()
}
