/// A store of the hashes of perfect subtrees.
public protocol MerkleNodes {
    /// The root of the 2^height leaves that start at `index` × 2^height.
    ///
    /// - Throws: if the hash is not available.
    func node(height: Int, index: UInt64) throws -> MerkleHash
}

/// The Merkle tree of RFC 6962, section 2.1, and its proofs, verified as in RFC 9162, section 2.1.
/// Leaves are numbered from 0.
public enum MerkleTree {
    /// The root of an empty tree: the SHA-256 of nothing.
    public static let emptyRoot = MerkleHash(of: [])

    /// The largest power of two below `size`. `size` must be at least 2.
    private static func split(_ size: UInt64) -> UInt64 {
        1 << UInt64(63 - (size - 1).leadingZeroBitCount)
    }

    /// The root of the first `size` leaves.
    public static func root(
        size: UInt64, _ nodes: some MerkleNodes
    ) throws -> MerkleHash {
        size == 0 ? emptyRoot : try root(of: 0..<size, nodes)
    }

    /// The root of a range whose start is a split point of the RFC's recursion.
    private static func root(
        of range: Range<UInt64>, _ nodes: some MerkleNodes
    ) throws -> MerkleHash {
        let size = range.upperBound - range.lowerBound
        if size & (size - 1) == 0 {
            let height = size.trailingZeroBitCount
            return try nodes.node(height: height, index: range.lowerBound >> UInt64(height))
        }
        let middle = range.lowerBound + split(size)
        return .node(
            try root(of: range.lowerBound..<middle, nodes),
            right: try root(of: middle..<range.upperBound, nodes))
    }

    /// The hashes from leaf `index` to the root of `size` leaves, lowest first.
    ///
    /// - Precondition: `index` is below `size`.
    public static func inclusionProof(
        of index: UInt64, size: UInt64, _ nodes: some MerkleNodes
    ) throws -> [MerkleHash] {
        precondition(index < size, "the leaf is in the tree")
        var path: [MerkleHash] = []
        var range = 0..<size
        while range.upperBound - range.lowerBound > 1 {
            let middle = range.lowerBound + split(range.upperBound - range.lowerBound)
            let left = range.lowerBound..<middle
            let right = middle..<range.upperBound
            path.append(try root(of: index < middle ? right : left, nodes))
            range = index < middle ? left : right
        }
        return path.reversed()
    }

    /// The hashes that show that the tree of `size` leaves begins with the tree of `old` leaves.
    /// Empty if the trees are equal or the old one is empty.
    ///
    /// - Precondition: `old` is not greater than `size`.
    public static func consistencyProof(
        from old: UInt64, to size: UInt64, _ nodes: some MerkleNodes
    ) throws -> [MerkleHash] {
        precondition(old <= size, "an older tree is not larger")
        guard old > 0, old < size else { return [] }
        var path: [MerkleHash] = []
        var range = 0..<size
        while range.upperBound != old {
            let middle = range.lowerBound + split(range.upperBound - range.lowerBound)
            let left = range.lowerBound..<middle
            let right = middle..<range.upperBound
            path.append(try root(of: old <= middle ? right : left, nodes))
            range = old <= middle ? left : right
        }
        // The verifier already has the old root.
        if range.lowerBound > 0 { path.append(try root(of: range, nodes)) }
        return path.reversed()
    }

    /// Whether `proof` leads from the leaf to the root (RFC 9162, section 2.1.3.2).
    public static func isIncluded(
        _ leaf: MerkleHash, at index: UInt64, size: UInt64, root: MerkleHash,
        proof: [MerkleHash]
    ) -> Bool {
        guard index < size else { return false }
        var (node, last) = (index, size - 1)
        var hash = leaf
        for sibling in proof {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, right: hash)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = .node(hash, right: sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// Whether `proof` shows that the new tree begins with the old one (RFC 9162, section 2.1.4.2).
    /// A tree begins with the empty tree and with itself, without a proof.
    public static func isConsistent(
        from old: UInt64, oldRoot: MerkleHash, to size: UInt64, root: MerkleHash,
        proof: [MerkleHash]
    ) -> Bool {
        if old == 0 { return proof.isEmpty && oldRoot == emptyRoot }
        if old == size { return proof.isEmpty && oldRoot == root }
        guard old < size else { return false }
        var path = proof[...]
        // If the old tree is perfect, its root is the first hash and is left out of the proof.
        if old & (old - 1) == 0 { path = [oldRoot] + path }
        guard let first = path.popFirst() else { return false }
        var (node, last) = (old - 1, size - 1)
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (older, newer) = (first, first)
        for hash in path {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                older = .node(hash, right: older)
                newer = .node(hash, right: newer)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                newer = .node(newer, right: hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && older == oldRoot && newer == root
    }
}
