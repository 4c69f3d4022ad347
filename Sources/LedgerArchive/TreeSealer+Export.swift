import LedgerDomain
import LedgerEvents

extension TreeSealer {
    /// The root of the tree of the first events. Grows the tree first if necessary.
    public func root(of size: UInt64) throws -> MerkleHash {
        if size > self.size { try advance(through: SequenceNumber(size)) }
        return try withNodes { try MerkleTree.root(size: size, $0) }
    }
}

extension ArchiveManifest.Tree {
    /// - Parameter size: the number of events, counted from the first.
    public init(size: UInt64, root: MerkleHash) {
        self.init(size: size, root: "\(root)")
    }
}
