import LedgerArchive
import Testing

/// The leaves of a tree in memory, with its perfect subtrees by their height.
struct Leaves: MerkleNodes {
    private var rows: [[MerkleHash]]

    init(hashes: [MerkleHash]) {
        rows = [hashes]
        while let row = rows.last, row.count > 1 {
            rows.append((0..<row.count / 2).map { .node(row[2 * $0], right: row[2 * $0 + 1]) })
        }
    }

    var hashes: [MerkleHash] { rows[0] }

    func node(height: Int, index: UInt64) -> MerkleHash { rows[height][Int(index)] }

    /// As the RFC's recursion has it, without perfect subtrees.
    func root(_ range: Range<Int>) -> MerkleHash {
        if range.isEmpty { return MerkleTree.emptyRoot }
        if range.count == 1 { return hashes[range.lowerBound] }
        var split = 1
        while split * 2 < range.count { split *= 2 }
        let middle = range.lowerBound + split
        return .node(root(range.lowerBound..<middle), right: root(middle..<range.upperBound))
    }

    static func numbered(_ count: Int) -> Leaves {
        Leaves(hashes: (0..<count).map { .leaf(Array("leaf \($0)".utf8)) })
    }
}

func unhex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text[...]
    while !rest.isEmpty {
        bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
    }
    return bytes
}

/// The published vectors of certificate transparency: eight leaves, their roots and some proofs.
@Suite struct PublishedVectorTests {
    static let entries = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
    static let leaves = Leaves(hashes: entries.map { .leaf(unhex($0)) })
    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    private static let pair = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
    private static let fourth = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
    private static let last = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
    private static let first = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
    private static let half = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
    private static let sixth = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"

    private static func hashes(_ texts: [String]) -> [MerkleHash] {
        texts.compactMap { MerkleHash(unhex($0)) }
    }

    @Test func `roots of no leaf to eight`() throws {
        for (size, root) in Self.roots.enumerated() {
            #expect(try MerkleTree.root(size: UInt64(size), Self.leaves).bytes == unhex(root))
        }
    }

    @Test(arguments: [
        (0, 1, []), (0, 8, [first, pair, half]), (5, 8, [fourth, last, roots[4]]),
        (2, 3, [roots[2]]),
        (
            1, 5,
            [
                roots[1], pair, fourth,
            ]
        ),
    ])
    func `inclusion`(index: Int, size: Int, path: [String]) throws {
        let proof = try MerkleTree.inclusionProof(
            of: UInt64(index), size: UInt64(size), Self.leaves)
        #expect(proof == Self.hashes(path))
    }

    @Test(arguments: [
        (1, 1, []), (1, 8, [first, pair, half]), (6, 8, [sixth, last, roots[4]]),
        (2, 5, [pair, fourth]),
    ])
    func `consistency`(old: Int, size: Int, path: [String]) throws {
        let proof = try MerkleTree.consistencyProof(
            from: UInt64(old), to: UInt64(size), Self.leaves)
        #expect(proof == Self.hashes(path))
    }
}

@Suite struct MerkleTreeTests {
    static let largest = 260
    static let leaves = Leaves.numbered(largest)
    static let roots = (0...largest).map { leaves.root(0..<$0) }

    @Test func `the root of every size equals the recursion of the RFC`() throws {
        for size in 0...Self.largest {
            #expect(try MerkleTree.root(size: UInt64(size), Self.leaves) == Self.roots[size])
        }
    }

    @Test func `every leaf of every size is included, and nowhere else`() throws {
        for size in 1...Self.largest {
            for index in 0..<size {
                let proof = try MerkleTree.inclusionProof(
                    of: UInt64(index), size: UInt64(size), Self.leaves)
                func holds(_ leaf: Int, _ index: Int, _ size: Int, _ root: Int) -> Bool {
                    MerkleTree.isIncluded(
                        Self.leaves.hashes[leaf], at: UInt64(index), size: UInt64(size),
                        root: Self.roots[root], proof: proof)
                }
                #expect(holds(index, index, size, size))
                let other = (index + 1) % size
                if size > 1 {
                    #expect(!holds(other, index, size, size))
                    #expect(!holds(index, other, size, size))
                }
                #expect(!holds(index, index, size, size - 1))
            }
        }
    }

    @Test func `every tree extends every smaller one`() throws {
        for size in 0...Self.largest {
            for old in 0...size {
                let proof = try MerkleTree.consistencyProof(
                    from: UInt64(old), to: UInt64(size), Self.leaves)
                func holds(_ proof: [MerkleHash], _ oldRoot: Int, _ root: Int) -> Bool {
                    MerkleTree.isConsistent(
                        from: UInt64(old), oldRoot: Self.roots[oldRoot], to: UInt64(size),
                        root: Self.roots[root], proof: proof)
                }
                #expect(holds(proof, old, size))
                #expect(!holds(proof + [Self.roots[1]], old, size))
                guard old > 0, old < size else { continue }
                #expect(!holds(Array(proof.dropLast()), old, size))
                #expect(!holds(proof, old - 1, size))
                #expect(!holds(proof, old, size - 1))
            }
        }
    }

    @Test func `an altered hash of a proof is refused wherever it stands`() throws {
        for (old, size) in [(3, 7), (64, 260), (255, 260), (129, 258)] {
            let proof = try MerkleTree.consistencyProof(
                from: UInt64(old), to: UInt64(size), Self.leaves)
            for at in proof.indices {
                var forged = proof
                forged[at] = Self.leaves.hashes[0]
                let holds = MerkleTree.isConsistent(
                    from: UInt64(old), oldRoot: Self.roots[old], to: UInt64(size),
                    root: Self.roots[size],
                    proof: forged)
                #expect(!holds)
            }
        }
    }

    @Test func `a proof that is too long or too short is refused, whatever its sizes say`() {
        let hash = Self.roots[1]
        for count in [0, 1, 63, 64, 65, 200] {
            let proof = [MerkleHash](repeating: hash, count: count)
            let isIncluded = MerkleTree.isIncluded(
                hash, at: .max - 1, size: .max, root: hash, proof: proof)
            let isConsistent = MerkleTree.isConsistent(
                from: .max - 1, oldRoot: hash, to: .max, root: hash, proof: proof)
            #expect(!isIncluded && !isConsistent)
        }
    }
}
