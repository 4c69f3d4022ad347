import CZstd
import Foundation
import LedgerArchive
import LedgerDomain
import LedgerEvents
import LedgerJournal
import TestSupport
import Testing

@Suite struct SnapshotTests {
    private static func blocks(_ path: String) throws -> [[UInt8]] {
        var found: [[UInt8]] = []
        try ArchiveReader(path).forEachFrame { frame in
            for index in 0..<frame.count { found.append(Array(frame.block(index))) }
        }
        return found
    }

    @Test(arguments: UInt64(1)...24)
    func `every byte of every block comes back`(seed: UInt64) throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: seed)
        let events = [1, 2, 9, 300, 5000, 40_000][Int(seed % 6)]
        let journal = try random.make(events: events, most: [1, 3, 400, 20_000][Int(seed % 4)])
        let manifest = try journal.snapshot(to: scratch.file("s"))
        #expect(manifest.count == UInt64(events))
        #expect(try manifest.linkAfter == journal.head.link)
        #expect(try Self.blocks(scratch.file("s")) == journal.blocks())
    }

    @Test func `two exports of one journal are the same bytes`() throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: 7)
        let journal = try random.make(events: 3000, most: 50)
        _ = try journal.snapshot(to: scratch.file("a"))
        _ = try journal.snapshot(to: scratch.file("b"))
        #expect(try scratch.bytes("a") == scratch.bytes("b"))
    }

    @Test func `zstd's own reader unpacks it and finds the seek table`() throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: 8)
        let journal = try random.make(events: 70_000, most: 5000)
        let manifest = try journal.snapshot(to: scratch.file("s"))
        #expect(manifest.frames.count == 3)
        let bytes = try scratch.bytes("s")
        let expected = manifest.frames.reduce(0) { $0 + $1.contentBytes }
        var target = [UInt8](repeating: 0, count: expected)
        #expect(ZSTD_decompress(&target, target.count, bytes, bytes.count) == expected)
        #expect(Array(bytes.suffix(4)) == [0xB1, 0xEA, 0x92, 0x8F])
    }

    @Test func `every flipped bit of a small snapshot is found, signed or not`() throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: 9)
        let journal = try random.make(events: 30, most: 7)
        for signature in [nil, "— key AAAA\n"] {
            _ = try journal.snapshot(to: scratch.file("s")) { _ in signature }
            let bytes = try scratch.bytes("s")
            let signed = signature.map { $0.utf8.count } ?? 0
            for place in bytes.indices {
                for bit in 0..<8 {
                    var changed = bytes
                    changed[place] ^= 1 << bit
                    try scratch.write(changed, "t")
                    let finds = (try? Self.blocks(scratch.file("t"))) == nil
                    // The lines of signatures are for who has the key.
                    let table = 8 + 3 * 8 + 9
                    let isSignature =
                        place >= bytes.count - table - signed && place < bytes.count - table
                    #expect(finds || isSignature, "byte \(place) bit \(bit)")
                }
            }
            try FileManager.default.removeItem(atPath: scratch.file("s"))
        }
    }

    @Test func `a cut, a swap and a repeated frame are found`() throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: 10)
        let journal = try random.make(events: 100_000, most: 5000)
        let manifest = try journal.snapshot(to: scratch.file("s"))
        let bytes = try scratch.bytes("s")
        for size in stride(from: 0, to: bytes.count, by: 997) {
            try scratch.write(Array(bytes[..<size]), "t")
            #expect(throws: ArchiveError.self) { try Self.blocks(scratch.file("t")) }
        }
        let start = 24
        let (one, two) = (manifest.frames[0].bytes, manifest.frames[1].bytes)
        let swapped =
            bytes[..<start] + bytes[(start + one)..<(start + one + two)]
            + bytes[start..<(start + one)] + bytes[(start + one + two)...]
        try scratch.write(Array(swapped), "t")
        #expect(throws: ArchiveError.self) { try Self.blocks(scratch.file("t")) }
        try scratch.write(Array(bytes[..<start] + bytes[(start + one)...]), "t")
        #expect(throws: ArchiveError.self) { try Self.blocks(scratch.file("t")) }
    }

    @Test func `seeded damage of a large snapshot is found`() throws {
        let cases =
            ProcessInfo.processInfo.environment["LEDGER_FUZZ_CASES"].flatMap(Int.init) ?? 300
        let scratch = try Scratch()
        var random = RandomJournal(seed: 11)
        let journal = try random.make(events: 20_000, most: 500)
        _ = try journal.snapshot(to: scratch.file("s"))
        let bytes = try scratch.bytes("s")
        for _ in 0..<cases {
            var changed = bytes
            let place = Int(random.next() % UInt64(bytes.count))
            switch random.next() % 3 {
            case 0: changed[place] ^= 1 << UInt8(random.next() % 8)
            case 1: changed[place] = changed[place] &+ UInt8(1 + random.next() % 255)
            default:
                let other = Int(random.next() % UInt64(bytes.count))
                guard changed[place] != changed[other] else { continue }
                changed.swapAt(place, other)
            }
            try scratch.write(changed, "t")
            #expect(throws: ArchiveError.self, "byte \(place)") {
                try Self.blocks(scratch.file("t"))
            }
        }
    }

    @Test func `a file that is no snapshot is refused`() throws {
        let scratch = try Scratch()
        for content in [[], Array("hello".utf8), [UInt8](repeating: 0, count: 4096)] {
            try scratch.write(content, "t")
            #expect(throws: ArchiveError.self) { try ArchiveReader(scratch.file("t")) }
        }
        #expect(throws: ArchiveError.self) { try ArchiveReader(scratch.file("absent")) }
        #expect(throws: ArchiveError.self) { try ArchiveReader(scratch.path) }
    }

    @Test func `an export does not write over a file and leaves nothing when it fails`() throws {
        let scratch = try Scratch()
        try scratch.write([1], "s")
        #expect(throws: ArchiveError.self) { try ArchiveWriter(scratch.file("s")) }
        #expect(try scratch.bytes("s") == [1])
        let empty = MemoryJournal()
        #expect(throws: ArchiveError.self) { try empty.snapshot(to: scratch.file("t")) }
        let left = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        #expect(left == ["s"])
    }
}
