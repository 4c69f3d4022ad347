import CLMDB
import Foundation
import LedgerDomain
import LedgerEvents
import TestSupport
import Testing

/// tools/read_journal.py, written from the format's document, prints what the program prints.
@Suite struct PythonReaderTests {
    /// Runs the reader over blocks in a new LMDB environment.
    private func read(_ blocks: [[UInt8]]) throws -> (output: String, errors: String, exit: Int32) {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-reader-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(blocks, to: folder.path)
        let process = Process()
        process.executableURL = Checkout.root.appendingPathComponent("tools/python")
        process.arguments = [
            Checkout.root.appendingPathComponent("tools/read_journal.py").path, folder.path,
        ]
        let output = folder.appendingPathComponent("output")
        let errors = folder.appendingPathComponent("errors")
        for file in [output, errors] {
            #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
        }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        process.waitUntilExit()
        return (
            try String(contentsOf: output, encoding: .utf8),
            try String(contentsOf: errors, encoding: .utf8), process.terminationStatus
        )
    }

    private func write(_ blocks: [[UInt8]], to path: String) throws {
        var environment: OpaquePointer?
        try check(mdb_env_create(&environment))
        defer { mdb_env_close(environment) }
        try check(mdb_env_set_maxdbs(environment, 4))
        try check(mdb_env_set_mapsize(environment, 16 << 20))
        try check(mdb_env_open(environment, path, 0, 0o644))
        var transaction: OpaquePointer?
        try check(mdb_txn_begin(environment, nil, 0, &transaction))
        var table: MDB_dbi = 0
        try check(
            mdb_dbi_open(transaction, "blocks", UInt32(MDB_CREATE) | UInt32(MDB_INTEGERKEY), &table)
        )
        for block in blocks {
            var number = block.withUnsafeBytes {
                $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
            }
            var bytes = block
            try withUnsafeMutableBytes(of: &number) { key in
                try bytes.withUnsafeMutableBytes { value in
                    var mdbKey = MDB_val(mv_size: 8, mv_data: key.baseAddress)
                    var mdbValue = MDB_val(mv_size: value.count, mv_data: value.baseAddress)
                    try check(mdb_put(transaction, table, &mdbKey, &mdbValue, UInt32(MDB_APPEND)))
                }
            }
        }
        try check(mdb_txn_commit(transaction))
    }

    private func check(_ code: Int32) throws {
        try #require(code == 0, "\(String(cString: mdb_strerror(code)))")
    }

    private func lines(_ blocks: [[UInt8]]) throws -> String {
        var lines = JSONLineWriter()
        return try blocks.map { try BlockBytes.readAll($0, lines: &lines).joined() }.joined()
    }

    @Test func `every event is printed as the program prints it`() throws {
        var batch = try EventSamples.batch()
        let blocks = BlockBytes.sealed(&batch)
        let result = try read(blocks)
        #expect(result.errors == "")
        #expect(result.exit == 0)
        let ours = try lines(blocks).split(separator: "\n")
        let theirs = result.output.split(separator: "\n")
        #expect(ours.count == EventSamples.all.count)
        #expect(theirs.count == ours.count)
        for (our, their) in zip(ours, theirs) where our != their {
            Issue.record("program \(our.prefix(2000))\npython  \(their.prefix(2000))")
        }
    }

    @Test func `unknown types and versions are printed as bytes`() throws {
        var batch = Batch(next: .first)
        try batch.append(CashDeposited(amount: Money(raw: 7)), EventSamples.envelopes[1])
        try batch.append(CashDeposited(amount: Money(raw: 7)), EventSamples.envelopes[2])
        let payload = BlockBytes.sealed(&batch).flatMap { Array($0[BlockHeader.size...]) }
        var changed = payload
        changed[2] = 200
        changed[payload.count - 64 + 4] = 9
        let blocks = [BlockBytes.chained(BlockBytes.block(count: 2, payload: changed))]
        let expected = try lines(blocks)
        #expect(expected.contains("\"type\":\"Unknown200\""))
        #expect(
            expected.contains("\"type\":\"CashDeposited\",") && expected.contains("\"version\":9"))
        let result = try read(blocks)
        #expect(result.output == expected)
        #expect(result.exit == 0, "\(result.errors)")
    }

    @Test func `damage is found and what is good before it is printed`() throws {
        var batch = try EventSamples.batch()
        var blocks = BlockBytes.sealed(&batch)
        try #require(blocks.count >= 3)
        let good = try lines([blocks[0]])
        let second = blocks[1]
        blocks[1][300] ^= 4
        var result = try read(blocks)
        #expect(result.exit == 1)
        #expect(result.output == good)
        #expect(result.errors.contains("payload's checksum"))
        blocks[1] = second
        blocks.remove(at: 1)
        result = try read(blocks)
        #expect(result.exit == 1)
        #expect(result.errors.contains("does not follow"))
    }

    @Test func `no line names a key twice`() throws {
        var batch = try EventSamples.batch()
        for line in try lines(BlockBytes.sealed(&batch)).split(separator: "\n") {
            let pieces = line.replacingOccurrences(of: "\\\\", with: "")
                .replacingOccurrences(of: "\\\"", with: "").split(
                    separator: "\"", omittingEmptySubsequences: false)
            let keys = pieces.indices.filter { $0 % 2 == 1 && pieces[$0 + 1].hasPrefix(":") }
                .map { pieces[$0] }
            #expect(Set(keys).count == keys.count, "\(line.prefix(400))")
            #expect(keys.prefix(3) == ["seq", "type", "time"])
        }
    }
}
