import CZstd
import Foundation
import LedgerDomain
import LedgerEvents
import LedgerJournal
import Testing

@testable import LedgerArchive

/// Contents of frames as no writer makes them, behind digests that fit: whoever gives away a file can sign
/// what he likes.
@Suite struct HostileFrameTests {
    private static func content(seed: UInt64, events: Int) throws -> [UInt8] {
        var random = RandomJournal(seed: seed)
        let journal = try random.make(events: events, most: 40)
        let input = FrameInput()
        input.removeAll(linkBefore: .origin)
        let reader = try journal.reader(from: .first)
        while let block = try reader.next() { input.append(block) }
        let encoder = FrameEncoder()
        try encoder.encode(input)
        return Array(encoder.output.bytes)
    }

    /// Decodes and builds the blocks; nil where it is refused.
    private static func blocks(_ content: [UInt8]) -> Int? {
        let (decoder, blocks) = (FrameDecoder(), FrameBlocks())
        do throws(FrameError) {
            let failure: FrameError? = content.withUnsafeBytes { bytes in
                do throws(FrameError) {
                    try decoder.decode(bytes)
                    try blocks.build(decoder)
                    return nil
                } catch { return error }
            }
            if let failure { throw failure }
        } catch { return nil }
        return blocks.places.count
    }

    @Test func `damaged contents are refused or change nothing that the chain covers`() throws {
        let cases =
            ProcessInfo.processInfo.environment["LEDGER_FUZZ_CASES"].flatMap(Int.init) ?? 4000
        var random = RandomJournal(seed: 77)
        let good = try Self.content(seed: 5, events: 300)
        #expect(Self.blocks(good) != nil)
        var (tried, refused) = (0, 0)
        for _ in 0..<cases {
            var bad = good
            for _ in 0...(random.next() % 3) {
                let place = Int(random.next() % UInt64(bad.count))
                switch random.next() % 4 {
                case 0: bad[place] ^= 1 << UInt8(random.next() % 8)
                case 1: bad[place] = UInt8(truncatingIfNeeded: random.next())
                case 2: bad.remove(at: place)
                default: bad.insert(0xFF, at: place)
                }
            }
            guard bad != good else { continue }
            tried += 1
            // The chain's link before the frame is no more than what the file says.
            if Self.blocks(bad) == nil { refused += 1 }
        }
        #expect(tried > cases / 2 && refused == tried, "the links of the blocks cover their bytes")
    }

    @Test func `every cut of a content is refused`() throws {
        let good = try Self.content(seed: 6, events: 100)
        for size in good.indices { #expect(Self.blocks(Array(good[..<size])) == nil) }
        #expect(Self.blocks(good + [0]) == nil)
    }

    @Test func `absurd counts allocate no memory`() throws {
        let good = try Self.content(seed: 6, events: 100)
        for offset in [16, 20, 24, 28] {
            var bad = good
            for index in 0..<4 { bad[offset + index] = 0xFF }
            #expect(Self.blocks(bad) == nil)
        }
    }

    @Test func `a frame that unpacks to more than its manifest says is not unpacked`() throws {
        let zeros = [UInt8](repeating: 0, count: 50_000_000)
        let compressor = ZstdCompressor(level: 3)
        zeros.withUnsafeBytes { compressor.compress($0, parts: []) }
        let bomb = Array(compressor.output.bytes)
        #expect(bomb.count < 10_000)
        let unpacker = ZstdDecompressor()
        _ = bomb.withUnsafeBytes { bytes in
            #expect(throws: FrameError.self) { try unpacker.decompress(bytes, atMost: 1000) }
        }
        #expect(unpacker.output.capacity <= 1 << 20)
    }

    @Test func `a manifest has one form`() throws {
        var manifest = ArchiveManifest()
        (manifest.journal, manifest.build) = ("a b", "ledger")
        (manifest.last, manifest.earliest, manifest.latest) = (.first, .zero, .zero)
        let digest = "\(Digest.sha256([]))"
        manifest.frames = [
            ArchiveManifest.Frame(
                first: .first, count: 1, bytes: 10, contentBytes: 20, digest: digest)
        ]
        let text = manifest.text
        #expect(try ArchiveManifest(text: text) == manifest)
        func sealed(_ body: String) -> String { "\(body)sum \(Digest.sha256(Array(body.utf8)))\n" }
        let body = String(text[..<(try #require(text.range(of: "sum ")).lowerBound)])
        for (old, new) in [
            ("events 1 1", "events 1 2"), ("events 1 1", "events 01 1"), ("frame 1 1", "frame 2 1"),
            (" 10 20 ", " 0 20 "), (" 10 20 ", " 10 99999999999 "), (digest, "00"),
            ("journal a b\n", ""), ("journal a b", "journal a b\nmore x"),
            ("frame 1 1", "frame 1 99999999"), ("events 1 1", "events 0 0"),
        ] {
            let forged = sealed(body.replacingOccurrences(of: old, with: new))
            #expect(throws: FrameError.self, "\(old) as \(new)") {
                try ArchiveManifest(text: forged)
            }
        }
    }

    @Test(arguments: UInt64(1)...6)
    func `what a redacted snapshot shows is the journal's, and what it hides is not in it`(
        seed: UInt64
    ) throws {
        let scratch = try Scratch()
        var random = RandomJournal(seed: seed)
        let journal = try random.make(events: 900, most: 60)
        let secret = try #require(JournalSecret([UInt8](repeating: 9, count: 32)))
        var hasher = LeafHasher(secret)
        var frontier = TreeFrontier()
        var lines: [SequenceNumber: [UInt8]] = [:]
        try journal.forEachRecord(from: .first) { record in
            frontier.append(hasher.leaf(record.sequence, record.bytes)) { _, _, _ in }
            lines[record.sequence] = Array(record.bytes)
            return true
        }
        let path = scratch.file("r")
        _ = try RedactedArchive.write(
            journal, secret: secret, through: SequenceNumber(900), root: frontier.root, to: path,
            withholding: "notes",
            { $0.type == .operatorCommanded }, complete: { $0.journal = "x" }, sign: { _ in nil })
        var (shown, hidden) = (0, 0)
        try RedactedArchive.verify(ArchiveReader(path)) { item in
            switch item {
            case .event(let record):
                shown += 1
                #expect(lines[record.sequence] == Array(record.bytes))
            case .withheld(let sequence, let type, _, _):
                hidden += 1
                #expect(type == EventType.operatorCommanded.rawValue)
                #expect(lines[sequence] != nil)
            }
        }
        #expect(shown + hidden == 900 && hidden > 10)
        // The actor of every note is its only text that is always the same.
        let bytes = try scratch.bytes("r")
        var unpacked = [UInt8](repeating: 0, count: 1 << 20)
        let size = ZSTD_decompress(&unpacked, unpacked.count, bytes, bytes.count)
        #expect(ZSTD_isError(size) == 0)
        #expect(!String(decoding: unpacked[..<size], as: UTF8.self).contains("kim"))
        // Another root, another secret's salts: refused.
        let reader = try ArchiveReader(path)
        #expect(throws: ArchiveError.self) { try reader.forEachFrame { _ in } }
    }
}
