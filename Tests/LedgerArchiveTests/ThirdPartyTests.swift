import Foundation
import LedgerArchive
import LedgerDomain
import TestSupport
import Testing

/// tools/check_tree.py and tools/check_proof.py: implementations that nobody here wrote, and one that
/// shares nothing with the program.
@Suite struct ThirdPartyTests {
    /// The Python packages are there, or can be fetched; a machine that checks everything must have them.
    static let hasPackages: Bool = {
        if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        let (_, code) = run(["tools/python", "-c", "import pymerkle, sigstore, cryptography"])
        return code == 0
    }()

    private static func run(_ words: [String]) -> (output: String, code: Int32) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: Checkout.root.path)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        do { try process.run() } catch { return ("\(error)", -1) }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (String(decoding: output, as: UTF8.self), process.terminationStatus)
    }

    private static func hex(_ hashes: [MerkleHash]) -> [String] {
        hashes.map { $0.bytes.map { String(format: "%02x", $0) }.joined() }
    }

    @Test(.enabled(if: hasPackages, "pymerkle, sigstore and cryptography cannot be installed here"))
    func `roots and proofs are those of pymerkle and sigstore`() throws {
        let leaves = Leaves.numbered(260)
        var inclusion: [[Any]] = []
        var consistency: [[Any]] = []
        for size in Array(1...40) + [63, 64, 65, 128, 255, 256, 257, 260] {
            for index in 0..<size {
                let proof = try MerkleTree.inclusionProof(
                    of: UInt64(index), size: UInt64(size), leaves)
                inclusion.append([index, size, Self.hex(proof)])
                let path = try MerkleTree.consistencyProof(
                    from: UInt64(index + 1), to: UInt64(size), leaves)
                if index + 1 < size { consistency.append([index + 1, size, Self.hex(path)]) }
            }
        }
        let roots = try (0...260).map { try MerkleTree.root(size: UInt64($0), leaves) }
        let data = try JSONSerialization.data(withJSONObject: [
            "leaves": 260, "roots": Self.hex(roots), "inclusion": inclusion,
            "consistency": consistency,
        ])
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-vectors-\(UUID().uuidString).json")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let (output, code) = Self.run([
            "tools/python", "tools/check_tree.py", "vectors", file.path,
        ])
        #expect(code == 0 && output.contains("the same: 261 roots"), "\(output)")
    }

    @Test(.enabled(if: hasPackages, "pymerkle, sigstore and cryptography cannot be installed here"))
    func `third-party tools accept an exported journal, its proofs and signatures`() throws {
        let desk = try SealedDesk()
        try desk.note(300)
        let sealer = try desk.sealer()
        let older = try sealer.checkpoint()
        try desk.note(2000)
        _ = try sealer.checkpoint()
        var export = TreeExport(to: desk.path("export"), withEntries: true)
        #expect(try export.write(sealer) == 2300)
        var proofs: [String] = []
        for number in [1, 256, 257, 1500, 2300] as [UInt64] {
            proofs.append(desk.path("\(number).proof"))
            try sealer.proveInclusion(of: SequenceNumber(number)).encoded()
                .write(toFile: proofs[proofs.count - 1], atomically: true, encoding: .utf8)
        }
        proofs.append(desk.path("added.proof"))
        try sealer.proveConsistency(from: older).encoded
            .write(toFile: desk.path("added.proof"), atomically: true, encoding: .utf8)
        let key = "\(desk.key.verifier)"
        let (output, code) = Self.run(
            ["tools/python", "tools/check_tree.py", "export", desk.path("export"), key] + proofs)
        #expect(code == 0 && output.contains("the same: 2300 events"), "\(output)")
        for proof in proofs {
            let (output, code) = Self.run(["tools/check_proof.py", proof, key])
            #expect(code == 0 && output.hasPrefix("valid: "), "\(output)")
        }
    }

    @Test func `the independent checker refuses what is changed`() throws {
        let desk = try SealedDesk()
        try desk.note(9)
        let sealer = try desk.sealer()
        let older = try sealer.checkpoint()
        try desk.note(4)
        _ = try sealer.checkpoint()
        let key = "\(desk.key.verifier)"
        let texts = [
            try sealer.proveInclusion(of: SequenceNumber(5)).encoded(),
            try sealer.proveConsistency(from: older).encoded,
        ]
        var generator = Seeded(seed: 5)
        for text in texts {
            for _ in 0..<12 {
                var bytes = Array(text.utf8)
                let bit = Int.random(in: 0..<8 * bytes.count, using: &generator)
                bytes[bit / 8] ^= 1 << (bit % 8)
                let path = desk.path("forged.proof")
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let (output, code) = Self.run(["tools/check_proof.py", path, key])
                #expect(code == 1 && output.hasPrefix("invalid: "), "bit \(bit): \(output)")
            }
        }
    }
}
