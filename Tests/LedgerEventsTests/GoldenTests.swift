import Foundation
import LedgerDomain
import LedgerEvents
import Testing

/// Every released format stays readable for ever: `journal/golden` holds the blocks that each one wrote,
/// with every type of event, and the lines that they mean. A file is never edited; a new format adds one.
@Suite struct GoldenTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "journal/golden")

    /// A block after the other, each after its length in four bytes.
    private func blocks(_ data: Data) -> [[UInt8]] {
        var found: [[UInt8]] = []
        var rest = [UInt8](data)[...]
        while rest.count >= 4 {
            let count = rest.prefix(4).enumerated().reduce(0) {
                $0 + Int($1.element) << (8 * $1.offset)
            }
            found.append(Array(rest.dropFirst(4).prefix(count)))
            rest = rest.dropFirst(4 + count)
        }
        return found
    }

    private func lines(_ blocks: [[UInt8]]) throws -> String {
        var writer = JSONLineWriter()
        var text: [UInt8] = []
        for bytes in blocks {
            try bytes.withUnsafeBytes { buffer in
                let block = try Block(buffer)
                var records = block.records()
                while let record = try records.next() { try writer.append(record, to: &text) }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    @Test func `the first format reads as it did, and is written as it was`() throws {
        let file = Self.folder.appending(path: "format-1.blocks")
        let meaning = Self.folder.appending(path: "format-1.jsonl")
        var batch = try EventSamples.batch()
        let written = BlockBytes.sealed(&batch)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            var data = Data()
            for block in written {
                withUnsafeBytes(of: UInt32(block.count).littleEndian) {
                    data.append(contentsOf: $0)
                }
                data.append(contentsOf: block)
            }
            try data.write(to: file)
            try lines(written).write(to: meaning, atomically: true, encoding: .utf8)
        }
        let golden = blocks(try Data(contentsOf: file))
        #expect(!golden.isEmpty)
        #expect(try lines(golden) == String(contentsOf: meaning, encoding: .utf8))
        #expect(golden == written, "bytes on disk changed: add a version instead")
    }
}
