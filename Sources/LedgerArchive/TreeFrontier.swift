/// The right edge of a growing tree: for each level, the hashes of the tile that is not yet full.
struct TreeFrontier {
    /// The number of hashes in a tile. A tile spans eight levels of the tree.
    static let width = 256

    private(set) var size: UInt64 = 0
    /// From the leaves up; each level has fewer than 256.
    private(set) var edge: [[MerkleHash]] = []

    init() {}

    /// - Returns: nil unless there is one list per level, each of the length that the size implies.
    init?(size: UInt64, edge: [[MerkleHash]]) {
        guard edge.map(\.count) == Self.counts(of: size) else { return nil }
        (self.size, self.edge) = (size, edge)
    }

    /// The number of hashes in the last tile of each level of such a tree.
    static func counts(of size: UInt64) -> [Int] {
        var counts: [Int] = []
        var rest = size
        while rest > 0 {
            counts.append(Int(rest % UInt64(width)))
            rest /= UInt64(width)
        }
        return counts
    }

    /// Adds a leaf.
    ///
    /// - Parameter full: called with each tile that becomes full: its level, its number and its
    ///   hashes.
    @inline(__always)
    mutating func append(
        _ leaf: MerkleHash, full: (Int, UInt64, [MerkleHash]) throws -> Void
    ) rethrows {
        size += 1
        if edge.isEmpty { edge.append([]) }
        edge[0].append(leaf)
        if edge[0].count == Self.width { try carry(full) }
    }

    @inline(never)
    private mutating func carry(
        _ full: (Int, UInt64, [MerkleHash]) throws -> Void
    ) rethrows {
        var level = 0
        var count = size
        while edge[level].count == Self.width {
            count /= UInt64(Self.width)
            try full(level, count - 1, edge[level])
            if edge.count == level + 1 { edge.append([]) }
            edge[level + 1].append(Self.fold(edge[level][...]))
            edge[level].removeAll(keepingCapacity: true)
            level += 1
        }
    }

    /// The root of a number of hashes that is a power of two.
    static func fold(_ hashes: ArraySlice<MerkleHash>) -> MerkleHash {
        var row = Array(hashes)
        while row.count > 1 {
            for index in 0..<row.count / 2 {
                row[index] = .node(row[2 * index], right: row[2 * index + 1])
            }
            row.removeLast(row.count / 2)
        }
        return row[0]
    }

    /// The root of the tree: its perfect subtrees, joined from the smallest on.
    var root: MerkleHash {
        var root: MerkleHash?
        for hashes in edge {
            var end = hashes.count
            for bit in 0..<8 where hashes.count & 1 << bit != 0 {
                let subtree = Self.fold(hashes[end - 1 << bit..<end])
                root = root.map { .node(subtree, right: $0) } ?? subtree
                end -= 1 << bit
            }
        }
        return root ?? MerkleTree.emptyRoot
    }
}
